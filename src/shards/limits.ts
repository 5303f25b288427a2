/**
 * Limits of the platform, with unit and source. Local workerd is laxer than production in some of them, so ShardQL
 * enforces the production values itself: what works on one machine works when deployed.
 */

/** Greatest row, string or BLOB in SQLite-backed Durable Objects (developers.cloudflare.com/durable-objects/platform/limits). */
export const MAX_ROW_BYTES = 2_000_000;
/** Greatest number of bound parameters of one statement (same page). */
export const MAX_BOUND_PARAMETERS = 100;
/** Greatest number of arguments of one SQL function (same page). Local workerd allows 127. */
export const MAX_FUNCTION_ARGUMENTS = 32;
/** Greatest length of one statement (same page: 100 KB). */
export const MAX_STATEMENT_BYTES = 100_000;
/** Greatest number of terms of a compound SELECT (workerd, util/sqlite.c++). */
export const MAX_COMPOUND_SELECT_TERMS = 5;
/** Greatest depth of an expression tree (workerd, util/sqlite.c++). */
export const MAX_EXPRESSION_DEPTH = 100;
/** Greatest number of columns of a table or a result set (limits page above). */
export const MAX_COLUMNS = 100;
/** Greatest size of the arguments or the result of one RPC (workerd, worker-rpc.h: 32 MiB), with room for the envelope. */
export const MAX_RPC_BYTES = 30 * 1024 * 1024;
/** What each shard may answer to a list, however many there are, as long as the request may have any more: ShardQL's own limit. */
export const LEAST_ANSWER_BYTES = 64 * 1024;
/** Greatest number of shards: ShardQL's own limit, so that a scatter stays within a request's subrequests. */
export const MAX_SHARDS = 1024;
/** Greatest number of rows that one bulk mutation may write: ShardQL's own limit. Larger sets are imported. */
export const MAX_BULK_ROWS = 10_000;
/** Greatest number of keys of one bulk get from Workers KV (developers.cloudflare.com/kv/api/read-key-value-pairs). */
export const MAX_KV_BULK_KEYS = 100;
