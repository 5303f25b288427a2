import type { TableModel, WireValue } from '../../../model/types.ts';
import { wireToBinding } from '../../../model/wire-kinds.ts';
import type { RowOutcome } from '../../operation.ts';
import { quoteName } from '../../sql/sql-text.ts';
import { any, object, orNull } from '../shape-check.ts';
import { equalSql, wireTextSql } from './column-sql.ts';
import { type CommitScope, requireShardKey } from './commit-scope.ts';
import { deleteOperation } from './delete.ts';
import { noneWithin } from './locate-row.ts';
import { VALUES, WHEN } from './members.ts';
import type { OperationKind } from './operations.ts';
import { type ColumnValue, resolveAll } from './references.ts';
import { updateOperation } from './update.ts';

type PrimaryKey = readonly WireValue[];

export const unlinkOperation: OperationKind<'unlink'> = {
  shape: object({ kind: any, table: any, match: VALUES, keep: any, set: orNull(VALUES), required: any, when: WHEN }),

  apply(scope, table, { match, keep, set, required }) {
    const values = resolveAll(scope, table, Object.entries(match));
    const kept = new Set(keep.map((operation) => keyText(scope.rowOf(operation)?.primaryKey ?? [])));
    const rows = matchingRows(scope, table, values).filter((primaryKey) => !kept.has(keyText(primaryKey)));
    if (required && rows.length === 0) throw noneWithin(table);
    const outcomes = rows.map((primaryKey): RowOutcome => {
      const key = { columns: table.primaryKey.names, values: primaryKey };
      const target = { table: table.typeName, key, within: null, expectedVersion: null, select: null };
      if (set === null) deleteOperation.apply(scope, table, { kind: 'delete', ...target });
      else updateOperation.apply(scope, table, { kind: 'update', ...target, set, atomic: {} });
      return set === null ? 'DELETED' : 'UPDATED';
    });
    return { result: { outcomes, rows: [] } };
  },
};

const keyText = (primaryKey: PrimaryKey): string => JSON.stringify(primaryKey);

function matchingRows(scope: CommitScope, table: TableModel, values: readonly ColumnValue[]): PrimaryKey[] {
  requireShardKey(scope, table, values.find(([column]) => column === table.shardKey)?.[1]);
  const primaryKey = table.primaryKey.columns.map((column) => wireTextSql(column, quoteName(column.sqlName)));
  return scope.session.rows(
    `SELECT ${primaryKey.join(', ')} FROM ${quoteName(table.sqlName)} WHERE ${equalSql(values.map(([column]) => column))}`,
    ...values.map(([column, value]) => wireToBinding(column, value)),
  ) as PrimaryKey[];
}
