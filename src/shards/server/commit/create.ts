import type { ColumnModel, TableModel, WireValue } from '../../../model/types.ts';
import { ROW_VERSION_COLUMN } from '../../../model/types.ts';
import { wireToBinding } from '../../../model/wire-kinds.ts';
import type { Selection, WireValues } from '../../operation.ts';
import { quoteName } from '../../sql/sql-text.ts';
import { any, object } from '../shape-check.ts';
import { CLOCK_VERSION_SQL } from '../tables/clock-table.ts';
import { requireTargets } from './access/targets.ts';
import { boundValueSql } from './column-sql.ts';
import { type CommitScope, columnOf, requireShardKey } from './commit-scope.ts';
import { missingTarget } from './errors/foreign-key-error.ts';
import { withTypedErrors } from './errors/typed-error.ts';
import { primaryKeySql } from './locate-row.ts';
import { SELECTION, VALUES, WHEN } from './members.ts';
import type { OperationKind } from './operations.ts';
import { resolveValues } from './references.ts';
import type { WrittenRows } from './results.ts';
import { checkSql, insertCheck, type RowCheck, requireSound } from './row-check.ts';

export const createOperation: OperationKind<'create'> = {
  shape: object({ kind: any, table: any, values: VALUES, select: SELECTION, when: WHEN }),

  apply: (scope, table, { values, select }) => insertRow(scope, table, resolveValues(scope, table, values), select),
};

export function insertRow(scope: CommitScope, table: TableModel, values: WireValues, select: Selection): WrittenRows {
  scope.access?.requireCreate(table);
  requireShardKey(scope, table, values[table.shardKey.name]);
  const columns = Object.keys(values).map((name) => columnOf(table, name));
  requireTargets(scope, table, { rows: [values], given: Object.keys(values), verb: 'create' });
  const check = insertCheck(table, columns);
  const { session, model } = scope;
  const insert = () => {
    const bindings = columns.map((column) => wireToBinding(column, values[column.name]!));
    const written = session.row(insertSql(table, columns, check), ...bindings)!;
    const { length } = table.primaryKey.columns;
    if (check.columns.length > 0) requireSound(table, check, written.slice(length));
    return written.slice(0, length) as WireValue[];
  };
  const row = { values: () => values, foreignKeyError: () => missingTarget(session, model, table, values) };
  const primaryKey = withTypedErrors(scope, table, insert, row);
  scope.access?.created(table, [primaryKey]);
  return { outcomes: ['INSERTED'], select, primaryKeys: [primaryKey], ...row };
}

function insertSql(table: TableModel, columns: readonly ColumnModel[], check: RowCheck): string {
  const names = [...columns.map((column) => quoteName(column.sqlName)), ROW_VERSION_COLUMN];
  const values = [...columns.map((column) => boundValueSql(column, '?')), CLOCK_VERSION_SQL];
  return `INSERT INTO ${quoteName(table.sqlName)} (${names.join(', ')}) VALUES (${values.join(', ')}) RETURNING ${[...primaryKeySql(table), ...checkSql(check)].join(', ')}`;
}
