/** A model as plain data, from which Node and workerd make the same Drizzle tables. */
import { type SQL, sql } from 'drizzle-orm';
import {
  blob,
  check,
  foreignKey,
  index,
  integer,
  numeric,
  primaryKey,
  real,
  type SQLiteColumn,
  type SQLiteTable,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core';
import { dateTime, int64 } from '../../src/model/columns.ts';
import { defineModel } from '../../src/model/define-model.ts';
import type { Model } from '../../src/model/types.ts';

export type Kind =
  | 'text'
  | 'enum'
  | 'iso'
  | 'json'
  | 'int32'
  | 'int64'
  | 'boolean'
  | 'seconds'
  | 'milliseconds'
  | 'real'
  | 'decimal'
  | 'bytes'
  | 'bigintBlob'
  | 'jsonBlob';

export interface ColumnSpec {
  /** The same column in another model has the same. */
  readonly id: number;
  /** In SQL. */
  readonly name: string;
  readonly kind: Kind;
  /** Of an enum. */
  readonly values: readonly string[];
  readonly notNull: boolean;
  readonly default: DefaultSpec | null;
  readonly generated: GeneratedSpec | null;
}

/** A constant, or an expression. */
export type DefaultSpec =
  | { readonly constant: string | number | boolean }
  | { readonly sql: 'moment' | 'word' | 'sum' };

export interface GeneratedSpec {
  readonly as: 'length' | 'upper' | 'double';
  /** Id of the column that it is computed from. */
  readonly of: number;
  readonly mode: 'stored' | 'virtual';
}

export interface CheckSpec {
  readonly name: string;
  readonly of: number;
  readonly rule: 'filled' | 'short' | 'positive';
  /** Names the column with its table, as Drizzle does. */
  readonly isQualified: boolean;
}

export interface IndexSpec {
  readonly name: string;
  readonly of: number;
  readonly form: 'plain' | 'descending' | 'expression' | 'partial' | 'unique' | 'unique partial';
}

export interface TableSpec {
  readonly id: number;
  readonly name: string;
  /** The shard key first, then the other columns of the primary key, then the rest. */
  readonly columns: readonly ColumnSpec[];
  readonly keyLength: 2 | 3;
  readonly parent: ParentSpec | null;
  readonly checks: readonly CheckSpec[];
  readonly indexes: readonly IndexSpec[];
}

export interface ParentSpec {
  /** Id of the table that is referred to, before this one or itself. */
  readonly table: number;
  /** Ids of the columns that name the parent's key, after the shard key. */
  readonly columns: readonly number[];
  readonly onDelete: 'cascade' | 'set null' | 'no action';
}

export type ModelSpec = readonly TableSpec[];

export const columnOf = (table: TableSpec, id: number): ColumnSpec => table.columns.find((each) => each.id === id)!;

export function modelOfSpec(spec: ModelSpec): Model {
  const tables = new Map<number, SQLiteTable>();
  for (const table of spec) tables.set(table.id, drizzleTable(table, tables));
  const entries = spec.map(({ id }) => [
    `Type${id}`,
    { table: tables.get(id)!, shardKey: propertyOf(0), list: `rowsOfType${id}`, single: `rowOfType${id}` },
  ]);
  return defineModel(Object.fromEntries(entries));
}

const propertyOf = (columnId: number): string => `field${columnId}`;

type Columns = Readonly<Record<string, SQLiteColumn>>;

function drizzleTable(table: TableSpec, tables: ReadonlyMap<number, SQLiteTable>): SQLiteTable {
  const builders = Object.fromEntries(table.columns.map((column) => [propertyOf(column.id), builderOf(table, column)]));
  return sqliteTable(table.name, builders as never, (built) => {
    const t = built as unknown as Columns;
    const at = (id: number): SQLiteColumn => t[propertyOf(id)]!;
    const keys = table.columns.slice(0, table.keyLength).map(({ id }) => at(id));
    return [
      primaryKey({ columns: keys as [SQLiteColumn, ...SQLiteColumn[]] }),
      ...(table.parent === null ? [] : [reference(table.parent, at, tables.get(table.parent.table) ?? null, t)]),
      ...table.checks.map((each) => check(each.name, checkSql(each, table, at(each.of)))),
      ...table.indexes.map((each) => indexOf(each, at(0), at(each.of))),
    ];
  });
}

function reference(
  { columns, onDelete, table }: ParentSpec,
  at: (id: number) => SQLiteColumn,
  parent: SQLiteTable | null,
  own: Columns,
) {
  // A table that refers to itself is not made yet.
  const target = (parent ?? own) as unknown as Columns;
  const names = [0, ...columns.map((_, position) => position + 1)].map((id) => target[propertyOf(id)]!);
  const key = foreignKey({
    name: `parent_${table}_${columns.join('_')}`,
    columns: [at(0), ...columns.map(at)] as never,
    foreignColumns: names as never,
  });
  return key.onDelete(onDelete);
}

const quoted = (name: string): SQL => sql.raw(`"${name}"`);

function checkSql({ rule, isQualified }: CheckSpec, _: TableSpec, column: SQLiteColumn): SQL {
  const name = isQualified ? sql`${column}` : quoted(column.name);
  switch (rule) {
    case 'filled':
      return sql`${name} <> ''`;
    case 'short':
      return sql`length(${name}) < 6 OR ${name} = 'a; b, c'`;
    case 'positive':
      return sql`${name} > 0`;
  }
}

function indexOf({ name, form }: IndexSpec, shardKey: SQLiteColumn, column: SQLiteColumn) {
  switch (form) {
    case 'plain':
      return index(name).on(shardKey, column);
    case 'descending':
      return index(name).on(shardKey, sql`${column} desc`);
    case 'expression':
      return index(name).on(sql`coalesce(${column}, 'x, y')`);
    case 'partial':
      return index(name).on(column).where(sql`${column} <> ';'`);
    case 'unique':
      return uniqueIndex(name).on(shardKey, column);
    case 'unique partial':
      return uniqueIndex(name).on(shardKey, column).where(sql`${column} <> 'twice'`);
  }
}

function builderOf(table: TableSpec, column: ColumnSpec) {
  const plain = builderOfKind(column) as ReturnType<typeof text>;
  if (column.generated !== null) {
    const { as, of, mode } = column.generated;
    return plain.generatedAlwaysAs(generatedSql(as, quoted(columnOf(table, of).name)), { mode });
  }
  const required = column.notNull ? plain.notNull() : plain;
  if (column.default === null) return required;
  return required.default(
    'constant' in column.default ? (column.default.constant as never) : (DEFAULT_SQL[column.default.sql] as never),
  );
}

/** With and without parentheses. */
const DEFAULT_SQL = { moment: sql`unixepoch()`, word: sql`upper('d') || ';'`, sum: sql`(1 + 2)` };

function generatedSql(as: GeneratedSpec['as'], name: SQL): SQL {
  switch (as) {
    case 'length':
      return sql`length(${name})`;
    case 'upper':
      return sql`upper(${name}) || ';'`;
    case 'double':
      return sql`${name} * 2`;
  }
}

function builderOfKind({ name, kind, values }: ColumnSpec) {
  switch (kind) {
    case 'text':
      return text(name);
    case 'enum':
      return text(name, { enum: values as [string, ...string[]] });
    case 'iso':
      return dateTime(name);
    case 'json':
      return text(name, { mode: 'json' });
    case 'int32':
      return integer(name);
    case 'int64':
      return int64(name);
    case 'boolean':
      return integer(name, { mode: 'boolean' });
    case 'seconds':
      return integer(name, { mode: 'timestamp' });
    case 'milliseconds':
      return integer(name, { mode: 'timestamp_ms' });
    case 'real':
      return real(name);
    case 'decimal':
      return numeric(name);
    case 'bytes':
      return blob(name);
    case 'bigintBlob':
      return blob(name, { mode: 'bigint' });
    case 'jsonBlob':
      return blob(name, { mode: 'json' });
  }
}
