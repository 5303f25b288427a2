/** The rows that a keyed write has shown to a caller with rules: they are shown again as long as the caller may read them. */
import type { Model } from '../../../../model/types.ts';
import type { WriteOperation } from '../../../operation.ts';
import type { SqlSession } from '../../../sql/sql-session.ts';
import { type PendingResult, tableOfOperation } from '../results.ts';
import { findStoredRows } from '../stored-rows.ts';
import type { CallerAccess, PrimaryKey } from './caller-access.ts';
import { answerOutOfReach } from './errors.ts';

/** Primary keys by type. */
export type AnsweredRows = readonly (readonly [type: string, keys: readonly PrimaryKey[]])[];

/** Those whose selections are read at the end of the commit. */
export function answeredRows(
  model: Model,
  operations: readonly WriteOperation[],
  pending: readonly PendingResult[],
): AnsweredRows {
  return pending.flatMap((result, at): [string, readonly PrimaryKey[]][] => {
    if ('result' in result || result.select === null) return [];
    const keys = result.primaryKeys.filter((key) => key !== null);
    return keys.length === 0 ? [] : [[tableOfOperation(model, operations[at]!).typeName, keys]];
  });
}

/** @throws ShardQLError FORBIDDEN for rows that are there, and that the caller may not read any more. */
export function requireStillReadable(
  { model, session }: { readonly model: Model; readonly session: SqlSession },
  access: CallerAccess,
  answered: AnsweredRows,
): void {
  for (const [type, keys] of answered) {
    const table = model.tableByType.get(type);
    if (table === undefined) continue;
    const verdicts = access.judge(table, 'read', keys);
    const hidden = keys.filter((_, at) => verdicts[at] === 'hidden');
    if (findStoredRows(session, table, table.primaryKey, hidden).some((row) => row !== null))
      throw answerOutOfReach(table, access.pathOf(table, 'read'));
  }
}
