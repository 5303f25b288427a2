import { BoundedMap } from '../../../lib/bounded-map.ts';
import type { ShardKey } from '../../shard-key.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import { addShardKey } from '../tables/keys-table.ts';

/** Shard keys that are remembered, of some 100 bytes each. */
const MAX_KEYS = 1_000;

/**
 * Shard keys that `_keys` has, by commits of this life: rows of that table are never taken away, so that who has written under a key need not
 * note it again. What a transaction notes is forgotten with it, unless it stands.
 */
export class KnownKeys {
  readonly #known = new BoundedMap<ShardKey, true>(MAX_KEYS);

  /** Notes keys that are not known yet, within a transaction. Call what it gives once the commit stands; null: there is nothing to remember. */
  add(session: SqlSession, keys: Iterable<ShardKey>, slotOf: (key: ShardKey) => number): (() => void) | null {
    const added: ShardKey[] = [];
    for (const key of keys) {
      if (this.#known.use(key)) continue;
      addShardKey(session, key, slotOf(key));
      added.push(key);
    }
    if (added.length === 0) return null;
    return () => {
      for (const key of added) this.#known.set(key, true);
    };
  }
}
