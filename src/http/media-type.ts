/** A media type or range as headers name it, by RFC 9110. */
export interface MediaType {
  /** Lower case, without parameters: `application/json`. */
  readonly name: string;
  /** Of the parameter `charset`, lower case and without quotes; null where there is none. */
  readonly charset: string | null;
  /** Of the parameter `q`: from 0 to 1; 1 where there is none. NaN where it is no number. */
  readonly quality: number;
}

const NAME = /^[\w!#$&^.+*-]+\/[\w!#$&^.+*-]+$/;

/** A `content-type`, or one entry of an `accept`. Null if it has no such form. */
export function parseMediaType(text: string): MediaType | null {
  const [name = '', ...parameters] = text.split(';').map((part) =>
    part
      .trim()
      .toLowerCase()
      .replace(/\s*=\s*/, '='),
  );
  if (!NAME.test(name)) return null;
  const parameterOf = (parameter: string): string | null => {
    const found = parameters.find((each) => each.startsWith(`${parameter}=`));
    return found === undefined ? null : found.slice(parameter.length + 1).replace(/^"(.*)"$/, '$1');
  };
  const quality = parameterOf('q');
  return { name, charset: parameterOf('charset'), quality: quality === null ? 1 : Number(quality || Number.NaN) };
}

/** Names of the one encoding in which this server reads and writes text. */
export const isUtf8 = (charset: string | null): boolean =>
  charset === null || charset === 'utf-8' || charset === 'utf8';
