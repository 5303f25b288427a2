import { operatorCall } from '../../calls/call.ts';
import {
  CANCEL_RESTORE,
  type Restore,
  type RestoreState,
  UNDO_RESTORE,
  type UndoRestoreAnswer,
} from '../../operations/recovery.ts';
import { ActionButton, ConfirmedAction } from '../../parts/action.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { counted, formatCount, formatTime } from '../../parts/format.ts';
import { Tag, type Tone } from '../../parts/tag.tsx';

interface Props {
  readonly restores: readonly Restore[];
  readonly onDone: () => void;
}

const TONES: Readonly<Record<RestoreState, Tone>> = {
  RUNNING: 'warn',
  DONE: 'good',
  UNDONE: 'plain',
  CANCELLING: 'warn',
  CANCELLED: 'plain',
};

export function RestoreList({ restores, onDone }: Props) {
  return (
    <DataTable
      caption="Restores"
      rows={restores}
      keyOf={({ id }) => id}
      empty="There were none yet."
      columns={[
        { title: 'Began', isHead: true, cell: ({ beganAt }) => formatTime(beganAt) },
        { title: 'What', cell: (restore) => whatOf(restore) },
        { title: 'As of', cell: ({ time }) => formatTime(time) },
        { title: 'State', cell: ({ state }) => <Tag tone={TONES[state]}>{state.toLowerCase()}</Tag> },
        { title: 'Progress', cell: (restore) => <Progress restore={restore} /> },
        { title: 'Ended', cell: ({ endedAt }) => formatTime(endedAt) },
        { title: 'Action', cell: (restore) => <Actions restore={restore} onDone={onDone} /> },
      ]}
    />
  );
}

function whatOf({ all, shard, shardKeys, copyOf, as, undoes }: Restore): string {
  if (undoes !== null) return `undoes restore ${undoes}`;
  if (copyOf !== null) return `${copyOf} as ${as}`;
  if (all) return 'all rows';
  return (
    shard ?? (shardKeys && shardKeys.length <= 3 ? shardKeys.join(', ') : counted(shardKeys?.length ?? 0, 'shard key'))
  );
}

function Progress({ restore }: { readonly restore: Restore }) {
  const { state, changesTakenBack, totalChanges, problem, silentShards, id } = restore;
  const isUnderWay = state === 'RUNNING' || state === 'CANCELLING';
  return (
    <>
      {isUnderWay && (
        <progress aria-label={`Changes of restore ${id}`} value={changesTakenBack} max={Math.max(1, totalChanges)} />
      )}{' '}
      {formatCount(changesTakenBack)} of {formatCount(totalChanges)}
      {problem && (
        <p class="failure-text">
          <code>{problem.code}</code> {problem.message}
        </p>
      )}
      {silentShards.map(({ name, code, message }) => (
        <p key={name} class="failure-text">
          {name}: <code>{code}</code> {message}
        </p>
      ))}
    </>
  );
}

function Actions({ restore: { id, state }, onDone }: { readonly restore: Restore; readonly onDone: () => void }) {
  if (state === 'RUNNING') {
    return (
      <ActionButton
        label="Cancel"
        call={operatorCall(CANCEL_RESTORE, { id })}
        told={() => 'The restore turns round: what it has taken back is made again.'}
        onDone={onDone}
      />
    );
  }
  if (state !== 'DONE') return null;
  return (
    <ConfirmedAction<UndoRestoreAnswer>
      label="Undo…"
      title="Undo a restore"
      call={operatorCall(UNDO_RESTORE, { id })}
      preview={({ undoRestore: { preview } }) => (
        <p>
          {counted(preview?.totalChanges ?? 0, 'change')} of this restore would be taken back: rows get what they had
          before it. Refused if they were written since.
        </p>
      )}
      tokenOf={({ undoRestore }) => undoRestore.confirmation?.token}
      verb="Undo"
      told={() => 'The restore is being undone.'}
      onDone={onDone}
    />
  );
}
