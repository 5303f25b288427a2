/** Advice: what would be worth doing, as reports show it. */
import type { ShardKey } from './shard-key.ts';

export const ADVICE_KINDS = [
  'MISSING_INDEX',
  'HOT_KEY',
  'CACHE_NEVER_HIT',
  'STRONG_READS',
  'SCATTER',
  'UNUSED_INDEX',
] as const;

export type AdviceKind = (typeof ADVICE_KINDS)[number];

/** An index to add, or one to drop. */
export interface AdvisedIndex {
  readonly name: string;
  /** GraphQL names, in order. */
  readonly columns: readonly string[];
  /** A line of the table's declaration: to be added, or removed. */
  readonly drizzle: string;
  /** What its migration does. */
  readonly ddl: string;
  /** Rows that a request reads, on average. Null: not known, or of an index to drop. */
  readonly rowsReadNow: number | null;
  /** The same with the index, predicted. Null: not known. */
  readonly rowsReadThen: number | null;
}

/** It is worked out when it is asked for, so it is gone once it is followed, or its cause has been gone for a while. */
export interface Advice {
  /** The same as long as it is the same advice. */
  readonly id: string;
  readonly kind: AdviceKind;
  /** What is so, with its numbers. */
  readonly summary: string;
  /** What to do. */
  readonly remedy: string;
  /** GraphQL type. */
  readonly table: string | null;
  /** Its name, or its hash where it has none. */
  readonly operation: string | null;
  readonly operationHash: string | null;
  readonly shard: string | null;
  readonly shardKey: ShardKey | null;
  readonly index: AdvisedIndex | null;
}
