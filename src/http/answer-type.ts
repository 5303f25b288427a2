import { HttpError } from './http-error.ts';
import { isUtf8, parseMediaType } from './media-type.ts';

/** Media types of GraphQL answers. */
export type AnswerType = 'application/graphql-response+json' | 'application/json';

const GRAPHQL: AnswerType = 'application/graphql-response+json';
const JSON_TYPE: AnswerType = 'application/json';

/** What the clients of the field send: no thought needed. */
const KNOWN: ReadonlyMap<string | null, AnswerType> = new Map([
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
export function answerType(accept: string | null): AnswerType {
  return KNOWN.get(accept) ?? best(accept!);
}

function best(accept: string): AnswerType {
  const ranges = accept.split(',').flatMap((text) => parseMediaType(text) ?? []);
  const ranked = [JSON_TYPE, GRAPHQL].map((type) => ({ type, ...rankOf(type, ranges) }));
  const [first, second] = ranked as [(typeof ranked)[0], (typeof ranked)[0]];
  const isSecond = second.quality > first.quality || (second.quality === first.quality && second.place < first.place);
  const chosen = isSecond ? second : first;
  if (chosen.quality > 0) return chosen.type;
  throw new HttpError(406, 'BAD_USER_INPUT', `Expected to be allowed ${GRAPHQL} or ${JSON_TYPE}, but got "${accept}".`);
}

type Ranges = readonly NonNullable<ReturnType<typeof parseMediaType>>[];

/** How much a type is wanted: by the most exact range that it matches (RFC 9110, 12.5.1), and where that stands. */
function rankOf(type: AnswerType, ranges: Ranges): { readonly quality: number; readonly place: number } {
  for (const name of [type, 'application/*', '*/*']) {
    const place = ranges.findIndex((range) => range.name === name && isUtf8(range.charset));
    if (place !== -1) return { quality: ranges[place]!.quality, place };
  }
  return { quality: 0, place: ranges.length };
}
