/**
 * Column values of a write. Defaults are run here, in the Worker and once per field, so that a repeat of the write after
 * a lost answer carries the same values.
 */
import { driverToWire } from '../../../model/codec.ts';
import type { ColumnModel, TableModel, WireValue } from '../../../model/types.ts';
import { isWritable } from '../../../model/writable-columns.ts';
import { toWire } from '../../../plans/arguments/wire-input.ts';
import { badUserInput } from '../../../plans/bad-user-input.ts';
import { ShardQLError } from '../../../shards/errors.ts';
import type { AtomicChanges, OperationValue, OperationValues } from '../../../shards/operation.ts';
import { defaultValue } from './derived-shard-key.ts';

/** A `data` argument: values by column name. */
export type DataInput = Readonly<Record<string, unknown>>;

/**
 * Values of a new row: what is given, then defaults; columns that SQLite fills are left out.
 *
 * @param given values that come from elsewhere than the data.
 * @param key of the row, if it has one beside the data: that may repeat its values.
 */
export function createValues(
  table: TableModel,
  data: DataInput,
  given: OperationValues = {},
  key: OperationValues = {},
): OperationValues {
  requireWritable(table, given);
  const values: Record<string, OperationValue> = {};
  for (const column of table.columns) {
    if (column.generated) continue;
    const value = columnValue(table, column, data, given, key);
    if (value !== undefined) values[column.name] = value;
    else if (column.defaultFn) values[column.name] = defaultValue(table, column);
    else if (column === table.shardKey && column.constantDefault !== undefined)
      values[column.name] = driverToWire(column, column.constantDefault);
    else if (column.notNull && !column.hasSqlDefault) throw missingValue(table, column);
  }
  return values;
}

/**
 * Values that an update sets. Key columns are refused: they place a row and name it for ever. An update that sets nothing stays
 * empty: it only looks at the row.
 *
 * @param given values that come from elsewhere than the data.
 * @param atomic columns that are changed in place besides.
 */
export function updateValues(
  table: TableModel,
  data: DataInput,
  given: OperationValues = {},
  atomic: AtomicChanges = {},
): OperationValues {
  requireWritable(table, given);
  const values: Record<string, OperationValue> = {};
  for (const column of table.columns) {
    const value = columnValue(table, column, data, given);
    if (value === undefined) continue;
    if (table.primaryKey.columns.includes(column)) throw keyColumn(table, column);
    values[column.name] = value;
  }
  if (Object.keys(values).length + Object.keys(atomic).length === 0) return values;
  for (const column of table.columns) {
    if (column.onUpdateFn && !(column.name in values) && !(column.name in atomic))
      values[column.name] = driverToWire(column, column.onUpdateFn());
  }
  return values;
}

/** Undefined: there is none. */
function columnValue(
  table: TableModel,
  column: ColumnModel,
  data: DataInput,
  given: OperationValues,
  key: OperationValues = {},
): OperationValue | undefined {
  const { name } = column;
  const own = data[name] === undefined ? undefined : givenValue(table, column, data[name]);
  const other = given[name] === undefined ? key[name] : given[name];
  if (own === undefined) return other;
  if (column === table.shardKey) return own;
  if (given[name] === undefined && (key[name] === undefined || key[name] === own)) return own;
  throw badUserInput(
    `Expected one value for ${table.typeName}.${name}, but got one here and another that the related row, the key or a reference gives. Leave it out here.`,
    { table: table.typeName, field: name },
  );
}

function requireWritable(table: TableModel, given: OperationValues): void {
  for (const name of Object.keys(given)) {
    const column = table.columnByName.get(name)!;
    if (isWritable(table, column)) continue;
    const why = column.generated ? 'is generated' : 'says when a row was deleted';
    throw badUserInput(`Expected columns that can be written, but got ${table.typeName}.${name}, which ${why}.`, {
      table: table.typeName,
      field: name,
    });
  }
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
