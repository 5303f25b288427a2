import type { CheckedColumn, PlannedMigration } from '../../../migration-plan.ts';
import type { MigrationProblem } from '../../../migration-report.ts';

/**
 * What a statement of the run does for a rebuild. `all`: the copy takes the table's place there. `index`: it makes an index of the new table.
 * `none`: what it does is in the copy.
 */
export type RebuildPart = 'create' | 'copy' | 'drop' | 'rename' | 'all' | 'index' | 'none';

/** A statement as it is shown. */
export type PlaceShown = Pick<MigrationProblem, 'tag' | 'statement' | 'statements' | 'sql'>;

/** An index that the new table is to have. */
export interface PlannedIndex {
  readonly name: string;
  /** The statement that makes it of the table. */
  readonly sql: string;
  readonly isUnique: boolean;
  /** The statement of the run; null: the table has it already. */
  readonly at: PlaceShown | null;
}

/** All that a run of migrations does to a table, each row by itself: so it can be done to a copy, in steps. */
export interface Rebuild {
  /** Name of the table. */
  readonly table: string;
  /** Of all that decides what the copy holds. */
  readonly id: string;
  /** Statements that make the copy, without rows and indexes. */
  readonly createCopy: readonly string[];
  /** Columns of the copy that get values, and what they get, as SQL over a row of the table. */
  readonly columns: readonly string[];
  readonly values: readonly string[];
  /** Columns that those values may name, and the table lacks: each row has the default of the copy's column there. */
  readonly added: readonly string[];
  /** Columns whose values are right only if they have the same type in the copy. */
  readonly typed: readonly string[];
  readonly indexes: readonly PlannedIndex[];
  /** The rows that are changed, by each statement that changes some: conditions on a row. */
  readonly changes: readonly string[];
  /** The statements replace the table by another one, of all its rows. */
  readonly isReplaced: boolean;
  /** SQLite would write all rows anew: so it does where a column is dropped. */
  readonly isRewritten: boolean;
  /** Columns whose values the new table must have of the model. */
  readonly checks: readonly CheckedColumn[];
  /** The statement by which rows are copied or changed, or the first. */
  readonly at: PlaceShown;
  /** Statements that belong to it, by {@link placeOf}. */
  readonly parts: ReadonlyMap<string, RebuildPart>;
}

/** A statement of a run, by migration and position in it. */
export const placeOf = (migration: Pick<PlannedMigration, 'tag'>, index: number): string => `${migration.tag}#${index}`;
