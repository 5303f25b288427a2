import type { ColumnModel, TableModel } from '../../../model/types.ts';
import { ROW_VERSION_COLUMN } from '../../../model/types.ts';
import { wireToBinding } from '../../../model/wire-kinds.ts';
import type { OperationOf, WireValues } from '../../operation.ts';
import { quoteName, ROW_ID } from '../../sql/sql-text.ts';
import { any, object } from '../shape-check.ts';
import { CLOCK_VERSION_SQL } from '../tables/clock-table.ts';
import { applyAtomic } from './atomic.ts';
import { chunks } from './bulk-rows.ts';
import { boundValueSql, jsonValueSql } from './column-sql.ts';
import { type CommitScope, columnOf } from './commit-scope.ts';
import { typedError } from './errors/typed-error.ts';
import { inHalves } from './in-halves.ts';
import { columnsOfKeys, orderedByKeys, type RekeyedRow } from './key-order.ts';
import { findMeantRows, ROWS_MEANT } from './meant-rows.ts';
import { CHANGES, SELECTION } from './members.ts';
import type { OperationKind } from './operations.ts';
import { resolveValues } from './references.ts';
import { checkSql, requireSound, updateCheck } from './row-check.ts';
import { BY_ROW_IDS } from './row-id-lists.ts';
import { readColumns } from './stored-rows.ts';
import { changedRow, columnsToRead, requireTargetsOfChange } from './update.ts';

export const updateManyOperation: OperationKind<'updateMany'> = {
  shape: object({ kind: any, table: any, rows: ROWS_MEANT, atMost: any, ...CHANGES, select: SELECTION }),

  apply(scope, table, operation) {
    scope.access?.requireVerb(table, 'update');
    const atomicColumns = columnsToRead(table, operation);
    const set = resolveValues(scope, table, operation.set);
    const columns = [...Object.keys(set).map((name) => columnOf(table, name)), ...atomicColumns];
    const meant = findMeantRows(scope, table, operation.rows, operation.atMost);
    const rows = changedRows(
      scope,
      table,
      meant.map(({ rowId }) => rowId),
      { set, columns, atomicColumns, atomic: operation.atomic },
    );
    const isSame = atomicColumns.length === 0;
    if (columns.length > 0) {
      requireTargetsOfChange(scope, table, rows);
      scope.access?.willChange(table, meant, columns);
    }
    const ordered = isSame ? null : orderedByKeys(table, columns, rows);
    const write = () =>
      inHalves(ordered ?? rows, {
        split: (some) => {
          if (ordered) return some.map((row) => [row]);
          return isSame ? (some.length > 0 ? [some] : []) : chunks(some);
        },
        run: (some) =>
          isSame || some.length === 1 ? setAll(scope, table, columns, some) : setEach(scope, table, columns, some),
        mayPass: () => false,
        fail: ({ rowId, values }, error) => {
          throw typedError(scope, table, error, changedRow(scope, table, rowId, values));
        },
      });
    if (columns.length > 0) {
      scope.room.changing(
        table,
        columns,
        rows.map(({ rowId }) => rowId),
        write,
      );
      scope.access?.changed(table, meant);
    }
    const outcome = columns.length > 0 ? 'UPDATED' : 'UNCHANGED';
    return {
      outcomes: meant.map(() => outcome),
      primaryKeys: meant.map(({ primaryKey }) => primaryKey),
      select: operation.select,
      ...changedRow(scope, table, meant[0]?.rowId ?? '0', set),
    };
  },
};

/** A row, and the values that it gets. */
interface ChangedRow extends RekeyedRow {
  readonly rowId: string;
  /** JSON text of both: values in the order of their columns. */
  readonly json: string;
}

interface Changes {
  readonly set: WireValues;
  /** Of `set`, then {@link atomicColumns}. */
  readonly columns: readonly ColumnModel[];
  readonly atomicColumns: readonly ColumnModel[];
  readonly atomic: OperationOf<'updateMany'>['atomic'];
}

function changedRows(
  scope: CommitScope,
  table: TableModel,
  rowIds: readonly string[],
  { set, columns, atomicColumns, atomic }: Changes,
): ChangedRow[] {
  if (atomicColumns.length === 0) return rowIds.map((rowId) => ({ rowId, before: {}, values: set, json: '' }));
  const read = [...new Set([...atomicColumns, ...columnsOfKeys(table, columns)])];
  const current = readColumns(scope.session, table, read, rowIds);
  return rowIds.map((rowId) => {
    const before = current.get(rowId)!;
    const values = { ...set, ...applyAtomic(table, atomic, before) };
    return { rowId, before, values, json: JSON.stringify([rowId, ...columns.map(({ name }) => values[name]!)]) };
  });
}

/** Sets the same values in all rows. */
function setAll(
  scope: CommitScope,
  table: TableModel,
  columns: readonly ColumnModel[],
  rows: readonly ChangedRow[],
): void {
  const [{ values }] = rows as [ChangedRow];
  const assignments = columns.map((column) => `${quoteName(column.sqlName)} = ${boundValueSql(column, '?')}`);
  const bindings = columns.map((column) => wireToBinding(column, values[column.name]!));
  const rowIds = JSON.stringify(rows.map(({ rowId }) => rowId));
  update(scope, table, columns, assignments, `WHERE ${BY_ROW_IDS}`, [...bindings, rowIds]);
}

/** Sets values of its own in each row. */
function setEach(
  scope: CommitScope,
  table: TableModel,
  columns: readonly ColumnModel[],
  rows: readonly ChangedRow[],
): void {
  const assignments = columns.map((column, at) => `${quoteName(column.sqlName)} = given._${at + 1}`);
  const given = columns.map((column, at) => `${jsonValueSql(column, `value ->> ${at + 1}`)} AS _${at + 1}`);
  const source = `(SELECT CAST(value ->> 0 AS INTEGER) AS _0, ${given.join(', ')} FROM json_each(?)) AS given`;
  const json = `[${rows.map((row) => row.json).join()}]`;
  update(scope, table, columns, assignments, `FROM ${source} WHERE target.${ROW_ID} = given._0`, [json]);
}

function update(
  { session, savepoint }: CommitScope,
  table: TableModel,
  columns: readonly ColumnModel[],
  assignments: readonly string[],
  rows: string,
  bindings: readonly SqlStorageValue[],
): void {
  const check = updateCheck(table, columns);
  const returning = check.columns.length > 0 ? ` RETURNING ${checkSql(check).join(', ')}` : '';
  const set = [...assignments, `${ROW_VERSION_COLUMN} = ${CLOCK_VERSION_SQL}`].join(', ');
  savepoint(() => {
    const written = session.rows(
      `UPDATE ${quoteName(table.sqlName)} AS target SET ${set} ${rows}${returning}`,
      ...bindings,
    );
    if (check.columns.length > 0) for (const cells of written) requireSound(table, check, cells);
  });
}
