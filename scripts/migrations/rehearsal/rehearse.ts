/**
 * Runs a migration on a database of sample rows, as shards will, and compares what comes of it with what the two models
 * say: which rows and values there are, and which tables, columns, keys, checks and indexes hold them.
 */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { isForeignKeysPragma } from '../../../src/model/foreign-keys-pragma.ts';
import type { Change } from '../change/change.ts';
import { kindOf } from '../plan/conversion.ts';
import { type DatabaseSchema, type DatabaseTable, readSchema } from '../schema/database-schema.ts';
import { isConstant } from '../schema/default-value.ts';
import { schemaDifferences } from '../schema/schema-differences.ts';
import { quoteName } from '../schema/sql-tokens.ts';
import { insertExpectedRows, type Side } from './expected-rows.ts';
import { insertSampleRows, type RowsByTable, readRows } from './sample-rows.ts';
import { openDatabase } from './shard-database.ts';
import { areEqual, type SqlValue, showValue } from './sql-value.ts';

export interface Rehearsed {
  /** Ways in which it does not end in the new schema, or fails though the new model takes the rows. */
  readonly failures: readonly string[];
  /** Rows and values that are lost, invented or changed. */
  readonly losses: readonly string[];
  /** Rows that the new model refuses, which do not stop it. */
  readonly admissions: readonly string[];
  /** Why rows that the old model takes may stop the migration, as SQLite says it. */
  readonly refusals: readonly string[];
  /** Tables of which no sample row satisfies the old checks: nothing was seen of their rows. */
  readonly unfilled: readonly string[];
}

export interface Rehearsal {
  readonly change: Change;
  readonly statements: readonly string[];
  readonly before: Side & { readonly statements: readonly string[] };
  readonly after: Side & { readonly statements: readonly string[] };
}

export function rehearse({ change, statements, before, after }: Rehearsal): Rehearsed {
  const rows = insertSampleRows(openDatabase(before.statements), before.schema, before.facts);
  const expected = openDatabase(after.statements);
  expected.exec('PRAGMA foreign_keys = OFF');
  const { refused, misfits, orphans } = insertExpectedRows(expected, rows, change, before, after);
  const expectedRows = readRows(expected, after.schema);

  const accepted = openDatabase(before.statements);
  insertRows(accepted, before, rows, (version) => ![refused, misfits, orphans].some((set) => set.has(version)));
  const failure = migrate(accepted, statements);
  const refusals = [...new Set(refused.values())];
  const unfilled = [...rows].flatMap(([table, { size }]) => (size === 0 ? [table] : []));
  if (failure !== null) return { failures: [`it fails: ${failure}`], losses: [], admissions: [], refusals, unfilled };
  const differences = schemaDifferences(readSchema(accepted), after.schema);
  if (differences.length > 0) return { failures: differences, losses: [], admissions: [], refusals, unfilled };
  const losses = compareRows(readRows(accepted, after.schema), expectedRows, change, before, after);

  const whole = openDatabase(before.statements);
  insertRows(whole, before, rows, () => true);
  const found = migrate(whole, statements) === null ? readComputed(whole, after.schema) : null;
  const isStopped = found === null;
  if (!isStopped) losses.push(...changedMisfits(found, rows, change, misfits));
  const admissions =
    isStopped || refused.size === 0 ? [] : [`rows that the new model refuses (${refusals[0]}) are let pass`];
  return { failures: [], losses: [...new Set(losses)], admissions, refusals, unfilled };
}

function insertRows(
  database: DatabaseSync,
  { schema }: Side,
  rows: RowsByTable,
  isWanted: (version: bigint) => boolean,
): void {
  database.exec('PRAGMA foreign_keys = OFF; BEGIN');
  for (const table of schema.values()) {
    const names = [...table.columns.values()].filter(({ generated }) => generated === null).map(({ name }) => name);
    const insert = database.prepare(
      `INSERT INTO ${quoteName(table.name)} (${names.map(quoteName).join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
    );
    for (const [version, row] of rows.get(table.name)!) {
      if (isWanted(version)) insert.run(...(names.map((name) => row[name]!) as SQLInputValue[]));
    }
  }
  database.exec('COMMIT; PRAGMA foreign_keys = ON');
}

/** As the migrator of a shard runs it. @returns why it failed; null: it did not. */
function migrate(database: DatabaseSync, statements: readonly string[]): string | null {
  const others = statements.filter((statement) => !isForeignKeysPragma(statement));
  const isEnforced = others.length === statements.length;
  database.exec(`PRAGMA foreign_keys = ${isEnforced ? 'ON' : 'OFF'}; BEGIN`);
  try {
    for (const statement of others) database.exec(statement);
    const orphan = isEnforced ? undefined : database.prepare('PRAGMA foreign_key_check').get();
    if (orphan) throw new Error(`FOREIGN KEY constraint failed: ${orphan.table} refers to ${orphan.parent}`);
    database.exec('COMMIT');
    return null;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    return (error as Error).message;
  } finally {
    database.exec('PRAGMA foreign_keys = ON');
  }
}

/** Null: something cannot be computed of a row, for which the check at the end of the migration stops it. */
function readComputed(database: DatabaseSync, schema: DatabaseSchema): RowsByTable | null {
  try {
    return readRows(database, schema);
  } catch {
    return null;
  }
}

function compareRows(actual: RowsByTable, expected: RowsByTable, change: Change, before: Side, after: Side): string[] {
  return change.tables.flatMap((table) => {
    const [got, wanted] = [actual.get(table.name)!, expected.get(table.name)!];
    const lost = [...wanted.keys()].filter((version) => !got.has(version));
    const invented = [...got.keys()].filter((version) => !wanted.has(version));
    const agree = (name: string, a: SqlValue, b: SqlValue): boolean =>
      areEqual(a, b) ||
      (isComputed(after.schema.get(table.name)!, name) && typeof a === typeof b && a !== null) ||
      (typeof a === 'string' && isNumberAsText(table, name, before, after) && b !== null && Number(a) === Number(b));
    const changed = [...wanted].flatMap(([version, row]) =>
      Object.entries(row).flatMap(([name, value]) => {
        const found = got.get(version)?.[name];
        if (found === undefined || agree(name, found, value)) return [];
        return [
          `column "${name}" of table "${table.name}" has ${showValue(found)} where ${showValue(value)} should be`,
        ];
      }),
    );
    return [
      ...(lost.length > 0 ? [`table "${table.name}" loses ${lost.length} of ${wanted.size} rows`] : []),
      ...(invented.length > 0 ? [`table "${table.name}" gets ${invented.length} rows that nobody wrote`] : []),
      ...firstOfEach(changed),
    ];
  });
}

/** One example of a column will do. */
function firstOfEach(texts: readonly string[]): string[] {
  const byColumn = Map.groupBy(texts, (text) => text.split(' has ')[0]);
  return [...byColumn.values()].map((group) => group[0]!);
}

/** The value may depend on when it is computed: by its own default, or from a column that has such a one. */
function isComputed(table: DatabaseTable, name: string): boolean {
  const isVolatile = (text: string | null): boolean => text !== null && !isConstant(text);
  const column = table.columns.get(name)!;
  if (column.generated === null) return isVolatile(column.default);
  return [...table.columns.values()].some((other) => isVolatile(other.default));
}

/** Fractions have several texts of one number. */
function isNumberAsText(
  { name: table, source, columnSources }: Change['tables'][number],
  column: string,
  before: Side,
  after: Side,
): boolean {
  const from = before.facts?.tables[source!]?.columns[columnSources.get(column) ?? ''];
  const to = after.facts?.tables[table]?.columns[column];
  if (from === undefined || to === undefined) return false;
  const [was, is] = [kindOf(from), kindOf(to)];
  return (was === 'real' || was === 'decimal') && (is === 'text' || is === 'json');
}

/** Values that do not fit must be what they were, so that the check at the end of the migration finds them. */
function changedMisfits(
  actual: RowsByTable,
  rows: RowsByTable,
  change: Change,
  misfits: ReadonlyMap<bigint, string>,
): string[] {
  return change.tables.flatMap(({ name: table, source, columnSources }) =>
    [...(source === null ? [] : rows.get(source)!)].flatMap(([version, row]) => {
      const place = misfits.get(version);
      if (place === undefined) return [];
      const column = place.slice(table.length + 1);
      const found = actual.get(table)!.get(version)?.[column];
      const value = row[columnSources.get(column)!]!;
      if (found !== undefined && isSameText(found, value)) return [];
      const now = found === undefined ? 'lost' : showValue(found);
      return [`${showValue(value)} in column "${column}" of table "${table}" becomes ${now}`];
    }),
  );
}

/** As text, or as the number that it is the text of, of which SQLite may write fewer digits. */
function isSameText(found: SqlValue, value: SqlValue): boolean {
  if (typeof value === 'number') return Math.abs(Number(textOf(found)) - value) <= Math.abs(value) * 1e-14;
  return textOf(found) === textOf(value);
}

const textOf = (value: SqlValue): string =>
  Buffer.from(value instanceof Uint8Array ? value : String(value)).toString('latin1');
