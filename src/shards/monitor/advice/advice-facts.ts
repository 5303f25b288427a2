import type { Model } from '../../../model/types.ts';
import type { Advice } from '../../advice.ts';
import type { Counts, SlowOperation } from '../../isolate-report.ts';
import type { UnusedIndex } from './index-uses.ts';

/** What advice is worked out from: a pure value. */
export interface AdviceFacts {
  readonly nowMs: number;
  readonly model: Model;
  /** Of about the last hour. */
  readonly counts: Counts;
  /** Of about the last day. */
  readonly slow: readonly SlowOperation[];
  /** For a week of hours in which anything was asked. */
  readonly unusedIndexes: readonly UnusedIndex[];
  /** Shards that have reported. */
  readonly shardCount: number;
}

/** Advice of one kind: a pure function. */
export type Advisor = (facts: AdviceFacts) => readonly Advice[];

export const NO_SUBJECT = {
  ...{ table: null, operation: null, operationHash: null, shard: null, shardKey: null, index: null },
} as const;
