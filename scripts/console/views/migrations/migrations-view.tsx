import { useState } from 'preact/hooks';
import { operatorCall } from '../../calls/call.ts';
import { useCall } from '../../calls/use-call.ts';
import {
  MIGRATIONS,
  type MigrationShard,
  type MigrationsAnswer,
  RUN_MIGRATIONS,
  type RunMigrationsAnswer,
} from '../../operations/migrations.ts';
import { ConfirmedAction } from '../../parts/action.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { counted, formatShare, formatTime } from '../../parts/format.ts';
import { Answered, Panel } from '../../parts/panel.tsx';
import { Tag, type Tone } from '../../parts/tag.tsx';

const EVERY_MS = 3_000;

const TONES: Readonly<Record<string, Tone>> = {
  UP_TO_DATE: 'good',
  PENDING: 'warn',
  COPYING: 'warn',
  SETTLING: 'warn',
  REFUSED: 'bad',
  UNREACHABLE: 'bad',
};

export function MigrationsView() {
  const [isChecked, setChecked] = useState(false);
  const state = useCall<MigrationsAnswer>(operatorCall(MIGRATIONS, { check: isChecked }), {
    everyMs: isChecked ? 0 : EVERY_MS,
  });
  return (
    <Panel
      title="Shards and their migrations"
      call={state.call}
      isWide
      about="A shard applies what is pending with its next request, or when it is told to here."
      tools={
        <>
          <button type="button" aria-pressed={isChecked} onClick={() => setChecked(!isChecked)}>
            {isChecked ? 'Checked by each shard' : 'Check in each shard (wakes it)'}
          </button>
          <Run onDone={state.reload} />
        </>
      }
    >
      <Answered state={state}>
        {({ migrations: { latest, tags, progress, shards } }) => (
          <>
            <p>
              Last migration of this release: <code>{latest ?? 'none'}</code> ({counted(tags.length, 'migration')})
            </p>
            {progress && (
              <p role="status">
                {progress.step}: {progress.doneCount} of {progress.totalCount} shards{' '}
                <progress aria-label="Shards that are done" value={progress.doneCount} max={progress.totalCount} />{' '}
                {progress.shard !== null && `${progress.shard} `}
                {progress.table !== null && `copies ${progress.table}: ${formatShare(progress.copiedShare)}`}
              </p>
            )}
            <ShardStates shards={shards} />
          </>
        )}
      </Answered>
    </Panel>
  );
}

function ShardStates({ shards }: { readonly shards: readonly MigrationShard[] }) {
  return (
    <DataTable
      caption="Migrations of each shard"
      rows={shards}
      keyOf={({ name }) => name}
      empty="There are no shards yet."
      columns={[
        { title: 'Shard', isHead: true, cell: ({ name }) => name },
        {
          title: 'State',
          cell: ({ state }) => <Tag tone={TONES[state] ?? 'plain'}>{state.toLowerCase().replaceAll('_', ' ')}</Tag>,
        },
        { title: 'Last', cell: ({ last }) => last ?? '–' },
        { title: 'Pending', cell: ({ pending }) => pending.join(', ') || '–' },
        { title: 'Problems', cell: ({ problems }) => problems.map(({ message }) => message).join(' ') || '–' },
        { title: 'As of', cell: ({ asOf }) => formatTime(asOf) },
      ]}
    />
  );
}

const isDone = (shards: readonly MigrationShard[]): boolean => shards.every(({ state }) => state === 'UP_TO_DATE');

const Run = ({ onDone }: { readonly onDone: () => void }) => (
  <ConfirmedAction<RunMigrationsAnswer>
    label="Apply pending…"
    title="Apply pending migrations"
    call={operatorCall(RUN_MIGRATIONS)}
    preview={({ runMigrations: { preview } }) =>
      preview && (
        <>
          {isDone(preview.shards) && <p>Nothing is pending.</p>}
          <ShardStates shards={preview.shards} />
        </>
      )
    }
    tokenOf={({ runMigrations: { preview, confirmation } }) =>
      preview && isDone(preview.shards) ? null : confirmation?.token
    }
    verb="Apply"
    told={({ runMigrations: { report } }) =>
      report === null ? 'It goes on: see the progress.' : `Applied in ${counted(report.appliedCount, 'shard')}.`
    }
    onDone={onDone}
  />
);
