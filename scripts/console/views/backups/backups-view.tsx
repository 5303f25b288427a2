import { operatorCall } from '../../calls/call.ts';
import { useCall } from '../../calls/use-call.ts';
import {
  BACKUPS,
  type Backup,
  type BackupsAnswer,
  FORGET_BACKUP,
  type ForgetBackupAnswer,
} from '../../operations/backups.ts';
import { ConfirmedAction } from '../../parts/action.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { formatBytes, formatCount, formatTime } from '../../parts/format.ts';
import { Answered, Panel } from '../../parts/panel.tsx';

const FIRST = 100;

/** The command line makes backups, and tells of those that are whole. */
export function BackupsView() {
  const state = useCall<BackupsAnswer>(operatorCall(BACKUPS, { first: FIRST }));
  return (
    <Panel
      title="Backups"
      call={state.call}
      isWide
      about={
        <>
          Made by <code>shardql backup</code>, which tells of each once it is whole. Whether it is still there, and
          sound, is what <code>shardql backup verify</code> reads.
        </>
      }
    >
      <Answered state={state}>{({ backups }) => <Backups backups={backups} onDone={state.reload} />}</Answered>
    </Panel>
  );
}

const Backups = ({ backups, onDone }: { readonly backups: readonly Backup[]; readonly onDone: () => void }) => (
  <DataTable
    caption="Backups, latest first"
    rows={backups}
    keyOf={({ id }) => id}
    empty="None is known. docs/recovery.md says how to make one."
    columns={[
      { title: 'Rows as of', isHead: true, cell: ({ asOf }) => formatTime(asOf) },
      { title: 'Place', cell: ({ place }) => <code>{place}</code> },
      { title: 'Rows', isFigure: true, cell: ({ rowCount }) => formatCount(rowCount) },
      { title: 'Bytes', isFigure: true, cell: ({ bytes }) => formatBytes(bytes) },
      { title: 'Shards', isFigure: true, cell: ({ shardCount }) => formatCount(shardCount) },
      { title: 'Copied', cell: ({ basedOn }) => (basedOn === null ? 'all rows' : 'changes since another') },
      { title: 'Complete', cell: ({ at }) => formatTime(at) },
      { title: 'By', cell: ({ by }) => by },
      { title: 'Content hash', cell: ({ contentHash }) => <code title={contentHash}>{contentHash.slice(0, 12)}</code> },
      { title: 'Action', cell: (backup) => <Forget backup={backup} onDone={onDone} /> },
    ]}
  />
);

const Forget = ({ backup, onDone }: { readonly backup: Backup; readonly onDone: () => void }) => (
  <ConfirmedAction<ForgetBackupAnswer>
    label="Forget…"
    title="Forget a backup"
    call={operatorCall(FORGET_BACKUP, { id: backup.id })}
    preview={({ forgetBackup: { preview } }) => (
      <p>
        The backup of {formatTime(preview?.asOf)} in <code>{preview?.place}</code> is taken off this list. Its files are
        left alone, wherever they are.
      </p>
    )}
    tokenOf={({ forgetBackup }) => forgetBackup.confirmation?.token}
    verb="Forget"
    told={() => 'Forgot the backup.'}
    onDone={onDone}
  />
);
