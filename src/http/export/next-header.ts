/** Carries the number of values on the page that do not fit their columns, and so are as they are stored; absent for none. */
export const MISFITS_HEADER = 'x-shardql-misfits';

/** Carries the `after` of the next page of an export, URI-encoded; absent on the last page. */
export const NEXT_HEADER = 'x-shardql-next';
