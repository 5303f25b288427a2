import type { ColumnModel, TableModel } from '../../../model/types.ts';
import { ROW_VERSION_COLUMN } from '../../../model/types.ts';
import { wireToBinding } from '../../../model/wire-kinds.ts';
import { ShardQLError } from '../../errors.ts';
import type { RowChanges, Selection, WireValues } from '../../operation.ts';
import { quoteName, ROW_ID } from '../../sql/sql-text.ts';
import { any, object } from '../shape-check.ts';
import { CLOCK_VERSION_SQL } from '../tables/clock-table.ts';
import { type ReferringRows, requireTargets } from './access/targets.ts';
import { applyAtomic, atomicColumns } from './atomic.ts';
import { boundValueSql } from './column-sql.ts';
import { type CommitScope, columnOf } from './commit-scope.ts';
import { missingTarget, refersToNothing, stillReferred } from './errors/foreign-key-error.ts';
import { type FailedRow, withTypedErrors } from './errors/typed-error.ts';
import { locateRow, type ReadRow, readWireValues } from './locate-row.ts';
import { CHANGES, SELECTION, TARGET, WHEN } from './members.ts';
import type { OperationKind } from './operations.ts';
import { resolveValues } from './references.ts';
import type { WrittenRows } from './results.ts';
import { checkSql, type RowCheck, requireSound, updateCheck } from './row-check.ts';
import { shapeOf, statementText } from './statement-texts.ts';
import { readColumns } from './stored-rows.ts';

export const updateOperation: OperationKind<'update'> = {
  shape: object({ kind: any, table: any, ...TARGET, ...CHANGES, select: SELECTION, when: WHEN }),

  apply(scope, table, operation) {
    const row = locateRow(scope, table, operation, { right: 'update', columns: columnsToRead(table, operation) });
    return changeRow(scope, table, row, operation, operation.select);
  },
};

/**
 * The columns whose values {@link changeRow} has to be given with the row.
 *
 * @throws ShardQLError BAD_USER_INPUT for columns that cannot be changed.
 */
export function columnsToRead(table: TableModel, { set, atomic }: RowChanges): ColumnModel[] {
  for (const name of Object.keys(set)) refuseKeyColumn(table, columnOf(table, name));
  const columns = atomicColumns(table, atomic);
  for (const column of columns) {
    refuseKeyColumn(table, column);
    if (Object.hasOwn(set, column.name)) throw changedTwice(table, column);
  }
  return columns;
}

/** Changes a row that is there, and that the caller may change. `UNCHANGED` if there is nothing to change. */
export function changeRow(
  scope: CommitScope,
  table: TableModel,
  found: ReadRow,
  changes: RowChanges,
  select: Selection,
): WrittenRows {
  const { rowId, primaryKey, values } = found;
  const set = { ...resolveValues(scope, table, changes.set), ...applyAtomic(table, changes.atomic, values) };
  const columns = Object.keys(set).map((name) => columnOf(table, name));
  const row = changedRow(scope, table, rowId, set);
  if (columns.length > 0) {
    requireTargetsOfChange(scope, table, [{ rowId, values: set }]);
    scope.access?.willChange(table, [found], columns);
    scope.room.changing(table, columns, [rowId], () =>
      withTypedErrors(scope, table, () => write(scope, table, columns, rowId, set), row),
    );
    scope.access?.changed(table, [found]);
  }
  return { outcomes: [columns.length > 0 ? 'UPDATED' : 'UNCHANGED'], select, primaryKeys: [primaryKey], ...row };
}

/**
 * Holds the rows that rows would refer to, once they have these values, to the rules of the caller.
 *
 * @param rows with values of the same columns.
 * @throws ShardQLError FOREIGN_KEY_VIOLATION
 */
export function requireTargetsOfChange(
  scope: CommitScope,
  table: TableModel,
  rows: readonly Pick<ReadRow, 'rowId' | 'values'>[],
  isBrought?: ReferringRows['isBrought'],
): void {
  if (scope.access === null || rows.length === 0) return;
  const given = Object.keys(rows[0]!.values);
  const columns = table.foreignKeys
    .map((foreignKey) => foreignKey.columns)
    .filter((some) => some.some(({ name }) => given.includes(name)));
  if (columns.length === 0) return;
  const others = [...new Set(columns.flat())].filter(({ name }) => !given.includes(name));
  const stored = readColumns(
    scope.session,
    table,
    others,
    rows.map(({ rowId }) => rowId),
  );
  const complete = rows.map(({ rowId, values }) => ({ ...stored.get(rowId), ...values }));
  requireTargets(scope, table, { rows: complete, given, verb: 'update', isBrought });
}

/** The primary key decides where a row lives, and is its identity in cursors, logs and caches. */
export function refuseKeyColumn(table: TableModel, column: ColumnModel): void {
  if (!table.primaryKey.columns.includes(column) && column !== table.shardKey) return;
  throw new ShardQLError(
    'BAD_USER_INPUT',
    `Expected columns outside the primary key, but got ${table.typeName}.${column.name}; create a row with the new key and delete the old one instead.`,
    { table: table.typeName, field: column.name },
  );
}

const changedTwice = ({ typeName }: TableModel, { name }: ColumnModel): ShardQLError =>
  new ShardQLError(
    'BAD_USER_INPUT',
    `Expected ${typeName}.${name} to be set or to be changed in place, but got both.`,
    { table: typeName, field: name },
  );

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

/** What is checked follows from the columns. */
const updateSql = (table: TableModel, columns: readonly ColumnModel[], check: RowCheck): string =>
  statementText(table, `update ${shapeOf(columns)}`, () => composeUpdate(table, columns, check));

function composeUpdate(table: TableModel, columns: readonly ColumnModel[], check: RowCheck): string {
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
