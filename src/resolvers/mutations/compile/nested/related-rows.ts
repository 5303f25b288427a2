/** Rows of drafted operations, and how others refer to them. */
import { violated } from '../../../../lib/invariant.ts';
import type { KeyModel, TableModel, WireValue } from '../../../../model/types.ts';
import { type KeyInput, type RowMatch, rowMatch } from '../../../../plans/arguments/row-key.ts';
import type { OperationValue, OperationValues, RowKey } from '../../../../shards/operation.ts';
import { SHARD_KEY } from './draft-values.ts';
import type { ColumnPair } from './relation-columns.ts';

/** A row that an operation of the draft writes or finds. */
export interface DraftRow {
  readonly table: TableModel;
  /** Index of the operation. */
  readonly operation: number;
  /** Columns of its primary key whose values are known by now: they never change. */
  readonly known: Readonly<Record<string, WireValue>>;
}

export function draftRow(table: TableModel, operation: number, values: OperationValues): DraftRow {
  const known: Record<string, WireValue> = {};
  for (const name of table.primaryKey.names) {
    const value = values[name];
    if (typeof value === 'string' || typeof value === 'number') known[name] = value;
  }
  return { table, operation, known };
}

/** The row that an operation finds by a key. */
export const rowByKey = (table: TableModel, operation: number, key: RowKey): DraftRow =>
  draftRow(table, operation, valuesOfKey(key));

export const valuesOfKey = ({ columns, values }: RowKey): OperationValues =>
  Object.fromEntries(columns.map((name, index) => [name, values[index]!]));

/** The value of a column of the row, as later operations take it. */
export const columnOf = ({ operation, known }: DraftRow, column: string): OperationValue =>
  known[column] ?? { operation, column };

/** The row by its primary key. */
export const keyOfRow = (row: DraftRow): RowKey =>
  keyFrom(row.table.primaryKey, row.table, (name) => columnOf(row, name), row.known);

/** What `by` names; its shard key is that of the request. */
export const keyOfInput = (table: TableModel, by: KeyInput): RowKey =>
  keyOfMatch(table, rowMatch(table, by, undefined));

export function keyOfMatch(table: TableModel, { key, columns, values }: RowMatch): RowKey {
  const given = Object.fromEntries(columns.map((name, index) => [name, values[index]!]));
  return keyFrom(key, table, (name) => given[name]!, given);
}

/** @param known where the shard key may be given; else it is that of the request. */
const keyFrom = (
  { names }: KeyModel,
  { shardKey }: TableModel,
  valueOfColumn: (name: string) => OperationValue,
  known: OperationValues = {},
): RowKey => ({
  columns: names,
  values: names.map((name) => (name === shardKey.name ? (known[name] ?? SHARD_KEY) : valueOfColumn(name))),
});

/** Values that the other end of pairs has for this row. */
export const linkValues = (row: DraftRow, pairs: readonly ColumnPair[]): OperationValues =>
  Object.fromEntries(pairs.map(({ from, to }) => [to, columnOf(row, from)]));

/** A key of the table that is among columns with known values. */
export const keyModelAmong = (table: TableModel, values: OperationValues): KeyModel | undefined =>
  [table.primaryKey, ...table.uniqueKeys].find(({ names }) =>
    names.every((name) => name === table.shardKey.name || name in values),
  );

/** The same with its values, and those of them that are not in the key. */
export function keyAmong(
  table: TableModel,
  values: OperationValues,
): { readonly key: RowKey; readonly within: OperationValues | null } | null {
  const key = keyModelAmong(table, values);
  if (key === undefined) return null;
  const rest = Object.entries(values).filter(([name]) => !key.names.includes(name));
  return {
    key: keyFrom(key, table, (name) => values[name]!),
    within: rest.length === 0 ? null : Object.fromEntries(rest),
  };
}

/** The row that a to-one relation leads to: its columns name at most one. */
export const relatedRow = (target: TableModel, values: OperationValues) =>
  keyAmong(target, values) ?? violated(`Expected a key of ${target.typeName} among ${Object.keys(values).join(', ')}.`);
