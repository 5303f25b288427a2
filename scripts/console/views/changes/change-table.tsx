import { linkTo } from '../../app/route.ts';
import type { Change } from '../../operations/changes.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { formatTime } from '../../parts/format.ts';
import { Tag, type Tone } from '../../parts/tag.tsx';
import { Value } from '../../parts/value.tsx';

const TONES: Readonly<Record<Change['action'], Tone>> = { CREATE: 'good', UPDATE: 'plain', DELETE: 'bad' };
const LONG = 200;

export function ChangeTable({ changes }: { readonly changes: readonly Change[] }) {
  return (
    <DataTable
      caption="Changes, latest first"
      rows={changes}
      keyOf={({ cursor }) => cursor}
      empty="The log has no changes of these rows."
      columns={[
        { title: 'Time', isHead: true, cell: ({ at }) => formatTime(at) },
        { title: 'Change', cell: ({ action }) => <Tag tone={TONES[action]}>{action.toLowerCase()}</Tag> },
        { title: 'Table', cell: ({ table }) => table },
        {
          title: 'Operation',
          cell: ({ operationId }) =>
            operationId === null ? (
              '–'
            ) : (
              <a href={linkTo('recovery', operationId)}>
                Undo…<span class="hidden"> operation {operationId}</span>
              </a>
            ),
        },
        { title: 'Key', cell: ({ key }) => <Value value={key} /> },
        {
          title: 'Shard key',
          cell: ({ shardKey }) => (
            <a href={linkTo('tenants', shardKey)}>
              <Value value={shardKey} />
            </a>
          ),
        },
        { title: 'Before', cell: ({ before }) => <Value value={before} limit={LONG} /> },
        {
          title: 'After',
          cell: ({ after, afterKnown }) => (afterKnown ? <Value value={after} limit={LONG} /> : 'not known'),
        },
      ]}
    />
  );
}
