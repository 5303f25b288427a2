import { HttpError } from './http-error.ts';

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

/**
 * Throws unless a POST says that its body is JSON in UTF-8. Forms and plain text are content types that a page of another
 * origin may send without the browser asking first.
 */
export function requireJsonBody({ headers }: Request, method: string): void {
  if (method !== 'POST') return;
  const got = headers.get('content-type');
  if (got === null || (got !== 'application/json' && parseMediaType(got)?.name !== 'application/json')) {
    throw unsupported(`Expected the content type application/json, but got ${got === null ? 'none' : `"${got}"`}.`);
  }
  requireUtf8(headers, got);
}

/** Throws if the headers say that the body is compressed, or in another charset than UTF-8. */
export function requireUtf8Body({ headers }: Request): void {
  requireUtf8(headers, headers.get('content-type'));
}

function requireUtf8(headers: Headers, contentType: string | null): void {
  const encoding = headers.get('content-encoding');
  if (encoding !== null && encoding.toLowerCase() !== 'identity') {
    throw unsupported(`Expected a body without content encoding, but got "${encoding}".`);
  }
  // Nearly all requests end here.
  if (contentType === null || contentType === 'application/json') return;
  const charset = parseMediaType(contentType)?.charset ?? null;
  if (isUtf8(charset)) return;
  throw unsupported(
    `Expected a body in UTF-8, but got the charset ${JSON.stringify(charset)}. Send the body in UTF-8.`,
  );
}

const unsupported = (message: string): HttpError => new HttpError(415, 'BAD_USER_INPUT', message);
