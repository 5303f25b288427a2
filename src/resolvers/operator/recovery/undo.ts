import { badUserInput } from '../../../plans/bad-user-input.ts';
import { formatOperationId } from '../../../shards/operation-id.ts';
import { MAX_UNDO_PAGE, type ShownConflict, type ShownRow, type UndoneOperation } from '../../../shards/undo.ts';
import type { RequestContext } from '../../context.ts';
import type { ConfirmedAction } from '../confirmation/confirmed.ts';
import { offsetOf, type ShownPage, shownPage } from '../pages.ts';

interface UndoArguments {
  readonly operationId: string;
  readonly preview: boolean;
  readonly first: number;
  readonly after?: string | null | undefined;
}

export interface UndoPayload extends Pick<UndoneOperation, 'restored' | 'updated' | 'deleted' | 'shards'> {
  /** Null: nothing was changed. */
  readonly operationId: string | null;
  readonly changes: ShownPage<ShownRow>;
  readonly conflicts: ShownPage<ShownConflict>;
}

/**
 * Undoes an operation.
 *
 * @throws ShardQLError for arguments that cannot be meant.
 */
export function undoAction(
  args: UndoArguments,
  context: RequestContext,
  path: readonly string[],
): ConfirmedAction<UndoPayload, UndoPayload> {
  const { operationId, preview, first, after = null } = args;
  if (!Number.isInteger(first) || first < 0 || first > MAX_UNDO_PAGE) {
    throw badUserInput(`Expected first to be 0 to ${MAX_UNDO_PAGE}, but got ${first}.`);
  }
  if (after !== null && !preview) {
    throw badUserInput('Expected after together with preview: true, but got it without; an undo shows its first rows.');
  }
  const dryRun = (range: Pick<UndoArguments, 'first' | 'after'>) =>
    runUndo({ operationId, preview: true, ...range }, context, path);
  // Later writes of the same rows change these numbers; those of others do not matter.
  const stateOf = ({ restored, updated, deleted, conflicts }: UndoPayload) => [
    ...[restored, updated, deleted],
    conflicts.totalCount,
  ];
  return {
    action: 'undo',
    target: operationId,
    args: { operationId },
    preview: () => dryRun(args),
    stateOf,
    stateNow: async () => stateOf(await dryRun({ first: 0 })),
    perform: () => runUndo({ ...args, preview: false }, context, path),
  };
}

async function runUndo(
  { operationId, preview, first, after = null }: UndoArguments,
  { shards, reader }: RequestContext,
  path: readonly string[],
): Promise<UndoPayload> {
  const offset = after === null ? 0 : offsetOf(after);
  const undone = await shards.undo(operationId, { offset, limit: first }, preview);
  const logged = undone.commits.filter(({ origin }) => origin !== null);
  if (undone.commits.length > 0) reader.recordCommits(undone.commits, path);
  return {
    ...undone,
    operationId: logged.length === 0 ? null : formatOperationId({ origin: logged[0]!.origin!, commits: logged }),
    changes: shownPage(undone.changes, offset),
    conflicts: shownPage(undone.conflicts, offset),
  };
}
