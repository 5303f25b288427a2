import { linkTo } from '../../app/route.ts';
import type { BusyShardKey } from '../../operations/figures.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { formatCount, formatDollars } from '../../parts/format.ts';
import { Value } from '../../parts/value.tsx';

/** Operations of a shard key that a line of the table has room for. */
const SHOWN = 3;

export function BusyKeyTable({ keys }: { readonly keys: readonly BusyShardKey[] }) {
  return (
    <DataTable
      caption="Shard keys that cost most"
      rows={keys}
      keyOf={({ shardKey, shard }) => `${shard} ${shardKey}`}
      empty="No shard key was asked for in this time."
      columns={[
        { title: 'Shard key', isHead: true, cell: (key) => <Link {...key} /> },
        { title: 'Shard', cell: ({ shard }) => shard ?? '–' },
        { title: 'Requests', isFigure: true, cell: ({ requestCount }) => formatCount(requestCount) },
        { title: 'Calls to shards', isFigure: true, cell: ({ usage }) => formatCount(usage.objectRequests) },
        { title: 'Rows read', isFigure: true, cell: ({ usage }) => formatCount(usage.rowsRead) },
        { title: 'Rows written', isFigure: true, cell: ({ usage }) => formatCount(usage.rowsWritten) },
        { title: 'Dollars', isFigure: true, cell: ({ dollars }) => formatDollars(dollars) },
        { title: 'Most often', cell: ({ operations }) => operations.slice(0, SHOWN).map(textOf).join(', ') || '–' },
      ]}
    />
  );
}

function Link({ shardKey, type }: BusyShardKey) {
  if (shardKey === null) return <>all others</>;
  return (
    <a href={linkTo('tenants', shardKey, ...(type === null ? [] : [type]))}>
      <Value value={shardKey} />
    </a>
  );
}

const textOf = ({ name, hash, requestCount }: BusyShardKey['operations'][number]): string =>
  `${name ?? hash} ${formatCount(requestCount)}`;
