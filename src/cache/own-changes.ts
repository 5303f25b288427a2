import type { ShardKey } from '../shards/shard-key.ts';
import { lastChange, STAMP_BUCKETS, type StampDependency, type TableStamps, type Touched } from '../shards/stamps.ts';
import type { Version } from '../shards/version.ts';

/**
 * What this isolate has itself changed, as the shards told it with their answers. Stamps tell the same to everybody, some
 * time later; here it shows at once. Nothing relies on it: what is forgotten is told by the stamps.
 */
export class OwnChanges {
  readonly #maxKeys: number;
  /** Least recently changed first. */
  readonly #tablesByKey = new Map<ShardKey, Map<string, TableStamps>>();

  constructor(maxKeys: number) {
    this.#maxKeys = maxKeys;
  }

  note(shardKey: ShardKey, version: Version, touched: readonly Touched[]): void {
    const tables = this.#tablesByKey.get(shardKey) ?? new Map<string, TableStamps>();
    this.#tablesByKey.delete(shardKey);
    this.#tablesByKey.set(shardKey, tables);
    for (const [table, buckets] of touched) {
      const before = tables.get(table);
      const told = new Map(before?.buckets);
      for (const bucket of buckets ?? []) told.set(bucket, version);
      tables.set(table, { last: version, all: buckets === null ? version : (before?.all ?? 0), buckets: told });
    }
    if (this.#tablesByKey.size <= this.#maxKeys) return;
    const [oldest] = this.#tablesByKey.keys();
    this.#tablesByKey.delete(oldest!);
  }

  /** True if something that an answer depends on was changed here after it was read. */
  hasChanged(shardKey: ShardKey | null, dependencies: readonly StampDependency[], asOf: Version): boolean {
    const tables = shardKey === null ? undefined : this.#tablesByKey.get(shardKey);
    return tables !== undefined && dependencies.some((each) => asOf < lastChange({ floor: 0, tables }, each));
  }
}

/** About as much as the shard keys of a busy isolate within the life of an entry: 64 buckets each for a few tables. */
export const MAX_OWN_CHANGED_KEYS = Math.floor(400_000 / STAMP_BUCKETS);
