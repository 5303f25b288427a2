/** Reads as the cache sees them: the shape of a plan, and who asks the shards. It knows no shard client. */

import type { WireValue } from '../../model/types.ts';
import type { Answer, PlanNode, PlanValue } from '../../shards/plan.ts';
import type { ShardKey } from '../../shards/shard-key.ts';
import type { Version } from '../../shards/version.ts';

/** A plan, its values and its keys; see `PlannedRead` of the shard client. */
export interface CacheableRead {
  readonly node: PlanNode;
  readonly values: readonly PlanValue[];
  readonly keys: readonly (readonly WireValue[])[];
  /** The shard key of each key; null: all shards are asked. */
  readonly shardKeys: readonly ShardKey[] | null;
}

/** An answer from the shards with what they say of its freshness. */
export interface FreshAnswer {
  readonly answer: Answer;
  /** The least of all shards that answered. */
  readonly asOf: Version;
  /** The greatest of all shards that answered. */
  readonly changed: Version;
  /** Names of the shards that answered. */
  readonly shards: readonly string[];
}

/** Asks the shards; one answer per key, in order. With `cacheable` they remember that the answers may be kept. */
export type AskShards = (read: CacheableRead & { readonly cacheable: boolean }) => Promise<readonly FreshAnswer[]>;

export type AnswerSource = 'memory' | 'kv' | 'shard';

/** An answer, and where it came from. */
export interface SourcedAnswer {
  readonly answer: Answer;
  readonly source: AnswerSource;
  readonly asOf: Version;
  readonly changed: Version;
  /** Observed age when it was given, in milliseconds on this isolate's clock. */
  readonly ageMs: number;
  /** Names of the shards that were asked; none for cached answers. */
  readonly shards: readonly string[];
}
