import type { ColumnModel, TableModel, WireValue } from '../../../model/types.ts';
import { ROW_VERSION_COLUMN } from '../../../model/types.ts';
import { errorToWire, ShardQLError } from '../../errors.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import type { Version } from '../../version.ts';
import { decodeHead } from '../log/row-image.ts';
import { any, object } from '../shape-check.ts';
import { countLoggedInserts, readLoggedUpdates } from '../tables/log-changes.ts';
import { readLastLogSeq } from '../tables/log-table.ts';
import { columnOf } from './commit-scope.ts';
import { ImportWriter } from './import-writer.ts';
import type { OperationKind } from './operations.ts';

export const importOperation: OperationKind<'import'> = {
  shape: object({ kind: any, table: any, columns: any, rows: any, importId: any }),

  apply(scope, table, { columns: names, rows: text, importId }) {
    const { session, imports, version } = scope;
    const rows = JSON.parse(text) as readonly (readonly WireValue[])[];
    const columns = names.map((name) => columnOf(table, name));
    requirePrimaryKey(table, columns);
    const lastSeq = readLastLogSeq(session);
    const { written, failures } = new ImportWriter(scope, table, columns).write(rows);
    const inserted = countLoggedInserts(session, table.sqlName, lastSeq);
    const updated = written - inserted;
    const since = (importId !== null && imports.firstVersion(importId)) || version;
    if (importId !== null) scope.afterCommit(() => imports.committed(importId, version));
    return {
      result: {
        inserted,
        updated,
        unchanged: rows.length - failures.length - written,
        rewritten: updated === 0 ? 0 : countRewritten(session, table, lastSeq, since),
        failures: failures.map(({ row, error }) => ({ row, error: errorToWire(error) })),
      },
    };
  },
};

function requirePrimaryKey(table: TableModel, columns: readonly ColumnModel[]): void {
  const missing = table.primaryKey.columns.find((column) => !columns.includes(column));
  if (!missing) return;
  throw new ShardQLError(
    'BAD_USER_INPUT',
    `Expected rows that give the primary key of ${table.typeName}, but got none for ${missing.name}.`,
    { table: table.typeName, field: missing.name },
  );
}

/** How many updates of a table that are logged after `seq` changed a row that was written at `since` or later. */
function countRewritten(session: SqlSession, { sqlName }: TableModel, seq: number, since: Version): number {
  let count = 0;
  for (const head of readLoggedUpdates(session, sqlName, seq)) {
    const before = decodeHead(head).values.get(ROW_VERSION_COLUMN);
    if (before?.type === 'integer' && Number(before.digits) >= since) count++;
  }
  return count;
}
