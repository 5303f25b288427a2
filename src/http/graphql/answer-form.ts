import { HttpError } from '../core/http-error.ts';
import { isUtf8, type MediaType, parseMediaType } from '../core/media-type.ts';

/** Media types of GraphQL answers. */
type AnswerType = 'application/graphql-response+json' | 'application/json';

/** How the client of a request takes its answer. */
export interface AnswerForm {
  readonly type: AnswerType;
  readonly acceptsGzip: () => boolean;
}

/** @throws HttpError 406 if the client takes none of the media types of GraphQL answers. */
export const answerForm = ({ headers }: Request): AnswerForm => ({
  type: answerType(headers.get('accept')),
  acceptsGzip: () => acceptsGzip(headers.get('accept-encoding')),
});

const GRAPHQL: AnswerType = 'application/graphql-response+json';
const JSON_TYPE: AnswerType = 'application/json';

/** What common clients send. */
const COMMON: ReadonlyMap<string | null, AnswerType> = new Map([
  // GraphQL over HTTP: "From 1st January 2025, if the client does not supply an Accept header, … as if it had …".
  [null, GRAPHQL],
  ['', GRAPHQL],
  ['*/*', JSON_TYPE],
  [JSON_TYPE, JSON_TYPE],
  [GRAPHQL, GRAPHQL],
]);

/**
 * The media type of the answer to a client that accepts `accept`: of the two, the one with the greatest `q`; of equal
 * ones, that which the header names first. Wildcards mean `application/json`, which every client reads.
 *
 * @throws HttpError 406 if the client accepts neither.
 */
export const answerType = (accept: string | null): AnswerType => COMMON.get(accept) ?? best(accept!);

function best(accept: string): AnswerType {
  const ranges = accept.split(',').flatMap((text) => parseMediaType(text) ?? []);
  const ranked = [JSON_TYPE, GRAPHQL].map((type) => ({ type, ...rankOf(type, ranges) }));
  const [first, second] = ranked as [(typeof ranked)[0], (typeof ranked)[0]];
  const isSecond = second.quality > first.quality || (second.quality === first.quality && second.place < first.place);
  const chosen = isSecond ? second : first;
  if (chosen.quality > 0) return chosen.type;
  throw new HttpError(406, 'BAD_USER_INPUT', `Expected to be allowed ${GRAPHQL} or ${JSON_TYPE}, but got "${accept}".`);
}

/** The weight of a type, by the most exact range that it matches (RFC 9110, 12.5.1), and where that range stands. */
function rankOf(type: AnswerType, ranges: readonly MediaType[]): { readonly quality: number; readonly place: number } {
  for (const name of [type, 'application/*', '*/*']) {
    const place = ranges.findIndex((range) => range.name === name && isUtf8(range.charset));
    if (place !== -1) return { quality: ranges[place]!.quality, place };
  }
  return { quality: 0, place: ranges.length };
}

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
