import type { ColumnModel, TableModel } from '../../../model/types.ts';
import { ROW_VERSION_COLUMN } from '../../../model/types.ts';
import { wireToBinding } from '../../../model/wire-kinds.ts';
import type { WireValues } from '../../operation.ts';
import { quoteName, ROW_ID } from '../../sql/sql-text.ts';
import { any, object, orNull } from '../shape-check.ts';
import { CLOCK_VERSION_SQL } from '../tables/clock-table.ts';
import { boundValueSql } from './column-sql.ts';
import { type CommitScope, columnOf } from './commit-scope.ts';
import { typedError } from './errors/typed-error.ts';
import { inHalves } from './in-halves.ts';
import { findMeantRows, ROWS_MEANT } from './meant-rows.ts';
import { SELECTION, VALUES } from './members.ts';
import type { OperationKind } from './operations.ts';
import { resolveValues } from './references.ts';
import { checkSql, type RowCheck, requireSound, updateCheck } from './row-check.ts';
import { changedRow, refuseKeyColumn } from './update.ts';

export const updateManyOperation: OperationKind<'updateMany'> = {
  shape: object({
    kind: any,
    table: any,
    rows: ROWS_MEANT,
    atMost: any,
    set: VALUES,
    atomic: orNull(object({})),
    select: SELECTION,
  }),

  apply(scope, table, { rows, atMost, set: given, select }) {
    const set = resolveValues(scope, table, given);
    const columns = Object.keys(set).map((name) => columnOf(table, name));
    for (const column of columns) refuseKeyColumn(table, column);
    const meant = findMeantRows(scope, table, rows, atMost);
    const rowIds = meant.map(({ rowId }) => rowId);
    if (columns.length > 0 && rowIds.length > 0) {
      inHalves(rowIds, {
        split: (some) => [some],
        run: (some) => update(scope, table, columns, set, some),
        mayPass: () => false,
        fail: (rowId, error) => {
          throw typedError(scope, table, error, changedRow(scope, table, rowId, set));
        },
      });
    }
    const outcome = columns.length > 0 ? 'UPDATED' : 'UNCHANGED';
    return {
      outcomes: meant.map(() => outcome),
      primaryKeys: meant.map(({ primaryKey }) => primaryKey),
      select,
      ...changedRow(scope, table, rowIds[0] ?? '0', set),
    };
  },
};

function update(
  { session, savepoint }: CommitScope,
  table: TableModel,
  columns: readonly ColumnModel[],
  set: WireValues,
  rowIds: readonly string[],
): void {
  const check = updateCheck(table, columns);
  const bindings = columns.map((column) => wireToBinding(column, set[column.name]!));
  savepoint(() => {
    const written = session.rows(updateSql(table, columns, check), ...bindings, JSON.stringify(rowIds));
    if (check.columns.length > 0) for (const cells of written) requireSound(table, check, cells);
  });
}

function updateSql(table: TableModel, columns: readonly ColumnModel[], check: RowCheck): string {
  const assignments = [
    ...columns.map((column) => `${quoteName(column.sqlName)} = ${boundValueSql(column, '?')}`),
    `${ROW_VERSION_COLUMN} = ${CLOCK_VERSION_SQL}`,
  ];
  return `UPDATE ${quoteName(table.sqlName)} SET ${assignments.join(', ')} WHERE ${ROW_ID} IN (SELECT CAST(value AS INTEGER) FROM json_each(?))${check.columns.length > 0 ? ` RETURNING ${checkSql(check).join(', ')}` : ''}`;
}
