import { type ColumnModel, ROW_VERSION_COLUMN, type TableModel, type WireKind } from '../../../model/types.ts';
import { ShardQLError } from '../../errors.ts';
import type { ColumnKind } from '../../plan/column-kind.ts';
import { VERSION_COLUMN } from '../../plan/node.ts';
import { quoteName } from '../sql-text.ts';
import { WIRE_KIND_SQL } from '../wire-kind-sql.ts';
import { type Expression, expression } from './expression.ts';
import type { RowContext } from './row-context.ts';

/** A column of a table. */
export type StoredField = ColumnKind & Pick<ColumnModel, 'name' | 'sqlName'>;

/** A column that is worked out where it is used. */
export interface ComputedField extends ColumnKind {
  readonly name: string;
  /** Its value, as a column would store it. */
  readonly sql: (row: RowContext) => Expression;
}

/** How column values are read and compared in SQL, per {@link WireKind}. */
export type Field = StoredField | ComputedField;

const VERSION_FIELD: StoredField = { name: VERSION_COLUMN, sqlName: ROW_VERSION_COLUMN, wire: 'int64', notNull: true };

export function fieldOf(table: TableModel, name: string): StoredField {
  const field = name === VERSION_COLUMN ? VERSION_FIELD : table.columnByName.get(name);
  if (field) return field;
  throw new ShardQLError('BAD_USER_INPUT', `Expected a column of ${table.typeName}, but got ${JSON.stringify(name)}.`);
}

/** The column itself, of the table with this alias. */
export const columnSql = (alias: string, field: StoredField): string => `${alias}.${quoteName(field.sqlName)}`;

/** The value as it is stored. The depth of a plain column is counted by those who compare it. */
export const storedValue = (row: RowContext, field: Field): Expression =>
  'sql' in field ? field.sql(row) : expression(columnSql(row.alias, field), 0);

/**
 * Expression whose result is the wire value (decimals: a number, see `decimal.ts`, or the text of one that no double
 * holds). NULL stays NULL.
 */
export function readSql(row: RowContext, field: Field): string {
  const { sql } = storedValue(row, field);
  return 'sql' in field || field === VERSION_FIELD ? storedToWireSql(sql, field) : exactWireSql(sql, field);
}

/**
 * The same of a column. What is stored otherwise than the column stores becomes no wire value of it: as text it could be
 * taken for one.
 */
export function exactWireSql(column: string, field: ColumnKind): string {
  const ofStorage = (storage: string, wire: string) =>
    `CASE typeof(${column}) WHEN '${storage}' THEN ${wire} WHEN 'null' THEN NULL ELSE '!' || ${column} END`;
  if (field.wire === 'decimal') return exactNumberSql(column);
  const { cell, cellStorage } = WIRE_KIND_SQL[field.wire];
  return cellStorage === null ? cell(column) : ofStorage(cellStorage, cell(column));
}

/** The same where results are told apart by their JSON, which has no infinity. */
export const groupWireSql = (column: string, field: ColumnKind): string =>
  field.wire === 'real'
    ? `CASE WHEN abs(${column}) > ${Number.MAX_VALUE} THEN CAST(${column} AS TEXT) ELSE ${column} END`
    : exactWireSql(column, field);

/** Integers beyond 2^53 would come rounded. */
const exactNumberSql = (column: string): string =>
  `CASE WHEN ${column} BETWEEN -${Number.MAX_SAFE_INTEGER} AND ${Number.MAX_SAFE_INTEGER} THEN ${column}` +
  ` ELSE CASE typeof(${column}) WHEN 'integer' THEN CAST(${column} AS TEXT) ELSE ${column} END END`;

/** A value exactly as it is stored, as one text: see `packStored`. */
export const packedSql = (column: string): string =>
  `CASE typeof(${column}) WHEN 'integer' THEN 'i:' || ${column} WHEN 'real' THEN 'r:' || quote(${column})` +
  ` WHEN 'text' THEN 't:' || ${column} WHEN 'blob' THEN 'b:' || lower(hex(${column})) END`;

/** The value that such a text stands for. SQLite's substr of texts stops at NUL, that of blobs does not. */
export const unpackedSql = (packed: string): string =>
  `CASE substr(${packed}, 1, 1) WHEN 'i' THEN CAST(substr(${packed}, 3) AS INTEGER)` +
  ` WHEN 'r' THEN CAST(substr(${packed}, 3) AS REAL)` +
  ` WHEN 't' THEN CAST(substr(CAST(${packed} AS BLOB), 3) AS TEXT) WHEN 'b' THEN unhex(substr(${packed}, 3)) END`;

/** The same of SQL that gives a value as it is stored. */
export function storedToWireSql(column: string, field: ColumnKind): string {
  const cell = WIRE_KIND_SQL[field.wire].cell(column);
  // hex(NULL) is ''.
  return field.wire === 'blob' && !field.notNull ? `CASE WHEN ${column} IS NOT NULL THEN ${cell} END` : cell;
}

/** A wire value (parameter or JSON value) as the column stores it, for equality. */
export const storedSql = (wire: WireKind, value: string): string => WIRE_KIND_SQL[wire].operand(value);

/** The column as it orders: by number for bigints in blobs, else as stored. */
export const orderedColumnSql = (row: RowContext, field: Field): string =>
  storedToOrderedSql(storedValue(row, field).sql, field);

/** The same of SQL that gives a value as it is stored. */
export const storedToOrderedSql = (column: string, { wire }: ColumnKind): string =>
  WIRE_KIND_SQL[wire].ordered?.stored(column) ?? column;

/** A wire value to compare with {@link orderedColumnSql}. */
export const orderedValueSql = (wire: WireKind, value: string): string =>
  (WIRE_KIND_SQL[wire].ordered?.operand ?? WIRE_KIND_SQL[wire].operand)(value);

/** The column as text, for the text operators. */
export function textSql(row: RowContext, field: Field): string {
  const { sql } = storedValue(row, field);
  if (field.wire === 'text') return sql;
  if (field.wire === 'jsonBlob') return `CAST(${sql} AS TEXT)`;
  throw new ShardQLError('BAD_USER_INPUT', `Expected a text column, but got ${field.name}.`);
}
