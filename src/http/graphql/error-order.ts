import type { GraphQLError } from 'graphql';

/**
 * The order of the document, and of the rows that a field is shown of. Errors stand as they were found, else, and callers with rules
 * would learn which field was answered by the cache: commits of rows that they may not see change that.
 */
export function compareErrors(a: GraphQLError, b: GraphQLError): number {
  const [placeOfA, placeOfB] = [a.locations?.[0], b.locations?.[0]];
  const byPlace = (placeOfA?.line ?? 0) - (placeOfB?.line ?? 0) || (placeOfA?.column ?? 0) - (placeOfB?.column ?? 0);
  return byPlace || comparePaths(a.path ?? [], b.path ?? []);
}

type Path = NonNullable<GraphQLError['path']>;

/** Of one field: only the places of rows differ. */
function comparePaths(a: Path, b: Path): number {
  const at = a.findIndex((step, index) => step !== b[index]);
  return at === -1 ? 0 : Number(a[at]) - Number(b[at]);
}
