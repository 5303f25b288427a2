import { type ColumnModel, ROW_VERSION_COLUMN, type TableModel, type WireKind } from '../../../model/types.ts';
import type { ColumnKind } from '../../column-kind.ts';
import { ShardQLError } from '../../errors.ts';
import { VERSION_COLUMN } from '../../plan.ts';
import { quoteName } from '../sql-text.ts';
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

/** Expression whose result is the wire value (decimals: a number, see `decimal.ts`). NULL stays NULL. */
export const readSql = (row: RowContext, field: Field): string => storedToWireSql(storedValue(row, field).sql, field);

/** The same of SQL that gives a value as it is stored. */
export function storedToWireSql(column: string, field: ColumnKind): string {
  switch (field.wire) {
    case 'int64':
    case 'bigintBlob':
    case 'jsonBlob':
      return `CAST(${column} AS TEXT)`;
    case 'blob':
      // hex(NULL) is ''.
      return field.notNull ? `lower(hex(${column}))` : `CASE WHEN ${column} IS NOT NULL THEN lower(hex(${column})) END`;
    default:
      return column;
  }
}

/**
 * A wire value (parameter or JSON value) as the column stores it, for equality: the column itself stays bare, so that
 * indexes serve. JavaScript's safe integers need no cast: SQLite compares INTEGER and REAL by exact value. Greater doubles do:
 * 2^60 stands in JSON as 1152921504606847000, which is another integer.
 */
export function storedSql(wire: WireKind, value: string): string {
  switch (wire) {
    case 'int64':
      return `CAST(${value} AS INTEGER)`;
    case 'real':
      return `CAST(${value} AS REAL)`;
    case 'decimal':
      return `CAST(${value} AS NUMERIC)`;
    case 'blob':
      return `unhex(${value})`;
    case 'bigintBlob':
    case 'jsonBlob':
      return `CAST(${value} AS BLOB)`;
    default:
      return value;
  }
}

/** The column as it orders: by number for bigints in blobs, else as stored. */
export const orderedColumnSql = (row: RowContext, field: Field): string =>
  storedToOrderedSql(storedValue(row, field).sql, field);

/** The same of SQL that gives a value as it is stored. */
export const storedToOrderedSql = (column: string, { wire }: ColumnKind): string =>
  wire === 'bigintBlob' ? `CAST(${column} AS INTEGER)` : column;

/** A wire value to compare with {@link orderedColumnSql}. */
export const orderedValueSql = (wire: WireKind, value: string): string =>
  wire === 'bigintBlob' ? `CAST(${value} AS INTEGER)` : storedSql(wire, value);

/** The column as text, for the text operators. */
export function textSql(row: RowContext, field: Field): string {
  const { sql } = storedValue(row, field);
  if (field.wire === 'text') return sql;
  if (field.wire === 'jsonBlob') return `CAST(${sql} AS TEXT)`;
  throw new ShardQLError('BAD_USER_INPUT', `Expected a text column, but got ${field.name}.`);
}
