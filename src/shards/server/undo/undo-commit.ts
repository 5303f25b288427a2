import type { Migration } from '../../../model/types.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import type { Undone, UndoPageRange } from '../../undo.ts';
import type { Version } from '../../version.ts';
import { recordUndo } from '../tables/idempotency-table.ts';
import { spanOf } from '../tables/log-spans.ts';
import { readLastLogSeq } from '../tables/log-table.ts';
import { findLoggedCommit } from './logged-commit.ts';
import { inReadingOrder } from './reading-order.ts';
import { isLost, type LostChange, type RowChange, readRowChanges } from './row-changes.ts';
import { schemaSince } from './schema-since.ts';
import { keyBack, pageOf, placeOf, showChange, showConflict } from './show-rows.ts';
import { type LeftRow, undoRows } from './undo-rows.ts';
import type { UndoScope } from './undone-row.ts';

/** What is to be undone. */
interface CommitToUndo {
  /** Of the operation: `origin` of its log rows. */
  readonly origin: string;
  readonly version: Version;
  readonly changes: UndoPageRange;
  readonly conflicts: UndoPageRange;
}

/**
 * Takes back what one commit changed: each row that is as the commit left it gets the values it had before, is there again, or
 * is gone. Rows that were changed since are left, and so are those that cannot go back without them. Nothing is done to
 * any other row.
 *
 * @throws ShardQLError as {@link findLoggedCommit}.
 */
export function undoCommit(
  scope: UndoScope & { readonly migrations: readonly Migration[]; readonly version: Version },
  { origin, version, changes, conflicts }: CommitToUndo,
): Undone {
  const { session, model, migrations, shardKeys } = scope;
  const logged = findLoggedCommit(session, origin, version);
  const found = readRowChanges(session, allBetween(logged), schemaSince(model, migrations, logged.schema));
  const known = found.filter((change) => !isLost(change)) as RowChange[];
  const seq = readLastLogSeq(session);
  const { written, left } = undoRows(scope, known, version);
  const leftByChange = new Map<RowChange | LostChange, LeftRow | LostChange>(left.map((row) => [row.change, row]));
  for (const change of found) if (isLost(change)) leftByChange.set(change, change);
  if (written.length > 0) recordUndo(session, { origin, version }, scope.version, leftByChange.size === 0);
  const shown = inReadingOrder(model, found);
  const isBack = new Set<RowChange | LostChange>(written);
  const back = shown.filter((change): change is RowChange => isBack.has(change));
  const staying = shown.flatMap((change) => leftByChange.get(change) ?? []);
  const replaced = replacedRows(scope, seq, back.slice(changes.offset, changes.offset + changes.limit));
  const count = (kind: RowChange['kind']) => written.filter((change) => change.kind === kind).length;
  return {
    shardKeys: [...shardKeys],
    restored: count('insert'),
    updated: count('update'),
    deleted: count('delete'),
    changes: pageOf(back, changes, (change) => showChange(session, change, replaced(change))),
    conflicts: pageOf(staying, conflicts, (row) => showConflict(session, row)),
  };
}

/** The log rows between two seqs, both included. */
const allBetween = ({ first, last }: { readonly first: number; readonly last: number }) =>
  spanOf({ after: first - 1, upTo: last, shardKeys: null });

/** What the commit in progress has changed of these rows since `seq`. */
function replacedRows(
  {
    session,
    model,
    migrations,
  }: { readonly session: SqlSession } & Pick<UndoScope, 'model'> & {
      readonly migrations: readonly Migration[];
    },
  seq: number,
  rows: readonly RowChange[],
): (change: RowChange) => RowChange | undefined {
  const shown = rows.filter(({ kind }) => kind !== 'insert');
  if (shown.length === 0) return () => undefined;
  const places = new Map(shown.map((change) => [placeOf(change.table, keyBack(session, change)), change]));
  const replacedBy = new Map<RowChange, RowChange>();
  const own = { first: seq + 1, last: readLastLogSeq(session) };
  for (const change of readRowChanges(
    session,
    allBetween(own),
    schemaSince(model, migrations, migrations.at(-1)?.tag ?? ''),
  )) {
    const replaced = isLost(change) ? undefined : places.get(placeOf(change.table, change.key));
    if (replaced) replacedBy.set(replaced, change as RowChange);
  }
  return (change) => replacedBy.get(change);
}
