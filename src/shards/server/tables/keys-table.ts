/**
 * `_keys`: the slot of each shard key that has, or once had, rows here. SQL cannot compute the hash, so writes note
 * the key before its first row. Plans look it up, and its slot in `_slots`, to hide rows of slots that the shard does not own.
 */
import type { ShardKey } from '../../shard-key.ts';
import type { ReadSession, SqlSession } from '../../sql/sql-session.ts';

export const CREATE_KEYS_TABLE = `CREATE TABLE IF NOT EXISTS _keys (
  shard_key TEXT PRIMARY KEY,
  slot INTEGER NOT NULL
) WITHOUT ROWID`;

/** `slot`: that of the key, which may have been placed. */
export function addShardKey(session: SqlSession, key: ShardKey, slot: number): void {
  session.run('INSERT INTO _keys (shard_key, slot) VALUES (?, ?) ON CONFLICT DO NOTHING', key, slot);
}

/** The shard key has rows here, or once had. */
export const hasShardKey = (session: ReadSession, key: ShardKey): boolean =>
  session.row('SELECT 1 FROM _keys WHERE shard_key = ?', key) !== undefined;

/** Those of the shard keys that have rows here, or once had. */
export const readKnownKeys = (session: ReadSession, keys: readonly ShardKey[]): ShardKey[] =>
  session
    .rows('SELECT shard_key FROM _keys WHERE shard_key IN (SELECT value FROM json_each(?))', JSON.stringify(keys))
    .map(([key]) => key as ShardKey);

/** Those of the shard keys that have no rows here, and never had. */
export const readUnknownKeys = (session: ReadSession, keys: readonly ShardKey[]): ShardKey[] =>
  session
    .rows('SELECT value FROM json_each(?) WHERE value NOT IN (SELECT shard_key FROM _keys)', JSON.stringify(keys))
    .map(([key]) => key as ShardKey);
