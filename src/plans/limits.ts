/** Bounds of what one field may ask for. Beyond them a request fails with a typed error; nothing is cut silently. */

/** Rows of a page when neither `first` nor `last` is given. */
export const DEFAULT_PAGE_ROWS = 20;
/** Greatest `first` or `last`. */
export const MAX_PAGE_ROWS = 100;
/** Greatest number of related rows that one request resolves, counted as often as they appear. */
export const MAX_RELATED_ROWS = 100_000;
/** Greatest `offset`: a scatter reads offset + page rows from every shard. Cursors go further at no cost. */
export const MAX_OFFSET_ROWS = 10_000;
/** Greatest number of values of one `in` or `notIn`. */
export const MAX_LIST_VALUES = 10_000;
/** Greatest number of comparisons of all filters below one root field. */
export const MAX_FILTER_CONDITIONS = 250;
/** Greatest number of filters in all `AND` and `OR` below one root field, empty ones included. */
export const MAX_FILTER_TERMS = 1_000;
/** Greatest length of the operand of `contains`, `like` and their like, in characters: SQLite compares it at each place of a text. */
export const MAX_PATTERN_CHARACTERS = 1_000;
/** Greatest number of keys by which a filter on a relation across shards finds its rows. */
export const MAX_ID_SET_KEYS = 10_000;
/** Greatest nesting of `AND`, `OR`, `NOT` and relations (SQLite's expression trees end at 100 levels). */
export const MAX_FILTER_DEPTH = 16;
/** Greatest number of relations within each other in a selection: plans are made and read by recursion. */
export const MAX_RELATION_LEVELS = 100;
/** Greatest number of relations within each other in an entry of `orderBy`. */
export const MAX_ORDER_STEPS = 8;
/** Greatest number of entries of `orderBy` that name a relation: each is worked out for every row of the list. */
export const MAX_RELATED_ORDERS = 8;
/** Greatest number of steps of a path into a JSON value. */
export const MAX_JSON_PATH_STEPS = 100;
/** Greatest number of ids of `nodes`. */
export const MAX_NODE_IDS = 1_000;
/** Greatest length of a cursor or node id, in characters: order columns may hold long text. */
export const MAX_TOKEN_CHARACTERS = 10_000_000;
/** Greatest number of rows of a join table that one row may have, where the relation lies across shards. */
export const MAX_LINKED_ROWS = 5_000;
/** Groups of `groupBy` when `first` is not given. */
export const DEFAULT_GROUPS = 100;
/** Greatest `first` of `groupBy`. */
export const MAX_SHOWN_GROUPS = 1_000;
/** Greatest number of columns of one `groupBy`. */
export const MAX_GROUP_KEYS = 8;
/** Greatest number of `groupBy` selections of one list: each reads all of its rows. */
export const MAX_GROUPINGS = 20;
/** Greatest number of operations of one mutation field, nested ones and links of relations included. */
export const MAX_WRITE_OPERATIONS = 10_000;
