/** What shards report of their migrations, for operators: names are those of SQL, and rows are named by their keys. */
import { report } from '../events/report.ts';

/**
 * What a migration runs into: a constraint, values that are none of their column, the list of migrations, SQLite, a restore that
 * is under way, a shard that has no room for the copy of a table, or one that does not answer.
 */
const MIGRATION_PROBLEMS = [
  'NOT_NULL',
  'UNIQUE',
  'CHECK',
  'FOREIGN_KEY',
  'VALUE',
  'HISTORY',
  'STATEMENT',
  'RESTORE',
  'FULL',
  'UNREACHABLE',
] as const;

export type MigrationProblemKind = (typeof MIGRATION_PROBLEMS)[number];

/** A row by its primary key: values as text, by column. */
export type RowKeyText = Readonly<Record<string, string | null>>;

/** What is not known of a problem, or not of its kind. */
export const UNKNOWN_PLACE = {
  tag: null,
  statement: null,
  statements: null,
  sql: null,
  table: null,
  constraint: null,
  rows: null,
  keys: [],
} as const;

export interface MigrationProblem {
  readonly kind: MigrationProblemKind;
  /** Null: the list of migrations as a whole. */
  readonly tag: string | null;
  /** Position of the statement in its migration, from 1 on; null: found after the statements had run. */
  readonly statement: number | null;
  readonly statements: number | null;
  /** The beginning of the statement. */
  readonly sql: string | null;
  readonly table: string | null;
  /** Name of the constraint, or the columns that it is of. */
  readonly constraint: string | null;
  /** How many rows are concerned; null: not known. */
  readonly rows: number | null;
  /** Some of them. */
  readonly keys: readonly RowKeyText[];
  /** One sentence on what was expected, and what was found instead. */
  readonly message: string;
}

/**
 * `UP_TO_DATE`: nothing is pending. `PENDING`: what is pending was tried, and taken back, and would succeed. `REFUSED`: it
 * would not, or did not. `UNREACHABLE`: the shard cannot be asked.
 *
 * `COPYING`: a table that is pending to be rebuilt is large, and is copied in steps before the rest can be tried. The shard serves
 * meanwhile if it runs the release before. `SETTLING`: it has migrated, and completes what takes long before it serves.
 */
type ShardMigrationState = 'UP_TO_DATE' | 'PENDING' | 'COPYING' | 'SETTLING' | 'REFUSED' | 'UNREACHABLE';

/** How far a shard is with a table that is rebuilt in steps, or whose full-text index is filled. */
export interface MigrationStepProgress {
  /** In SQL. */
  readonly table: string;
  /** How many rows were copied, and how much of the table that is, about, from 0 to 1. Null: the table has been migrated. */
  readonly copied: { readonly rows: number; readonly share: number } | null;
  /** Of a table that has been migrated, while the rows that have changed are logged: how much of it that is, about, from 0 to 1. */
  readonly completed?: number;
}

/** A large table that is changed in one transaction, not in steps. */
export interface ChangeAtOnce {
  /** In SQL. */
  readonly table: string;
  /** As many rows as it may have, by its row ids: it is read as a whole, or changed. */
  readonly rows: number;
  /** Of CPU, that a trial takes and the migration again, about, at most. */
  readonly seconds: number;
}

export interface ShardMigration {
  readonly state: ShardMigrationState;
  /** Tag of the last migration it has recorded; null before the first. */
  readonly last: string | null;
  /** Tags of what is still to be run, in order. */
  readonly pending: readonly string[];
  /**
   * Tags of what will be recorded and not run: migrations with those that take them back, and such as lead to the tables
   * that others led to here.
   */
  readonly skipped: readonly string[];
  readonly problems: readonly MigrationProblem[];
  /** Of states that last: how far it is. */
  readonly progress?: MigrationStepProgress;
  /** Of what is pending: large tables that are changed in one transaction. Absent: there are none. */
  readonly atOnce?: readonly ChangeAtOnce[];
  /** There are copies of tables that this plan has no use for: a run of it drops them. */
  readonly hasUnwanted?: true;
}

export interface NamedShardMigration extends ShardMigration {
  readonly shard: string;
}

/** All shards, in the map's order. */
export interface FleetMigrationReport {
  readonly shards: readonly NamedShardMigration[];
  /** Number of shards that applied migrations in this run. */
  readonly applied: number;
}

/** How far a run is. */
export interface MigrationProgress {
  readonly step: 'check' | 'apply';
  /** Shards that are done with it. */
  readonly done: number;
  readonly total: number;
  /** The shard that was heard of last of those that work in steps. Absent: none does. */
  readonly steps?: { readonly shard: string; readonly state: 'COPYING' | 'SETTLING' } & MigrationStepProgress;
}

/** The report of a run over all shards. */
export type MigrationEvent =
  | { readonly progress: MigrationProgress }
  | { readonly report: FleetMigrationReport }
  /** The run's outcome is not known: what it did stays, and a next one goes on from there. */
  | { readonly error: string };

/** Messages of these may quote a value. */
const QUOTING: readonly MigrationProblem['kind'][] = ['VALUE', 'STATEMENT'];

/** Reports what keeps a shard from migrating. Logs hold neither keys nor values of rows. */
export function reportProblem({ keys: _, message, ...others }: MigrationProblem, shard?: string): void {
  report({
    type: 'migration-failed',
    ...(shard !== undefined && { shard }),
    ...others,
    ...(!QUOTING.includes(others.kind) && { message }),
  });
}
