import type { ShardRestore } from '../../restore.ts';
import type { StoredRestore, Undo } from '../tables/restores-table.ts';

/** Id of the restore that has undone this one; null: it holds. What had undone it may be undone itself. */
export const undoneBy = (undos: readonly Undo[], id: string): string | null =>
  undos.find((undo) => undo.undoes === id && undoneBy(undos, undo.id) === null)?.id ?? null;

/** What a shard tells of a restore. */
export function toldRestore(restore: StoredRestore, undos: readonly Undo[]): ShardRestore {
  const { startSeq: _start, endSeq: _end, cursorSeq: _cursor, span: _span, ...told } = restore;
  const by = undoneBy(undos, restore.id);
  return { ...told, ...(by !== null && { state: 'UNDONE' }), undoneBy: by };
}
