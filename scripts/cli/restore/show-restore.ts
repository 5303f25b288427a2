import { alignColumns } from '../align-columns.ts';
import { changeTable } from '../undo/show-undo.ts';
import type { CopyPreview, Preview, Restore } from './request-restore.ts';

/** What a restore would do, as a table. */
export function showPreview({
  totalChanges,
  restoredCount,
  updatedCount,
  deletedCount,
  tables,
  rows,
}: Preview): string {
  if (totalChanges === 0) return 'preview: nothing was changed since';
  if (restoredCount === null) return `preview: changes to take back: ${totalChanges}, too many to look at each row`;
  return [
    `preview: changes to take back: ${totalChanges}; rows restored: ${restoredCount}, updated: ${updatedCount}, deleted: ${deletedCount}`,
    ...tableCounts(tables ?? []),
    ...changeTable('rows that go back', 'after the restore', rows),
  ].join('\n');
}

const tableCounts = (tables: NonNullable<Preview['tables']>): string[] => {
  const lines = tables.map(({ table, restoredCount, updatedCount, deletedCount }) => [
    table,
    ...[restoredCount, updatedCount, deletedCount].map((count) => count.toLocaleString('en')),
  ]);
  return lines.length === 0 ? [] : ['', alignColumns([['table', 'restored', 'updated', 'deleted'], ...lines])];
};

/** What a copy under another shard key would have, as a table. */
export const showCopyPreview = ({ tables }: CopyPreview): string =>
  alignColumns([['table', 'rows'], ...tables.map(({ type, rowCount }) => [type, rowCount.toLocaleString('en')])]);

/** What an undo would take back. */
export const showUndoable = ({ id, time, changesTakenBack, beganAt, copyOf, as }: Restore): string =>
  copyOf !== null
    ? `restore ${id}, begun at ${beganAt}: wrote rows of "${copyOf}" as of ${time} under "${as}", ${changesTakenBack} rows`
    : `restore ${id}, begun at ${beganAt}: took rows back to ${time}; changes taken back: ${changesTakenBack}`;

export function showProgress({ state, changesTakenBack, totalChanges, copyOf, silentShards }: Restore): string {
  const done =
    copyOf !== null && state === 'RUNNING'
      ? `running: ${totalChanges} rows read, ${changesTakenBack} written`
      : `${state.toLowerCase()}: ${changesTakenBack} of ${totalChanges} changes`;
  const silent = silentShards.map(({ name }) => name).join(', ');
  return silent === '' ? done : `${done}; ${silent} ${silentShards.length === 1 ? 'does' : 'do'} not answer`;
}

/** What became of a restore. `commandOf`: by which something is done about it. */
export function showEnded(restore: Restore, commandOf: (action: string, id: string) => string): string {
  const { id, state, time, changesTakenBack, shards, undoes } = restore;
  const where = `${shards.length} shard${shards.length === 1 ? '' : 's'}`;
  if (restore.copyOf !== null) return showCopied(restore, commandOf);
  if (state !== 'DONE') return `restore ${id} was cancelled: all is as it was before it`;
  const what = undoes === null ? `rows are as of ${time}` : `restore ${undoes} is undone`;
  return `${what}; changes taken back: ${changesTakenBack}, in ${where}\nto undo this: ${commandOf('undo', id)}`;
}

function showCopied(restore: Restore, commandOf: (action: string, id: string) => string): string {
  const { id, state, time, copyOf, as, changesTakenBack, problem } = restore;
  if (state === 'DONE') {
    return `rows of "${copyOf}" as of ${time} are under "${as}"; rows written: ${changesTakenBack}\nto remove them: ${commandOf('undo', id)}`;
  }
  const why = problem === null ? 'was cancelled' : `has failed: ${problem.code}: ${problem.message}`;
  return `restore ${id} ${why}\nthere are no rows under "${as}"`;
}
