/**
 * Values that an operation takes from the row of an earlier one. They are read when the operation is applied: what was
 * changed of that row in between is seen.
 */
import { requireStored } from '../../../model/codec.ts';
import { InvalidValueError } from '../../../model/invalid-value-error.ts';
import type { ColumnModel, TableModel, WireValue } from '../../../model/types.ts';
import { cellToWire, wireToBinding } from '../../../model/wire-kinds.ts';
import { ShardQLError } from '../../errors.ts';
import {
  isRowReference,
  type OperationValue,
  type OperationValues,
  type RowReference,
  type WireValues,
} from '../../operation.ts';
import { quoteName } from '../../sql/sql-text.ts';
import { cellSql } from '../freshness/cell-sql.ts';
import { equalSql } from './column-sql.ts';
import { type CommitScope, columnOf } from './commit-scope.ts';

/** A row that an operation wrote or found. */
export interface AppliedRow {
  readonly table: TableModel;
  readonly primaryKey: readonly WireValue[];
}

export type ColumnValue = readonly [column: ColumnModel, value: WireValue];

/** Column values of a table, by field name, as they are now. */
export function resolveValues(scope: CommitScope, table: TableModel, values: OperationValues): WireValues {
  const entries = Object.entries(values);
  if (!entries.some(([, value]) => isRowReference(value))) return values as WireValues;
  return Object.fromEntries(resolveAll(scope, table, entries).map(([{ name }, value]) => [name, value]));
}

/** The same for values by column; a column may have several. */
export const resolveAll = (
  scope: CommitScope,
  table: TableModel,
  values: readonly (readonly [name: string, value: OperationValue])[],
): ColumnValue[] =>
  values.map(([name, value]) => {
    const column = columnOf(table, name);
    return [column, isRowReference(value) ? readReference(scope, table, column, value) : value];
  });

/** The value that a reference has for a column of a table. */
function readReference(scope: CommitScope, table: TableModel, target: ColumnModel, reference: RowReference): WireValue {
  const row = scope.rowOf(reference.operation);
  if (!row) throw noSuchRow(reference);
  const column = columnOf(row.table, reference.column);
  const value = readColumn(scope, row, column);
  try {
    requireStored(target, value);
  } catch (error) {
    if (error instanceof InvalidValueError) throw misfit(row.table, column, table, target);
    throw error;
  }
  return value;
}

function readColumn({ session }: CommitScope, { table, primaryKey }: AppliedRow, column: ColumnModel): WireValue {
  const index = table.primaryKey.columns.indexOf(column);
  if (index >= 0) return primaryKey[index]!;
  const row = session.row(
    `SELECT ${cellSql(column)} FROM ${quoteName(table.sqlName)} WHERE ${equalSql(table.primaryKey.columns)}`,
    ...table.primaryKey.columns.map((keyColumn, at) => wireToBinding(keyColumn, primaryKey[at]!)),
  );
  if (!row) throw deletedSince(table, column);
  return cellToWire(column, row[0]!);
}

const noSuchRow = ({ operation, column }: RowReference): ShardQLError =>
  new ShardQLError(
    'BAD_USER_INPUT',
    `Expected "${column}" of the row of an earlier operation, but got operation ${operation}, which has no such row.`,
  );

const deletedSince = ({ typeName }: TableModel, { name }: ColumnModel): ShardQLError =>
  new ShardQLError(
    'BAD_USER_INPUT',
    `Expected ${typeName}.${name} of a row that is still there, but got one that a later operation has deleted.`,
    { table: typeName, field: name },
  );

const misfit = (source: TableModel, column: ColumnModel, table: TableModel, target: ColumnModel): ShardQLError =>
  new ShardQLError(
    'BAD_USER_INPUT',
    `Expected a value that ${table.typeName}.${target.name} can hold, but got that of ${source.typeName}.${column.name}.`,
    { table: table.typeName, field: target.name },
  );
