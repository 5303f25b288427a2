import type { MutationKind } from '../../model/mutation-names.ts';
import type { ExplainedStatement } from '../../shards/protocol/shard-rpc.ts';

/** A read that would be made. */
export interface PlannedRead {
  /** Response keys of the field that it would be for. */
  readonly path: readonly string[];
  readonly table: string;
  /** Names of the shards that would be asked; null: those of rows that were not read. */
  readonly shards: readonly string[] | null;
  /** Values by number, `$0`. */
  readonly plan: readonly string[];
  /** What each shard would run. */
  readonly statements: readonly ExplainedStatement[];
}

/** A write that would be tried, in one transaction; with what it would then show of its row. */
interface PlannedWrite extends PlannedRead {
  readonly operation: MutationKind;
  /** Columns that name the row. */
  readonly key: readonly string[];
  /** Columns that would be given values. */
  readonly sets: readonly string[];
}

/** What a root field would do. */
export interface ExplainedField {
  /** Response key. */
  readonly field: string;
  readonly reads: readonly PlannedRead[];
  readonly writes: readonly PlannedWrite[];
  /** Paths of fields of users' own code, which is not run: what it would do is not known. */
  readonly notRun: readonly (readonly string[])[];
}

export interface Explanation {
  /** How many shards there are. */
  readonly shardCount: number;
  readonly fields: readonly ExplainedField[];
}
