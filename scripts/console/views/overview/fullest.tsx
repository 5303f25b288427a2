import { linkTo } from '../../app/route.ts';
import type { Shard } from '../../operations/shards.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { formatBytes, formatDay } from '../../parts/format.ts';
import { fullestFirst } from '../shards/capacity.ts';
import { Fullness, State } from '../shards/shard-table.tsx';

const SHOWN = 5;

export function Fullest({ shards }: { readonly shards: readonly Shard[] }) {
  return (
    <DataTable
      caption="The fullest shards"
      rows={fullestFirst(shards).slice(0, SHOWN)}
      keyOf={({ name }) => name}
      empty="There are no shards yet: the first request makes them."
      columns={[
        { title: 'Shard', isHead: true, cell: ({ name }) => <a href={linkTo('shards', name)}>{name}</a> },
        { title: 'State', cell: (shard) => <State shard={shard} /> },
        { title: 'Full', cell: (shard) => <Fullness shard={shard} /> },
        { title: 'Bytes', isFigure: true, cell: ({ bytes }) => formatBytes(bytes) },
        { title: 'Full on', cell: ({ fullAt }) => formatDay(fullAt) },
      ]}
    />
  );
}
