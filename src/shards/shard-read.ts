/** A read before it is known which shards answer it, and its answer: what the cache and the shard client agree on. */
import type { WireValue } from '../model/types.ts';
import type { Answer, PlanNode, PlanValue } from './plan.ts';
import type { AnswerState } from './seen-versions.ts';
import type { ShardKey } from './shard-key.ts';

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
  /** How long they may be kept, in milliseconds. Absent: as long as any answer of the model. */
  readonly lifeMs?: number | undefined;
}

/**
 * An answer with what is known about its age: a snapshot of the key's shard, or one of each shard for a scatter. Their
 * `changed` is the version of the last commit to the tables that the plan looks at, under the key's shard key.
 */
export interface FreshAnswer extends AnswerState {
  readonly answer: Answer;
}

/** Asks the shards; one answer per key, in order. */
export type AskShards = (read: FreshRead) => Promise<readonly FreshAnswer[]>;

/** What a write reads back: keys that lie under the shard key that is written. */
export type ReadBack = Omit<FreshRead, 'shardKeys'>;
