/** From a Drizzle column to what the layers know of it. */
import { getTableColumns, is, SQL } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { DATE_TIME, INT64 } from './columns.ts';
import { screamingSnake, upperFirst } from './names.ts';
import type { ColumnModel, ScalarName, WireKind } from './types.ts';

interface ValueKind {
  readonly scalar: ScalarName;
  readonly wire: WireKind;
  readonly dateTime: ColumnModel['dateTime'];
}

const kind = (scalar: ScalarName, wire: WireKind, dateTime: ColumnModel['dateTime'] = null): ValueKind => ({
  scalar,
  wire,
  dateTime,
});

/** By Drizzle's `columnType`. */
const VALUE_KINDS: Readonly<Record<string, ValueKind>> = {
  SQLiteText: kind('String', 'text'),
  SQLiteTextJson: kind('JSON', 'text'),
  SQLiteInteger: kind('Int', 'int'),
  SQLiteBoolean: kind('Boolean', 'int'),
  SQLiteReal: kind('Float', 'real'),
  SQLiteNumeric: kind('Decimal', 'decimal'),
  SQLiteNumericNumber: kind('Decimal', 'decimal'),
  SQLiteNumericBigInt: kind('BigInt', 'int64'),
  SQLiteBlobBuffer: kind('Bytes', 'blob'),
  SQLiteBlobJson: kind('JSON', 'jsonBlob'),
  SQLiteBigInt: kind('BigInt', 'bigintBlob'),
};

/** What Drizzle keeps of a column's options, beyond its public types. */
interface ColumnConfig {
  readonly mode?: 'timestamp' | 'timestamp_ms';
  readonly fieldConfig?: { readonly type?: string };
}

/** The kind of a column's values, or null for a custom type that ShardQL does not know. */
function valueKindOf(column: SQLiteColumn): ValueKind | null {
  const config = (column as unknown as { readonly config: ColumnConfig }).config;
  if (column.columnType === 'SQLiteTimestamp') {
    return kind('DateTime', 'int', config.mode === 'timestamp' ? 'seconds' : 'milliseconds');
  }
  if (config.fieldConfig?.type === INT64) return kind('BigInt', 'int64');
  if (config.fieldConfig?.type === DATE_TIME) return kind('DateTime', 'text', 'iso');
  return VALUE_KINDS[column.columnType] ?? null;
}

/** Property names of a table's columns, by column. */
export const columnNamesOf = (table: SQLiteTable): ReadonlyMap<SQLiteColumn, string> =>
  new Map(Object.entries(getTableColumns(table)).map(([name, column]) => [column as SQLiteColumn, name]));

/** Null for column types that ShardQL cannot carry. Key columns get their `ID` scalar later, when all keys are known. */
export function toColumnModel(typeName: string, name: string, column: SQLiteColumn): ColumnModel | null {
  const valueKind = valueKindOf(column);
  if (valueKind === null) return null;
  const enumValues = column.enumValues ?? [];
  const hasSqlDefault = column.default !== undefined || column.generated !== undefined;
  return {
    name,
    sqlName: column.name,
    ...valueKind,
    ...(enumValues.length > 0 && { scalar: 'Enum' }),
    enum:
      enumValues.length > 0
        ? {
            typeName: `${typeName}${upperFirst(name)}`,
            values: enumValues.map((value) => [screamingSnake(value), value] as const),
          }
        : null,
    notNull: column.notNull || column.primary,
    hasSqlDefault,
    hasExpressionDefault: isSqlExpression(column.default),
    constantDefault: isSqlExpression(column.default) ? undefined : column.default,
    // As in Drizzle, an update function fills creates too where nothing else does.
    defaultFn: column.defaultFn ?? (hasSqlDefault ? null : (column.onUpdateFn ?? null)),
    onUpdateFn: column.onUpdateFn ?? null,
    generated: column.generated !== undefined,
  };
}

const isSqlExpression = (value: unknown): value is SQL => is(value, SQL);
