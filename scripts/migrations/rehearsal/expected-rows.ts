/** The rows that must be there after a migration, put into a fresh database of the new model. */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { StoredForm } from '../../../src/model/stored-form.ts';
import type { Change, TableChange } from '../change/change.ts';
import { formOfType } from '../plan/form-of-type.ts';
import type { DatabaseSchema, DatabaseTable } from '../schema/database-schema.ts';
import type { Facts } from '../schema/facts.ts';
import { quoteName } from '../schema/sql-tokens.ts';
import { convertedValue, MISFIT } from './converted-value.ts';
import type { RowsByTable } from './sample-rows.ts';
import type { SqlRow, SqlValue } from './sql-value.ts';

export interface Side {
  readonly schema: DatabaseSchema;
  readonly facts: Pick<Facts, 'tables'> | null;
}

export interface ExpectedRows {
  /** Versions of the rows of the old database that the new model does not take, with its reason. */
  readonly refused: ReadonlyMap<bigint, string>;
  /** Versions of rows with a value that the new model does not know, and its column, as `table.column`. */
  readonly misfits: ReadonlyMap<bigint, string>;
  /** Versions of rows that refer to those. */
  readonly orphans: ReadonlySet<bigint>;
}

/** @param database Empty, with the new schema; foreign keys are not enforced while it is filled. */
export function insertExpectedRows(
  database: DatabaseSync,
  rows: RowsByTable,
  change: Change,
  before: Side,
  after: Side,
): ExpectedRows {
  const refused = new Map<bigint, string>();
  const misfits = new Map<bigint, string>();
  const incomplete = new Set<string>();
  for (const table of change.tables) {
    if (table.source === null) continue;
    const formsOf = expectedForms(table, before, after);
    for (const [version, row] of rows.get(table.source)!) {
      const expected = expectedRow(table, row, after.schema.get(table.name)!, formsOf);
      if ('misfit' in expected) {
        misfits.set(version, `${table.name}.${expected.misfit}`);
        incomplete.add(table.name);
        continue;
      }
      const reason = insert(database, table.name, expected.row);
      if (reason === null) continue;
      refused.set(version, reason);
      incomplete.add(table.name);
    }
  }
  return { refused, misfits, orphans: removeOrphans(database, refused, incomplete) };
}

type FormsOf = (name: string, source: string) => readonly [from: StoredForm, to: StoredForm];

const expectedForms =
  (table: TableChange, before: Side, after: Side): FormsOf =>
  (name, source) => {
    const oldType = before.schema.get(table.source!)!.columns.get(source)!.type;
    const type = after.schema.get(table.name)!.columns.get(name)!.type;
    const from = before.facts?.tables[table.source!]?.columns[source];
    const to = after.facts?.tables[table.name]?.columns[name] ?? formOfType(type);
    // Without facts of before, columns of one type are taken for equal.
    return [from ?? (oldType === type ? to : formOfType(oldType)), to];
  };

function expectedRow(
  { columnSources }: TableChange,
  row: SqlRow,
  table: DatabaseTable,
  formsOf: FormsOf,
): { readonly row: ReadonlyMap<string, SqlValue> } | { readonly misfit: string } {
  const expected = new Map<string, SqlValue>();
  for (const [name, source] of columnSources) {
    const column = table.columns.get(name)!;
    if (source === null || column.generated !== null) continue;
    const value = row[source]!;
    if (value === null) {
      // Where NULL is no longer allowed, the default stands for it, if there is one.
      if (!column.notNull || column.default === null) expected.set(name, null);
      continue;
    }
    const converted = convertedValue(...formsOf(name, source), value);
    if (converted === MISFIT) return { misfit: name };
    expected.set(name, converted);
  }
  return { row: expected };
}

/** Why the new model refuses the row; null: it does not. */
function insert(database: DatabaseSync, table: string, row: ReadonlyMap<string, SqlValue>): string | null {
  const names = [...row.keys()].map(quoteName).join(', ');
  const places = [...row.keys()].map(() => '?').join(', ');
  try {
    database
      .prepare(`INSERT INTO ${quoteName(table)} (${names}) VALUES (${places})`)
      .run(...([...row.values()] as SQLInputValue[]));
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * Takes away the rows that refer to none, and then those that referred to them. The new model refuses them, unless they
 * refer to rows that are there in the old database, and only not in this one.
 *
 * @param incomplete Tables that lack rows of the old database; those that lose rows here are added.
 * @returns the versions of rows that are not refused for their own sake.
 */
function removeOrphans(database: DatabaseSync, refused: Map<bigint, string>, incomplete: Set<string>): Set<bigint> {
  const orphans = new Set<bigint>();
  for (;;) {
    const violations = database
      .prepare('SELECT DISTINCT "table", rowid, parent FROM pragma_foreign_key_check')
      .all() as { table: string; rowid: number; parent: string }[];
    if (violations.length === 0) return orphans;
    for (const { table, rowid, parent } of violations) {
      const removal = database.prepare(`DELETE FROM ${quoteName(table)} WHERE _rowid_ = ? RETURNING _version`);
      removal.setReadBigInts(true);
      const row = removal.get(rowid);
      if (row === undefined) continue;
      if (incomplete.has(parent)) orphans.add(row._version as bigint);
      else refused.set(row._version as bigint, `FOREIGN KEY constraint failed: ${table} refers to ${parent}`);
      incomplete.add(table);
    }
  }
}
