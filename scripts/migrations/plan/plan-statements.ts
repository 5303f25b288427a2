/**
 * The statements from one schema to another, each change in the cheapest way that is sound: names are changed in place,
 * columns are added and dropped in place where SQLite can, and what it cannot is done by a rebuild of the table. SQLite
 * is the judge: each way is tried on a database without rows, and stays if the table is then as it is to be.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { Change, TableChange } from '../change/change.ts';
import { columnDefinition, createIndex, createTable } from '../schema/create-statements.ts';
import {
  type DatabaseColumn,
  type DatabaseSchema,
  type DatabaseTable,
  readSchema,
  readTableNamed,
} from '../schema/database-schema.ts';
import { defaultInQuery, isConstant } from '../schema/default-value.ts';
import { tableDifferences } from '../schema/schema-differences.ts';
import type { Snapshot } from '../schema/snapshot.ts';
import { quoteName } from '../schema/sql-tokens.ts';
import type { CarriedColumn } from './carried-columns.ts';
import { renameOrder } from './rename-order.ts';

export interface Target {
  readonly snapshot: Snapshot;
  readonly schema: DatabaseSchema;
  /** By name of the table after the change; tables that start empty have none. */
  readonly carriedByTable: ReadonlyMap<string, readonly CarriedColumn[]>;
}

/** @param database With the old schema and no rows, foreign keys not enforced; left with the new one. */
export function planStatements(database: DatabaseSync, change: Change, target: Target): string[] {
  const scratch = new Scratch(database);
  for (const table of change.droppedTables) scratch.run(`DROP TABLE ${quoteName(table)};`);
  renameTables(scratch, change);
  const sourcesByTable = new Map(change.tables.map((table) => [table.name, renameColumns(scratch, table)]));
  dropIndexes(scratch, target);
  for (const table of change.tables) {
    if (table.source === null) scratch.run(createTable(target.snapshot.tables[table.name]!));
    else changeTable(scratch, table, sourcesByTable.get(table.name)!, target);
  }
  createIndexes(scratch, target);
  return withoutEnforcement(scratch.statements);
}

class Scratch {
  readonly #database: DatabaseSync;
  statements: readonly string[] = [];

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  get schema(): DatabaseSchema {
    return readSchema(this.#database);
  }

  table(name: string): DatabaseTable {
    return readTableNamed(this.#database, name);
  }

  run(statement: string): void {
    try {
      this.#database.exec(statement);
    } catch (error) {
      throw refusedStatement(statement, error as Error);
    }
    this.statements = [...this.statements, statement];
  }

  /** Whether SQLite takes all that is run, and the result is as it should be; else nothing is changed. */
  try(work: () => void, isAsWanted: () => boolean): boolean {
    const before = this.statements;
    this.#database.exec('SAVEPOINT attempt');
    let isDone = false;
    try {
      work();
      isDone = isAsWanted();
    } catch {
      // SQLite cannot do it in this way.
    }
    if (!isDone) {
      this.#database.exec('ROLLBACK TO attempt');
      this.statements = before;
    }
    this.#database.exec('RELEASE attempt');
    return isDone;
  }
}

/** A table of many columns, all of which are converted, is more than one statement can be. */
const refusedStatement = (statement: string, { message }: Error): Error =>
  message === 'string or blob too big'
    ? new Error(
        `Expected a change that SQLite can make in statements of at most 100,000 bytes, but got one of ${statement.length.toLocaleString('en-US')}: ${statement.slice(0, 60)} … Change the types of some of the columns now, and of the others by a further migration. Nothing was written.`,
      )
    : new Error(
        `Expected statements that SQLite can run, but it says "${message}" of:\n${statement}\nNothing was written.`,
      );

function renameTables(scratch: Scratch, { tables }: Change): void {
  const renames = new Map(
    tables.flatMap(({ source, name }) => (source === null || source === name ? [] : [[source, name] as const])),
  );
  for (const [from, to] of renameOrder(scratch.schema.keys(), renames).steps) {
    scratch.run(`ALTER TABLE ${quoteName(from)} RENAME TO ${quoteName(to)};`);
  }
}

/** Renames columns in place if SQLite can. @returns what each source of the table's columns is called then. */
function renameColumns(scratch: Scratch, table: TableChange): ReadonlyMap<string, string> {
  const asBefore = new Map([...table.columnSources.values(), ...table.droppedColumns].map((name) => [name!, name!]));
  if (table.source === null) return asBefore;
  const renames = new Map(
    [...table.columnSources].flatMap(([name, source]) => (source === null ? [] : [[source, name] as const])),
  );
  const columns = scratch.table(table.name).columns.keys();
  const { steps, movedAway } = renameOrder(columns, renames);
  const isRenamed = scratch.try(
    () => {
      for (const [from, to] of steps) {
        scratch.run(`ALTER TABLE ${quoteName(table.name)} RENAME COLUMN ${quoteName(from)} TO ${quoteName(to)};`);
      }
    },
    () => true,
  );
  return isRenamed ? new Map([...asBefore, ...renames, ...movedAway]) : asBefore;
}

/** Drops the indexes that are to be no more, or to be otherwise. */
function dropIndexes(scratch: Scratch, { schema }: Target): void {
  for (const table of scratch.schema.values()) {
    for (const [name, text] of table.indexes) {
      if (schema.get(table.name)?.indexes.get(name) !== text) scratch.run(`DROP INDEX ${quoteName(name)};`);
    }
  }
}

function createIndexes(scratch: Scratch, { snapshot, schema }: Target): void {
  const actual = scratch.schema;
  for (const table of schema.values()) {
    for (const name of table.indexes.keys()) {
      if (actual.get(table.name)!.indexes.has(name)) continue;
      scratch.run(createIndex(snapshot, table.name, snapshot.tables[table.name]!.indexes[name]!));
    }
  }
}

function changeTable(
  scratch: Scratch,
  table: TableChange,
  nameBySource: ReadonlyMap<string, string>,
  target: Target,
): void {
  const wanted = target.schema.get(table.name)!;
  const isAsWanted = (): boolean => tableDifferences(scratch.table(table.name), wanted).length === 0;
  const carried = target.carriedByTable.get(table.name)!;
  const keepsValues = carried.every(({ conversion, fill }) => !conversion?.sql && fill === null);
  if (keepsValues && isAsWanted()) return;
  const isChanged = keepsValues && scratch.try(() => changeInPlace(scratch, table, nameBySource, target), isAsWanted);
  if (!isChanged) rebuild(scratch, table.name, carried, nameBySource, target);
}

function changeInPlace(
  scratch: Scratch,
  table: TableChange,
  nameBySource: ReadonlyMap<string, string>,
  { snapshot, schema }: Target,
): void {
  const wanted = schema.get(table.name)!;
  for (const column of table.droppedColumns) {
    scratch.run(`ALTER TABLE ${quoteName(table.name)} DROP COLUMN ${quoteName(nameBySource.get(column)!)};`);
  }
  for (const [name, source] of table.columnSources) {
    if (source !== null) continue;
    if (!canBeAdded(wanted.columns.get(name)!)) throw new Error(`Column "${name}" needs a rebuild.`);
    const definition = columnDefinition(snapshot.tables[table.name]!.columns[name]!);
    scratch.run(`ALTER TABLE ${quoteName(table.name)} ADD COLUMN ${definition};`);
  }
}

/** SQLite adds columns to tables with rows if their values need not be computed, written or checked. */
function canBeAdded({ generated, notNull, default: value, keyPosition }: DatabaseColumn): boolean {
  if (keyPosition !== 0) return false;
  if (generated !== null) return generated === 'virtual' && !notNull;
  return value === null ? !notNull : isConstant(value) && !(notNull && /^null$/i.test(value));
}

/** Copies the rows to a table of the new form, which then takes the old one's place. */
function rebuild(
  scratch: Scratch,
  name: string,
  carried: readonly CarriedColumn[],
  nameBySource: ReadonlyMap<string, string>,
  { snapshot }: Target,
): void {
  const copy = `__new_${name}`;
  const names = carried.map((column) => quoteName(column.name));
  const values = carried.map((column) => sqlOf(column, quoteName(nameBySource.get(column.source)!)));
  scratch.run(createTable(snapshot.tables[name]!, copy));
  scratch.run(
    `INSERT INTO ${quoteName(copy)}(${names.join(', ')}) SELECT ${values.join(', ')} FROM ${quoteName(name)};`,
  );
  scratch.run(`DROP TABLE ${quoteName(name)};`);
  scratch.run(`ALTER TABLE ${quoteName(copy)} RENAME TO ${quoteName(name)};`);
}

function sqlOf({ conversion, fill }: CarriedColumn, source: string): string {
  const value = conversion?.sql ? conversion.sql(source) : source;
  return fill === null ? value : `COALESCE(${value}, ${defaultInQuery(fill)})`;
}

/** Dropping a table deletes the rows that refer to it, unless foreign keys are not enforced. */
function withoutEnforcement(statements: readonly string[]): string[] {
  const drops = statements.some((statement) => statement.startsWith('DROP TABLE'));
  return drops ? ['PRAGMA foreign_keys=OFF;', ...statements, 'PRAGMA foreign_keys=ON;'] : [...statements];
}
