import { ROW_VERSION_COLUMN, type TableModel, type WireValue } from '../../../model/types.ts';
import { wireToBinding } from '../../../model/wire-kinds.ts';
import { ShardQLError } from '../../errors.ts';
import { MAX_BULK_ROWS } from '../../limits.ts';
import type { OperationOf } from '../../operation.ts';
import { limitSql, quoteName, ROW_ID } from '../../sql/sql-text.ts';
import type { Version } from '../../version.ts';
import { any, object } from '../shape-check.ts';
import type { RowRight } from './access/caller-access.ts';
import { equalSql } from './column-sql.ts';
import { type CommitScope, requireShardKey } from './commit-scope.ts';
import { removeRow } from './delete.ts';
import { noneWithin, primaryKeySql, type ReadRow, rowsAllowed } from './locate-row.ts';
import { VALUES, WHEN } from './members.ts';
import type { OperationKind } from './operations.ts';
import { resolveAll } from './references.ts';
import { stateSql } from './soft-delete.ts';
import { changeRow, columnsToRead } from './update.ts';

/** Ends relations: the rows that refer to a row no longer do, or go. */
export const unlinkOperation: OperationKind<'unlink'> = {
  shape: object({ kind: any, table: any, match: VALUES, keep: any, set: VALUES, required: any, when: WHEN }),

  apply(scope, table, { match, keep, set, required }) {
    const changes = { set: set ?? {}, atomic: {} };
    columnsToRead(table, changes);
    const rows = rowsToUnlink(scope, table, { match, keep }, set === null ? 'delete' : 'update');
    if (required && rows.length === 0) throw noneWithin(table);
    const written = rows.map((row) =>
      set === null ? removeRow(scope, table, row, null) : changeRow(scope, table, row, changes, null),
    );
    return { result: { outcomes: written.flatMap(({ outcomes }) => outcomes), rows: [] } };
  },
};

function rowsToUnlink(
  scope: CommitScope,
  table: TableModel,
  { match, keep }: Pick<OperationOf<'unlink'>, 'match' | 'keep'>,
  right: RowRight,
): readonly ReadRow[] {
  const values = resolveAll(scope, table, Object.entries(match));
  requireShardKey(scope, table, values.find(([column]) => column === table.shardKey)?.[1]);
  const kept = new Set(keep.map((operation) => JSON.stringify(rowOf(scope, table, operation))));
  // Rows that are not there for the caller do not count.
  const limit = scope.access === null ? limitSql('?') : '';
  const found = scope.session
    .rows(
      `SELECT CAST(${ROW_ID} AS TEXT), ${ROW_VERSION_COLUMN}, ${primaryKeySql(table).join(', ')} FROM ${quoteName(table.sqlName)} WHERE ${equalSql(values.map(([column]) => column))} AND ${stateSql(table, 'live')} ${limit}`,
      ...values.map(([column, value]) => wireToBinding(column, value)),
      ...(scope.access === null ? [MAX_BULK_ROWS + 1 + kept.size] : []),
    )
    .map(([rowId, version, ...primaryKey]) => ({
      rowId: rowId as string,
      version: version as Version,
      primaryKey: primaryKey as WireValue[],
      values: {},
    }))
    .filter(({ primaryKey }) => !kept.has(JSON.stringify(primaryKey)));
  const rows = rowsAllowed(scope, table, right, found, ({ primaryKey }) => primaryKey);
  if (rows.length > MAX_BULK_ROWS) throw tooMany(table);
  return rows;
}

/** An operation that was left out has none. */
function rowOf(scope: CommitScope, table: TableModel, operation: number): readonly WireValue[] {
  const row = scope.rowOf(operation);
  return row?.table === table ? row.primaryKey : [];
}

const tooMany = ({ typeName }: TableModel): ShardQLError =>
  new ShardQLError(
    'OPERATION_LIMIT_EXCEEDED',
    `Expected at most ${MAX_BULK_ROWS.toLocaleString('en-US')} related rows of ${typeName} to disconnect at once, but got more. Disconnect some of them first.`,
    { table: typeName },
  );
