/** What the caller of a write may do, as a shard holds its transaction to it. */
import type { ReadCall } from './plan/read.ts';

/**
 * A rule for rows of one table: a plan for one row by its primary key, which reads the primary key. It hides no deleted row. A row
 * that it does not find breaks the rule.
 */
export type RowTest = Pick<ReadCall, 'plan' | 'values'>;

/** What rows may become. */
interface WrittenRules {
  /** Of rows as they are at the end of the transaction. Null: any will do. */
  readonly check: RowTest | null;
  /** Columns (GraphQL field names) that the caller's rules fill in: what these refer to need not be readable. */
  readonly presets: readonly string[];
}

/** A change that is allowed. */
export interface TransitionTests {
  readonly from: RowTest;
  readonly to: RowTest;
}

/** What may be done with the rows of a table. */
export interface TableWriteRules {
  /** Where they stand in the model, for errors: given by Workers in development alone, so that no error of another names a rule. */
  readonly path?: string | undefined;
  /** Rows that are there for the caller. Null: all. */
  readonly read: RowTest | null;
  /** Null: no row may be created. */
  readonly create: WrittenRules | null;
  /** Null: no row may be changed. */
  readonly update:
    | (WrittenRules & {
        /** Rows that may be both read and changed. Null: all that may be read. */
        readonly where: RowTest | null;
        /** Null: any change is allowed. */
        readonly transitions: readonly TransitionTests[] | null;
      })
    | null;
  /** Null: no row may be deleted. */
  readonly delete: {
    /** Rows that may be both read and deleted. Null: all that may be read. */
    readonly where: RowTest | null;
  } | null;
}

/** By GraphQL type, of every table that the operations name or that theirs refer to. Rows of others are not there for the caller. */
export type WriteRules = Readonly<Record<string, TableWriteRules>>;
