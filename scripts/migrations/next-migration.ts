/** From the last migration to the model: what becomes of each table and column, the statements that do it, and their rehearsal. */
import type { Migration } from '../../src/model/types.ts';
import type { Change, Words } from './change/change.ts';
import { type Match, matchNames } from './change/match-names.ts';
import { refusals } from './change/refusals.ts';
import { type FolderMigration, statementsHash } from './migration-folder.ts';
import { type CarriedColumn, carriedColumns } from './plan/carried-columns.ts';
import { conversion } from './plan/conversion.ts';
import { planStatements } from './plan/plan-statements.ts';
import { type Rehearsed, rehearse } from './rehearsal/rehearse.ts';
import { openDatabase } from './rehearsal/shard-database.ts';
import { createStatements } from './schema/create-statements.ts';
import { type DatabaseColumn, type DatabaseSchema, readSchema } from './schema/database-schema.ts';
import { isConstant } from './schema/default-value.ts';
import type { Facts } from './schema/facts.ts';
import type { Snapshot } from './schema/snapshot.ts';

/** What the tables are: as the migrations left them, or as the model wants them. */
export interface Tables {
  /** That make them in an empty database. */
  readonly statements: readonly string[];
  readonly schema: DatabaseSchema;
  /** Null where they were not kept. */
  readonly facts: Pick<Facts, 'tables'> | null;
}

export interface ModelTables extends Tables {
  readonly snapshot: Snapshot;
  readonly facts: Pick<Facts, 'tables'>;
}

/** @throws {Error} if SQLite does not take the tables. */
export function tablesOfModel(snapshot: Snapshot, tables: Facts['tables']): ModelTables {
  const statements = createStatements(snapshot);
  return { snapshot, statements, schema: schemaOf(statements), facts: { tables } };
}

/** @throws {Error} if SQLite does not take a statement. */
export function tablesOfMigrations(migrations: readonly FolderMigration[]): Tables {
  const statements = migrations.flatMap((migration) => migration.statements);
  return { statements, schema: schemaOf(statements), facts: migrations.at(-1)?.facts ?? null };
}

function schemaOf(statements: readonly string[]): DatabaseSchema {
  const database = openDatabase([]);
  database.exec('PRAGMA foreign_keys = OFF');
  for (const statement of statements) {
    try {
      database.exec(statement);
    } catch (error) {
      throw new Error(
        `Expected statements that SQLite can run, but it says "${(error as Error).message}" of:\n${statement}\nNothing was written.`,
      );
    }
  }
  return readSchema(database);
}

export interface NextMigration extends Pick<Migration, 'renames' | 'checks'> {
  readonly statements: readonly string[];
  /** Why rows may stop it, where shards hold such, as SQLite says it. */
  readonly refusals: readonly string[];
  /** Tables that were empty in the rehearsal, since no sample row satisfies their checks. */
  readonly unfilled: readonly string[];
  /** What it gives up, as `table` or `table.column`. */
  readonly drops: readonly string[];
}

export const findMatch = (before: Tables, after: ModelTables, words: Words): Match =>
  matchNames(before.schema, after.schema, words);

const NOTHING: Rehearsed = { failures: [], losses: [], admissions: [], refusals: [], unfilled: [] };

/**
 * The migration that makes a change. It has no statements if SQL does not know what changed.
 *
 * @throws {Error} if rows or values would be lost or invented, with table, column and reason.
 */
export function makeMigration(before: Tables, after: ModelTables, change: Change): NextMigration {
  const carriedByTable = new Map(
    change.tables.flatMap((table) =>
      table.source === null ? [] : [[table.name, carriedOf(before, after, table)] as const],
    ),
  );
  refuse(change.tables.flatMap((table) => refusalsOf(before, after, table, carriedByTable.get(table.name))));
  const scratch = openDatabase(before.statements);
  scratch.exec('PRAGMA foreign_keys = OFF');
  const target = { snapshot: after.snapshot, schema: after.schema, carriedByTable };
  const statements = planStatements(scratch, change, target);
  // Without statements nothing happens to any row.
  const rehearsed = statements.length === 0 ? NOTHING : rehearse({ change, statements, before, after });
  const { failures, losses, admissions, refusals: stops, unfilled } = rehearsed;
  refuse(
    [...failures, ...losses, ...admissions].map(
      (problem) => `Expected a migration that keeps rows and values, but in its rehearsal ${problem}.`,
    ),
  );
  return {
    statements,
    renames: renamesOf(change),
    checks: change.tables.flatMap((table) => checksOf(before, after, table, carriedByTable.get(table.name))),
    refusals: stops,
    unfilled,
    drops: [
      ...change.droppedTables,
      ...change.tables.flatMap(({ source, droppedColumns }) => droppedColumns.map((column) => `${source}.${column}`)),
    ],
  };
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(`${problems.join('\n')}\nNothing was written.`);
}

type TableChange = Change['tables'][number];

const carriedOf = (before: Tables, after: ModelTables, table: TableChange): CarriedColumn[] =>
  carriedColumns(
    table,
    before.schema.get(table.source!)!,
    after.schema.get(table.name)!,
    before.facts?.tables[table.source!],
    after.facts.tables[table.name],
  );

const refusalsOf = (
  before: Tables,
  after: ModelTables,
  table: TableChange,
  carried: readonly CarriedColumn[] | undefined,
): string[] =>
  carried === undefined
    ? []
    : refusals(
        table,
        before.schema.get(table.source!)!,
        after.schema.get(table.name)!,
        carried,
        before.facts?.tables[table.source!],
        after.facts.tables[table.name]!,
      );

const renamesOf = ({ tables }: Change): Migration['renames'] =>
  tables.flatMap(({ name, source, columnSources }) => {
    if (source === null) return [];
    const columns = [...columnSources].flatMap(([to, column]) =>
      column === null || column === to ? [] : [{ table: name, column, to }],
    );
    return [...(source === name ? [] : [{ table: source, to: name }]), ...columns];
  });

/** Columns whose values were another form's, or are what SQLite computes, by another expression or from other values. */
function checksOf(
  before: Tables,
  after: ModelTables,
  { name: table, source, columnSources }: TableChange,
  carried: readonly CarriedColumn[] | undefined,
): Migration['checks'] {
  if (source === null || carried === undefined) return [];
  const isConverted = carried.some((column) => column.conversion?.sql || column.fill !== null);
  const formsBefore = before.facts?.tables[source]?.columns;
  const forms = after.facts.tables[table]!.columns;
  const isComputedAnew = ({ name, type, expression }: DatabaseColumn, from: string): boolean => {
    const old = before.schema.get(source)!.columns.get(from)!;
    const mayMisfit = formsBefore !== undefined && conversion(formsBefore[from]!, forms[name]!)?.mayMisfit !== false;
    return isConverted || mayMisfit || old.expression !== expression || old.type !== type;
  };
  const isChecked = (name: string): boolean => {
    const column = after.schema.get(table)!.columns.get(name)!;
    const from = columnSources.get(name)!;
    if (column.generated !== null) return from === null || isComputedAnew(column, from);
    const isFilled = from === null || carried.find((each) => each.name === name)!.fill !== null;
    if (isFilled && column.default !== null && !isConstant(column.default)) return true;
    return from !== null && carried.find((each) => each.name === name)!.conversion!.mayMisfit;
  };
  return [...columnSources.keys()].filter(isChecked).map((column) => ({ table, column }));
}

/** What is kept of a migration in its folder. */
export const folderMigration = (
  tag: string,
  { statements, renames, checks }: Pick<NextMigration, 'statements' | 'renames' | 'checks'>,
  after: ModelTables,
  reverts: string | null,
): FolderMigration => ({
  tag,
  statements,
  snapshot: after.snapshot,
  facts: { hash: statementsHash(statements), renames, checks, reverts, tables: after.facts.tables },
});
