import type { ColumnModel, TableModel } from '../../../model/types.ts';
import { ROW_VERSION_COLUMN } from '../../../model/types.ts';
import { wireToBinding } from '../../../model/wire-kinds.ts';
import { ShardQLError } from '../../errors.ts';
import type { WriteOperation } from '../../operation.ts';
import type { RowAnswer } from '../../plan.ts';
import { quoteName, ROW_ID } from '../sql-text.ts';
import { CLOCK_VERSION_SQL } from '../tables/clock-table.ts';
import { boundValueSql } from './column-sql.ts';
import { computedSql, generatedColumns, requireFitting } from './computed-values.ts';
import { locateRow } from './locate-row.ts';
import { columnOf, select, type WriteScope } from './write-scope.ts';

export function updateRow(
  scope: WriteScope,
  table: TableModel,
  operation: Extract<WriteOperation, { kind: 'update' }>,
): RowAnswer | null {
  const columns = Object.keys(operation.set).map((name) => columnOf(table, name));
  for (const column of columns) refuseKeyColumn(table, column);
  const row = locateRow(scope, table, operation.key, operation.expectedVersion);
  if (columns.length > 0) {
    const computed = generatedColumns(table);
    const written = scope.session.row(
      updateSql(table, columns, computed),
      ...columns.map((column) => wireToBinding(column, operation.set[column.name]!)),
      row.rowId,
    );
    if (computed.length > 0) requireFitting(table, computed, written!);
  }
  return select(scope, operation.select, row.primaryKey);
}

/** The primary key places a row and names it for ever: in cursors, logs and caches. */
function refuseKeyColumn(table: TableModel, column: ColumnModel): void {
  if (!table.primaryKey.columns.includes(column) && column !== table.shardKey) return;
  throw new ShardQLError(
    'BAD_USER_INPUT',
    `Expected columns outside the primary key, but got ${table.typeName}.${column.name}; create a row with the new key and delete the old one instead.`,
    { table: table.typeName, field: column.name },
  );
}

function updateSql(table: TableModel, columns: readonly ColumnModel[], computed: readonly ColumnModel[]): string {
  const assignments = [
    ...columns.map((column) => `${quoteName(column.sqlName)} = ${boundValueSql(column, '?')}`),
    `${ROW_VERSION_COLUMN} = ${CLOCK_VERSION_SQL}`,
  ];
  return `UPDATE ${quoteName(table.sqlName)} SET ${assignments.join(', ')} WHERE ${ROW_ID} = CAST(? AS INTEGER)${computed.length > 0 ? ` RETURNING ${computedSql(computed).join(', ')}` : ''}`;
}
