/** A read before it is known which shards answer it, and its answer: what the cache and the shard client agree on. */
import type { WireValue } from '../model/types.ts';
import type { Answer, PlanNode, PlanValue } from './plan.ts';
import type { ShardKey } from './shard-key.ts';
import type { Version } from './version.ts';

/** A plan, its values and its keys. */
export interface ShardRead {
  readonly node: PlanNode;
  readonly values: readonly PlanValue[];
  /** One per answer wanted; `[[]]` when `node.match` is empty. */
  readonly keys: readonly (readonly WireValue[])[];
  /** The shard key of each key, where it is known: only that shard is asked. Null: all shards are (a scatter). */
  readonly shardKeys: readonly ShardKey[] | null;
}

/** A read whose answers come with what is known about their age. */
export interface FreshRead extends ShardRead {
  /** The answers may be cached under their shard keys: the shards then stamp what changes there. */
  readonly cacheable: boolean;
}

/** An answer with what is known about its age. */
export interface FreshAnswer {
  readonly answer: Answer;
  /** Every commit up to this version is in the answer; of a scatter, the least of all shards. */
  readonly asOf: Version;
  /**
   * Version of the last commit to the tables that the plan looks at, under the key's shard key; of a scatter, the
   * greatest of all shards. An upper bound where a shard does not know.
   */
  readonly changed: Version;
  /** Names of the shards that answered. */
  readonly shards: readonly string[];
}

/** Asks the shards; one answer per key, in order. */
export type AskShards = (read: FreshRead) => Promise<readonly FreshAnswer[]>;

/** What a write reads back: keys that lie under the shard key that is written. */
export type ReadBack = Omit<FreshRead, 'shardKeys'>;
