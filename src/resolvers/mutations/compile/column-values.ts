/**
 * Column values of a write. Defaults are run here, in the Worker and once per field, so that a repeat of the write after
 * a lost answer carries the same values.
 */
import { wholeModel } from '../../../model/access/role-model.ts';
import { driverToWire } from '../../../model/codec.ts';
import type { ColumnModel, Model, TableModel, WireValue } from '../../../model/types.ts';
import { isWritable } from '../../../model/writable-columns.ts';
import type { RowScope } from '../../../plans/access/visible-rows.ts';
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
  { model, access }: RowScope,
  table: TableModel,
  data: DataInput,
  given: OperationValues = {},
  key: OperationValues = {},
): OperationValues {
  requireWritable(table, given);
  const presets = access.presetsOf(table.typeName, 'create');
  requireAllowed(table, 'create', [data, given, key], presets);
  const values: Record<string, OperationValue> = {};
  for (const column of allColumns(model, table)) {
    if (column.generated) continue;
    const value = column.name in presets ? presets[column.name] : columnValue(table, column, data, given, key);
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
  { model, access }: RowScope,
  table: TableModel,
  data: DataInput,
  given: OperationValues = {},
  atomic: AtomicChanges = {},
): OperationValues {
  requireWritable(table, given);
  const presets = access.presetsOf(table.typeName, 'update');
  requireAllowed(table, 'update', [data, given, atomic], presets);
  const values: Record<string, OperationValue> = {};
  const columns = allColumns(model, table);
  for (const column of columns) {
    const value = columnValue(table, column, data, given);
    if (value === undefined) continue;
    if (table.primaryKey.columns.includes(column)) throw keyColumn(table, column);
    values[column.name] = value;
  }
  if (Object.keys(values).length + Object.keys(atomic).length === 0) return values;
  Object.assign(values, presets);
  for (const column of columns) {
    if (column.onUpdateFn && !(column.name in values) && !(column.name in atomic))
      values[column.name] = driverToWire(column, column.onUpdateFn());
  }
  return values;
}

/** Those that the caller does not know get their defaults, and follow changes, as well. */
export const allColumns = (model: Model, { typeName }: TableModel): readonly ColumnModel[] =>
  wholeModel(model).table(typeName).columns;

/**
 * Holds the columns that a write gives to those that the caller's role may: also what relations give, and keys. The shard key is
 * given by the request as a whole.
 *
 * @param presets win over what is given.
 * @throws ShardQLError FORBIDDEN
 */
function requireAllowed(
  table: TableModel,
  verb: 'create' | 'update',
  given: readonly object[],
  presets: OperationValues,
): void {
  if (table.rules === null) return;
  const { columns } = table.rules[verb] ?? NO_COLUMNS;
  const isAllowed = (name: string): boolean =>
    columns.has(name) || name in presets || name === table.shardKey.name || !table.columnByName.has(name);
  for (const name of given.flatMap((values) => Object.keys(values))) {
    if (isAllowed(name)) continue;
    throw new ShardQLError(
      'FORBIDDEN',
      `Expected columns that the caller may ${verb === 'create' ? 'create rows with' : 'change'}, but got ${table.typeName}.${name}. Leave it out.`,
      { table: table.typeName, field: name },
    );
  }
}

const NO_COLUMNS = { columns: new Set<string>() };

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
