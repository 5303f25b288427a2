/**
 * What parts of an operation cost, in units of one row that is read and shown. Measured in the Worker and its shards
 * together, rounded: they are to tell what is much from what is little, not milliseconds.
 */

/** A call to a shard. */
export const CALL = 10;
/** What each call costs more with `@asOf`: the shard takes up to some thousands of changes back for it. */
export const PAST = 1_000;
/** A row of a page, a related row, a row by its key. */
export const ROW = 1;
/** A field of a row, or of any other object. */
export const FIELD = 0.1;
/** A step to related rows in a filter or an order, and a search: it may read all rows of their table under a shard key. */
export const RELATED = 100;
/** A total count, the aggregates of a list, and each of its groupings: they read all rows of the list. */
export const WHOLE_LIST = 50;
/** A row that is written, or may be. */
export const WRITE = 5;
/** Rows that a list of users' own is taken to have. */
export const ROWS_OF_USERS_LIST = 20;
/** Members that each list in an introspection, but that of all types, is taken to have. */
export const MEMBERS_OF_TYPE = 5;
/** What introspection costs of what other fields do: nothing is read for it, but it may go in circles. */
export const INTROSPECTION = 0.1;
