/** How values of columns are read and compared in SQL, per {@link WireKind}. */
import type { WireKind } from '../../../../model/types.ts';
import { ShardQLError } from '../../../errors.ts';
import type { ColumnKind } from '../../../plan/column-kind.ts';
import type { ValueRef } from '../../../plan/value.ts';
import { quoteName } from '../../../sql/sql-text.ts';
import { WIRE_KIND_SQL } from '../../wire-kind-sql.ts';
import type { Field, StoredField } from '../compile/fields.ts';
import type { Parameters } from './parameters.ts';

/** The column itself, of the table with this alias. */
export const columnSql = (alias: string, field: StoredField): string => `${alias}.${quoteName(field.sqlName)}`;

/**
 * The wire value of a column. What is stored otherwise than the column stores becomes no wire value of it: as text it could
 * be taken for one.
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

/** The wire value of a value as it is stored. */
export function storedToWireSql(column: string, field: ColumnKind): string {
  const cell = WIRE_KIND_SQL[field.wire].cell(column);
  // hex(NULL) is ''.
  return field.wire === 'blob' && !field.notNull ? `CASE WHEN ${column} IS NOT NULL THEN ${cell} END` : cell;
}

/** A wire value (parameter or JSON value) as the column stores it, for equality. */
export const storedSql = (wire: WireKind, value: string): string => WIRE_KIND_SQL[wire].operand(value);

/** A value as it is stored, as it orders: by number for bigints in blobs. */
export const storedToOrderedSql = (column: string, { wire }: ColumnKind): string =>
  WIRE_KIND_SQL[wire].ordered?.stored(column) ?? column;

/** A wire value to compare with {@link storedToOrderedSql}. */
const orderedValueSql = (wire: WireKind, value: string): string =>
  (WIRE_KIND_SQL[wire].ordered?.operand ?? WIRE_KIND_SQL[wire].operand)(value);

/** A value as it is stored, as text. */
export function asTextSql(stored: string, { name, wire }: Field): string {
  if (wire === 'text') return stored;
  if (wire === 'jsonBlob') return `CAST(${stored} AS TEXT)`;
  throw new ShardQLError('BAD_USER_INPUT', `Expected a text column, but got ${name}.`);
}

/** A scalar value of the call. */
export const bindValue = (value: ValueRef, parameters: Parameters): string =>
  parameters.use(`value ${value}`, (scope) => scope.values[value] as string | number | null);

export const bindOrdered = (value: ValueRef, field: Field, parameters: Parameters): string =>
  orderedValueSql(field.wire, bindValue(value, parameters));
