import type { ShardKey } from '../../shards/shard-key.ts';
import type { Stamps } from '../../shards/stamps.ts';
import type { EntryKey } from '../entries/entry-key.ts';
import type { StampKnowledge } from '../entries/judge-entry.ts';
import type { SeenStamps, SeenStampsOf } from './seen-stamps.ts';

/** What an entry is judged by. */
export interface Stamping {
  readonly knowledge: StampKnowledge;
  /** When these stamps were looked up, in milliseconds since 1970; null: they were not. */
  readonly stampsAtMs: number | null;
}

export const UNNEEDED: Stamping = { knowledge: { state: 'unneeded' }, stampsAtMs: null };
const UNKNOWN: Stamping = { knowledge: { state: 'unknown' }, stampsAtMs: null };

export const stampingOf = ({ stamps, atMs }: SeenStampsOf): Stamping =>
  stamps === null ? UNKNOWN : { knowledge: { state: 'known', stamps }, stampsAtMs: atMs };

/** Stamps that cache entries depend on: those the isolate has seen recently, and lookups for the rest. */
export class Stampings {
  readonly #seen: SeenStamps;
  readonly #nowMs: number;
  readonly #byKey = new Map<ShardKey, Stamping>();
  /** Those that have to be looked up. */
  readonly unseen: ReadonlySet<ShardKey>;

  constructor(seen: SeenStamps, keys: readonly EntryKey[], nowMs: number) {
    this.#seen = seen;
    this.#nowMs = nowMs;
    const unseen = new Set<ShardKey>();
    for (const shardKey of keys.flatMap((key) => stampedKey(key) ?? [])) {
      const recent = seen.recent(shardKey, nowMs);
      if (recent === undefined) unseen.add(shardKey);
      else this.#byKey.set(shardKey, stampingOf(recent));
    }
    this.unseen = unseen;
  }

  lookedUp(found: ReadonlyMap<ShardKey, Stamps | null>): void {
    for (const [shardKey, stamps] of found) {
      this.#seen.add(shardKey, stamps, this.#nowMs);
      this.#byKey.set(shardKey, stampingOf({ stamps, atMs: this.#nowMs }));
    }
  }

  /**
   * Of these entries, which were found, those whose stamps have to be looked up after all: there were none when somebody last looked, a
   * while ago.
   */
  doubtful(keys: Iterable<EntryKey>): ReadonlySet<ShardKey> {
    const isDoubtful = (shardKey: ShardKey) => !this.unseen.has(shardKey) && this.#byKey.get(shardKey) === UNKNOWN;
    return new Set([...keys].flatMap((key) => stampedKey(key) ?? []).filter(isDoubtful));
  }

  of(key: EntryKey): Stamping {
    const shardKey = stampedKey(key);
    return shardKey === null ? UNNEEDED : (this.#byKey.get(shardKey) ?? UNKNOWN);
  }
}

/** Whose stamps an entry depends on; null: on none. */
const stampedKey = ({ shardKey, dependencies }: EntryKey): ShardKey | null =>
  dependencies.length === 0 ? null : shardKey;
