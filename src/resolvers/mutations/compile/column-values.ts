/**
 * Column values of a write. Defaults are run here, in the Worker and once per field, so that a repeat of the write after
 * a lost answer carries the same values.
 */
import { driverToWire } from '../../../model/codec.ts';
import type { ColumnModel, TableModel, WireValue } from '../../../model/types.ts';
import { toWire } from '../../../plans/arguments/wire-input.ts';
import { badUserInput } from '../../../plans/bad-user-input.ts';
import { ShardQLError } from '../../../shards/errors.ts';
import type { WireValues } from '../../../shards/operation.ts';
import { defaultValue } from './derived-shard-key.ts';

/** A `data` argument: values by column name. */
export type DataInput = Readonly<Record<string, unknown>>;

/** Values of a new row: what is given, then defaults; columns that SQLite fills are left out. */
export function createValues(table: TableModel, data: DataInput): WireValues {
  const values: Record<string, WireValue> = {};
  for (const column of table.columns) {
    if (column.generated) continue;
    const given = data[column.name];
    if (given !== undefined) values[column.name] = givenValue(table, column, given);
    else if (column.defaultFn) values[column.name] = defaultValue(table, column);
    else if (column === table.shardKey && column.constantDefault !== undefined)
      values[column.name] = driverToWire(column, column.constantDefault);
    else if (column.notNull && !column.hasSqlDefault) throw missingValue(table, column);
  }
  return values;
}

/** Values that an update sets. Key columns are refused: they place a row and name it for ever. An update that sets nothing stays empty: it only looks at the row. */
export function updateValues(table: TableModel, data: DataInput): WireValues {
  const values: Record<string, WireValue> = {};
  for (const column of table.columns) {
    const given = data[column.name];
    if (given === undefined) continue;
    if (table.primaryKey.columns.includes(column)) throw keyColumn(table, column);
    values[column.name] = givenValue(table, column, given);
  }
  if (Object.keys(values).length === 0) return values;
  for (const column of table.columns) {
    if (column.onUpdateFn && !(column.name in values)) values[column.name] = driverToWire(column, column.onUpdateFn());
  }
  return values;
}

function givenValue(table: TableModel, column: ColumnModel, value: unknown): WireValue {
  if (value !== null) return toWire(table, column, value);
  if (column.notNull) throw missingValue(table, column);
  return null;
}

const keyColumn = (table: TableModel, column: ColumnModel): ShardQLError =>
  badUserInput(
    `Expected columns outside the primary key, but got ${table.typeName}.${column.name}. To give a row another key, or move it to another shard key, create it anew and delete the old one.`,
    { table: table.typeName, field: column.name },
  );

export const missingValue = (table: TableModel, column: ColumnModel): ShardQLError =>
  new ShardQLError('NOT_NULL_VIOLATION', `Expected a value for ${table.typeName}.${column.name}, but got none.`, {
    table: table.typeName,
    field: column.name,
  });
