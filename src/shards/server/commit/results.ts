import type { TableModel, WireValue } from '../../../model/types.ts';
import type { OperationResult, Selection } from '../../operation.ts';
import type { RowAnswer } from '../../plan/answer.ts';
import type { CommitScope } from './commit-scope.ts';
import { type FailedRow, withTypedErrors } from './errors/typed-error.ts';

/** A row that was written, whose selection is read once all operations of the commit are applied. */
interface WrittenRow extends FailedRow {
  readonly select: Selection;
  readonly primaryKey: readonly WireValue[];
}

/** What an operation leaves: its result, or where to read it. */
export type PendingResult<Result extends OperationResult = OperationResult> = { readonly result: Result } | WrittenRow;

export const readResult = (scope: CommitScope, table: TableModel, pending: PendingResult): OperationResult =>
  'result' in pending ? pending.result : readSelection(scope, table, pending);

/** Reads what a mutation returns of a row, as it is now; null if it is gone. */
export const readSelection = (scope: CommitScope, table: TableModel, row: WrittenRow): RowAnswer | null =>
  withTypedErrors(scope, table, () => read(scope, row), row);

function read({ plans, session, shardKeys, visibleOnly }: CommitScope, { select, primaryKey }: WrittenRow) {
  if (select === null) return null;
  const call = { ...select, keys: [primaryKey], shardKeys: [...shardKeys] };
  const [answer] = plans.run(session, call, { visibleOnly });
  return (answer ?? null) as RowAnswer | null;
}
