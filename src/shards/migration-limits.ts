/** How many shards a migration is checked in, or applied to, at once; and how much of a table is changed at once. */

/** Greatest number. */
export const MAX_SHARDS_AT_ONCE = 64;
/** Unless another is asked for. */
export const DEFAULT_SHARDS_AT_ONCE = 16;

/** Of a table: what changes more rows, or more bytes of them (about), is made in steps. */
export const MAX_ROWS_AT_ONCE = 50_000;
export const MAX_BYTES_AT_ONCE = 32 * 1024 ** 2;
