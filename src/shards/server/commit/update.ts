import type { ColumnModel, TableModel } from '../../../model/types.ts';
import { ROW_VERSION_COLUMN } from '../../../model/types.ts';
import { wireToBinding } from '../../../model/wire-kinds.ts';
import { ShardQLError } from '../../errors.ts';
import type { WireValues } from '../../operation.ts';
import { quoteName, ROW_ID } from '../../sql/sql-text.ts';
import { any, object, orNull } from '../shape-check.ts';
import { CLOCK_VERSION_SQL } from '../tables/clock-table.ts';
import { boundValueSql } from './column-sql.ts';
import { type CommitScope, columnOf } from './commit-scope.ts';
import { missingTarget, refersToNothing, stillReferred } from './errors/foreign-key-error.ts';
import { type FailedRow, withTypedErrors } from './errors/typed-error.ts';
import { locateRow, readWireValues } from './locate-row.ts';
import { SELECTION, TARGET, VALUES, WHEN } from './members.ts';
import type { OperationKind } from './operations.ts';
import { resolveValues } from './references.ts';
import { checkSql, type RowCheck, requireSound, updateCheck } from './row-check.ts';

export const updateOperation: OperationKind<'update'> = {
  shape: object({
    kind: any,
    table: any,
    ...TARGET,
    set: VALUES,
    atomic: orNull(object({})),
    select: SELECTION,
    when: WHEN,
  }),

  apply(scope, table, operation) {
    const set = resolveValues(scope, table, operation.set);
    const columns = Object.keys(set).map((name) => columnOf(table, name));
    for (const column of columns) refuseKeyColumn(table, column);
    const { rowId, primaryKey } = locateRow(scope, table, operation);
    const row = changedRow(scope, table, rowId, set);
    if (columns.length > 0) withTypedErrors(scope, table, () => write(scope, table, columns, rowId, set), row);
    const outcome = columns.length > 0 ? 'UPDATED' : 'UNCHANGED';
    return { outcomes: [outcome], select: operation.select, primaryKeys: [primaryKey], ...row };
  },
};

/** The primary key decides where a row lives, and is its identity in cursors, logs and caches. */
export function refuseKeyColumn(table: TableModel, column: ColumnModel): void {
  if (!table.primaryKey.columns.includes(column) && column !== table.shardKey) return;
  throw new ShardQLError(
    'BAD_USER_INPUT',
    `Expected columns outside the primary key, but got ${table.typeName}.${column.name}; create a row with the new key and delete the old one instead.`,
    { table: table.typeName, field: column.name },
  );
}

function write(
  { session }: CommitScope,
  table: TableModel,
  columns: readonly ColumnModel[],
  rowId: string,
  set: WireValues,
): void {
  const check = updateCheck(table, columns);
  const bindings = columns.map((column) => wireToBinding(column, set[column.name]!));
  const written = session.row(updateSql(table, columns, check), ...bindings, rowId);
  if (check.columns.length > 0) requireSound(table, check, written!);
}

function updateSql(table: TableModel, columns: readonly ColumnModel[], check: RowCheck): string {
  const assignments = [
    ...columns.map((column) => `${quoteName(column.sqlName)} = ${boundValueSql(column, '?')}`),
    `${ROW_VERSION_COLUMN} = ${CLOCK_VERSION_SQL}`,
  ];
  return `UPDATE ${quoteName(table.sqlName)} SET ${assignments.join(', ')} WHERE ${ROW_ID} = CAST(? AS INTEGER)${check.columns.length > 0 ? ` RETURNING ${checkSql(check).join(', ')}` : ''}`;
}

/** What is known of a row that could not be changed so. */
export const changedRow = (scope: CommitScope, table: TableModel, rowId: string, set: WireValues): FailedRow => ({
  values: () => {
    const given = table.columns.filter(({ generated }) => !generated);
    return { ...readWireValues(scope.session, table, given, rowId), ...set };
  },
  foreignKeyError: () => foreignKeyError(scope, table, rowId, set),
});

/** Either the row refers to nothing, or others refer to what it was. */
function foreignKeyError({ session, model }: CommitScope, table: TableModel, rowId: string, set: WireValues) {
  const columns = [...new Set(table.foreignKeys.flatMap((foreignKey) => foreignKey.columns))];
  const values = { ...readWireValues(session, table, columns, rowId), ...set };
  const isOwn = table.foreignKeys.some((foreignKey) => refersToNothing(session, model, foreignKey, values));
  return isOwn ? missingTarget(session, model, table, values) : stillReferred(session, model, table, rowId);
}
