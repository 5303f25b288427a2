import type { ColumnModel, TableModel, WireValue } from '../../../model/types.ts';
import { ROW_VERSION_COLUMN } from '../../../model/types.ts';
import { wireToBinding } from '../../../model/wire-kinds.ts';
import type { WriteOperation } from '../../operation.ts';
import type { RowAnswer } from '../../plan.ts';
import { quoteName } from '../sql-text.ts';
import { CLOCK_VERSION_SQL } from '../tables/clock-table.ts';
import { boundValueSql, wireTextSql } from './column-sql.ts';
import { computedColumns, computedSql, requireFitting } from './computed-values.ts';
import { columnOf, requireShardKey, select, type WriteScope } from './write-scope.ts';

export function createRow(
  scope: WriteScope,
  table: TableModel,
  operation: Extract<WriteOperation, { kind: 'create' }>,
): RowAnswer | null {
  requireShardKey(scope, table, operation.values[table.shardKey.name]);
  const columns = Object.keys(operation.values).map((name) => columnOf(table, name));
  const computed = computedColumns(table, columns);
  const written = scope.session.row(
    insertSql(table, columns, computed),
    ...columns.map((column) => wireToBinding(column, operation.values[column.name]!)),
  )!;
  const { length } = table.primaryKey.columns;
  if (computed.length > 0) requireFitting(table, computed, written.slice(length));
  return select(scope, operation.select, written.slice(0, length) as WireValue[]);
}

function insertSql(table: TableModel, columns: readonly ColumnModel[], computed: readonly ColumnModel[]): string {
  const names = [...columns.map((column) => quoteName(column.sqlName)), ROW_VERSION_COLUMN];
  const values = [...columns.map((column) => boundValueSql(column, '?')), CLOCK_VERSION_SQL];
  const primaryKey = table.primaryKey.columns.map((column) => wireTextSql(column, quoteName(column.sqlName)));
  return `INSERT INTO ${quoteName(table.sqlName)} (${names.join(', ')}) VALUES (${values.join(', ')}) RETURNING ${[...primaryKey, ...computedSql(computed)].join(', ')}`;
}
