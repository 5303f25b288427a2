/** How many shards a migration is checked in, or applied to, at once. */

/** Greatest number. */
export const MAX_SHARDS_AT_ONCE = 64;
/** Unless another is asked for. */
export const DEFAULT_SHARDS_AT_ONCE = 16;
