import type { WireError } from '../../errors.ts';
import type { ShardRestore } from '../../restore.ts';
import type { ReadSession } from '../../sql/sql-session.ts';
import { findCopy } from '../tables/copies-table.ts';
import { readUndos, type StoredRestore, type Undo } from '../tables/restores-table.ts';

/** Id of the restore that has undone this one; null: it holds. What had undone it may be undone itself. */
export const undoneBy = (undos: readonly Undo[], id: string): string | null =>
  undos.find((undo) => undo.state === 'DONE' && undo.undoes === id && undoneBy(undos, undo.id) === null)?.id ?? null;

/**
 * What a shard tells of a restore, or of a copy.
 *
 * @param failure of its last step; null: there is none.
 */
export function toldRestore(
  session: ReadSession,
  { startSeq: _start, endSeq: _end, cursorSeq: _cursor, span: _span, ...restore }: StoredRestore,
  undos = readUndos(session),
  failure: WireError | null = null,
): ShardRestore {
  const told = withUndo(restore, undos);
  const copy = findCopy(session, restore.id);
  if (copy === null) return { ...told, copyOf: null, problem: failure };
  const { sourceKey, sourceShard, version, problem } = copy;
  return { ...told, target: version, copyOf: { shardKey: sourceKey, shard: sourceShard }, problem: problem ?? failure };
}

/** While it is being undone, it has not ended, to whoever cancels it where it is under way, and waits for that. */
function withUndo(restore: Omit<StoredRestore, 'startSeq' | 'endSeq' | 'cursorSeq' | 'span'>, undos: readonly Undo[]) {
  const by = undoneBy(undos, restore.id);
  if (by !== null) return { ...restore, state: 'UNDONE' as const, undoneBy: by };
  const open = undos.find(({ undoes, state }) => undoes === restore.id && state === 'RUNNING');
  if (open === undefined) return { ...restore, undoneBy: null };
  const { total, takenBack } = open;
  return {
    ...restore,
    state: 'CANCELLING' as const,
    total,
    takenBack,
    endVersion: null,
    endedAtMs: null,
    undoneBy: null,
  };
}
