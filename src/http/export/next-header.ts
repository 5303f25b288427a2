/** Carries the `after` of the next page of an export, URI-encoded; absent on the last page. */
export const NEXT_HEADER = 'x-shardql-next';
