import { violated } from '../../../lib/invariant.ts';
import type { Model, TableModel, WireValue } from '../../../model/types.ts';
import type { OperationResult, RowOutcome, RowsWritten, Selection, WriteOperation } from '../../operation.ts';
import type { RowAnswer } from '../../plan/answer.ts';
import { AnswerSizes } from '../read/run/answer-size.ts';
import { chunks } from './bulk-rows.ts';
import { type CommitScope, tableOf } from './commit-scope.ts';
import { type FailedRow, withTypedErrors } from './errors/typed-error.ts';
import type { AppliedRow } from './references.ts';

/** Rows that were written or found, whose selection is read once all operations of the commit are applied. */
export interface WrittenRows extends FailedRow {
  /** One per row. */
  readonly outcomes: readonly RowOutcome[];
  readonly select: Selection;
  /** One per row; null: it cannot be named. */
  readonly primaryKeys: readonly (readonly WireValue[] | null)[];
}

/** What was read before its rows went. */
interface KnownResult<Result extends OperationResult> {
  readonly result: Result;
  /** Primary keys of the rows that a delete named; absent: it was no delete of named rows. */
  readonly removed?: readonly (readonly WireValue[])[];
}

/** What an operation leaves: its result, or where to read it. */
export type PendingResult<Result extends OperationResult = OperationResult> = KnownResult<Result> | WrittenRows;

export const readResult = (scope: CommitScope, operation: WriteOperation, pending: PendingResult): OperationResult =>
  'result' in pending ? pending.result : readRows(scope, tableOfOperation(scope.model, operation), pending);

/** Reads what a mutation returns of its rows, as they are now; null for one that is gone. */
export function readRows(scope: CommitScope, table: TableModel, written: WrittenRows): RowsWritten {
  if (written.select !== null) scope.access?.willRead(written.select.plan);
  return {
    outcomes: written.outcomes,
    rows: withTypedErrors(scope, table, () => readSelection(scope, written), written),
  };
}

/** A selection of rows, as they are now. */
export function readSelection(
  { plans, session, shardKeys, visibleOnly }: Pick<CommitScope, 'plans' | 'session' | 'shardKeys' | 'visibleOnly'>,
  { select, primaryKeys }: Pick<WrittenRows, 'select' | 'primaryKeys'>,
): (RowAnswer | null)[] {
  if (select === null) return [];
  const sizes = new AnswerSizes();
  const named = primaryKeys.filter((key) => key !== null);
  const answers: (RowAnswer | null)[] = [];
  // The keys of a call are one parameter of its statement.
  for (const rows of chunks(named.map((key) => ({ key, json: JSON.stringify(key) })))) {
    const call = { ...select, keys: rows.map(({ key }) => key), shardKeys: [...shardKeys] };
    answers.push(...(plans.run(session, call, { visibleOnly }, sizes) as (RowAnswer | null)[]));
  }
  return primaryKeys.map((key) => (key === null ? null : answers.shift()!));
}

/** The one row of an operation that was applied; null if it has none, or several. */
export function appliedRow(
  model: Model,
  operation: WriteOperation | undefined,
  pending: PendingResult | undefined,
): AppliedRow | null {
  if (operation === undefined || pending === undefined || 'result' in pending) return null;
  const [primaryKey, ...others] = pending.primaryKeys;
  return primaryKey && others.length === 0 ? { table: tableOfOperation(model, operation), primaryKey } : null;
}

/** An undo has no rows of its own. */
export const tableOfOperation = (model: Model, operation: WriteOperation): TableModel =>
  operation.kind === 'undo'
    ? violated('Expected an operation on a table, but got an undo.')
    : tableOf(model, operation.table);
