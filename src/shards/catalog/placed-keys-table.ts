import type { PlacedKey } from '../placed-key.ts';
import type { ShardKey } from '../shard-key.ts';
import { SLOT_COUNT } from '../slots.ts';
import type { SqlSession } from '../sql/sql-session.ts';

const CREATE_TABLES = [
  'CREATE TABLE IF NOT EXISTS _placed_keys (shard_key TEXT PRIMARY KEY, slot INTEGER NOT NULL UNIQUE) WITHOUT ROWID',
  'CREATE TABLE IF NOT EXISTS _pending_keys (shard_key TEXT PRIMARY KEY, slot INTEGER NOT NULL UNIQUE, target TEXT) WITHOUT ROWID',
];
const READ_PLACED = 'SELECT shard_key, slot FROM _placed_keys ORDER BY slot';
const PLACE = 'INSERT INTO _placed_keys (shard_key, slot) VALUES (?, ?) ON CONFLICT DO NOTHING';
const UNPLACE = 'DELETE FROM _placed_keys WHERE shard_key = ?';
const READ_PENDING = 'SELECT shard_key, slot, target FROM _pending_keys ORDER BY slot';
const ADD_PENDING = 'INSERT INTO _pending_keys (shard_key, slot, target) VALUES (?, ?, ?)';
const DROP_PENDING = 'DELETE FROM _pending_keys WHERE shard_key IN (SELECT value FROM json_each(?))';
const DELETE_PENDING = 'DELETE FROM _pending_keys';

/** Shard keys that are changing their shard. */
export interface PendingKeys {
  /** With the slots that are their own then, or were until then. */
  readonly keys: readonly PlacedKey[];
  /** Name of the shard; null: that of their hash. */
  readonly target: string | null;
}

/** `_placed_keys`: shard keys with slots of their own. `_pending_keys`: those that are being placed, or taken back. */
export class PlacedKeysTable {
  readonly #session: SqlSession;

  constructor(session: SqlSession) {
    this.#session = session;
    for (const statement of CREATE_TABLES) session.run(statement);
  }

  /** By slot. */
  placed(): PlacedKey[] {
    return this.#session.rows(READ_PLACED) as unknown as PlacedKey[];
  }

  /** Null: none are being placed. */
  pending(): PendingKeys | null {
    const rows = this.#session.rows(READ_PENDING) as [ShardKey, number, string | null][];
    const [first] = rows;
    if (first === undefined) return null;
    return { keys: rows.map(([key, slot]): PlacedKey => [key, slot]), target: first[2] };
  }

  /** Keys that were placed before keep their slots; others get the least that are free. */
  planned(keys: readonly ShardKey[], target: string | null): PendingKeys {
    const placed = new Map(this.placed());
    const taken = new Set(placed.values());
    let free = SLOT_COUNT;
    const planned = keys.map((key): PlacedKey => {
      while (taken.has(free)) free++;
      const slot = placed.get(key) ?? free;
      taken.add(slot);
      return [key, slot];
    });
    return { keys: planned, target };
  }

  begin({ keys, target }: PendingKeys): void {
    for (const [key, slot] of keys) this.#session.run(ADD_PENDING, key, slot, target);
  }

  /** These stay where they are. */
  drop(keys: readonly ShardKey[]): void {
    this.#session.run(DROP_PENDING, JSON.stringify(keys));
  }

  complete({ keys, target }: PendingKeys): void {
    for (const [key, slot] of keys) {
      if (target === null) this.#session.run(UNPLACE, key);
      else this.#session.run(PLACE, key, slot);
    }
    this.#session.run(DELETE_PENDING);
  }
}
