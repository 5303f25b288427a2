import type { Model } from '../../model/types.ts';
import type { ShardRead } from '../../shards/shard-read.ts';
import { type EntryKey, EntryKeyMaker } from '../entries/entry-key.ts';

/** One key of a read on its way. */
export interface Wanted {
  /** Of the read's keys. */
  readonly index: number;
  readonly key: EntryKey;
}

export function wantedOf(model: Model, { node, values, keys, shardKeys }: ShardRead): Wanted[] {
  const maker = new EntryKeyMaker(model, node, values, shardKeys !== null);
  return keys.map((key, index) => ({ index, key: maker.make(key, shardKeys?.[index] ?? null) }));
}
