/** Media types of GraphQL answers. */
export type AnswerType = 'application/graphql-response+json' | 'application/json';

/** By the first media range that the client names, where it stands without parameters. */
const SIMPLE_ACCEPT = /^(?:application\/(?:graphql-response\+)?json|\*\/\*)(?=\s*(?:,|$))/;

/**
 * The media type that Yoga answers with, where that takes no thought: it looks for the first range that it knows, and
 * means JSON by a wildcard. Null where it takes more.
 */
export function simpleAnswerType(accept: string | null): AnswerType | null {
  if (accept === null || accept === '') return 'application/json';
  const range = SIMPLE_ACCEPT.exec(accept)?.[0] ?? null;
  return range === '*/*' ? 'application/json' : (range as AnswerType | null);
}
