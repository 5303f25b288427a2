/** Headers of our own, which clients and the command line read. */

/** Carries a session from one answer to the next request. */
export const TOKEN_HEADER = 'x-shardql-token';

/** Names a change: sent again with the same one, it is made once. */
export const IDEMPOTENCY_HEADER = 'idempotency-key';

/** Set to 1: the answer shows what the request did. */
export const TRACE_HEADER = 'x-shardql-trace';

/** Asks to be answered as another caller: for the developer role alone. */
export const AS_HEADER = 'x-shardql-as';

/** Names a request in answers and logs. */
export const REQUEST_ID_HEADER = 'x-request-id';

/** Carries the `after` of the next page of an export, URI-encoded; absent on the last page. */
export const NEXT_HEADER = 'x-shardql-next';

/** Carries the last migration of the shard that a page of a backup is of, URI-encoded; absent for none. */
export const BACKUP_MIGRATION_HEADER = 'x-shardql-migration';

/** Carries the number of values on an exported page that do not fit their columns, and so are as they are stored; absent for none. */
export const MISFITS_HEADER = 'x-shardql-misfits';

/** Which version of its protocol an agent speaks. */
export const MCP_VERSION_HEADER = 'mcp-protocol-version';
