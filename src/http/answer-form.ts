import { type AnswerType, answerType } from './answer-type.ts';

/** How the client of a request takes its answer. */
export interface AnswerForm {
  readonly type: AnswerType;
  readonly gzip: boolean;
}

/** @throws HttpError 406 if the client takes none of the media types of GraphQL answers. */
export const answerForm = ({ headers }: Request): AnswerForm => ({
  type: answerType(headers.get('accept')),
  gzip: acceptsGzip(headers.get('accept-encoding')),
});

/** By RFC 9110, 12.5.3: named, or meant by a wildcard, with a weight above zero. */
export function acceptsGzip(acceptEncoding: string | null): boolean {
  const codings = (acceptEncoding ?? '').split(',').map((coding) => coding.trim().toLowerCase());
  const weightOf = (name: string): number | null => {
    const found = codings.find((coding) => coding.split(';')[0]!.trim() === name);
    if (found === undefined) return null;
    const weight = /;\s*q=([\d.]*)/.exec(found)?.[1];
    return weight === undefined ? 1 : Number(weight);
  };
  return (weightOf('gzip') ?? weightOf('*') ?? 0) > 0;
}
