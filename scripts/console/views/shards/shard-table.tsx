import { linkTo } from '../../app/route.ts';
import type { Shard } from '../../operations/shards.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { formatBytes, formatCount, formatDay, formatShare, formatTime } from '../../parts/format.ts';
import { Meter } from '../../parts/meter.tsx';
import { Tag } from '../../parts/tag.tsx';
import { fullestFirst, PLATFORM_BYTES, toneOf } from './capacity.ts';

export function ShardTable({ shards }: { readonly shards: readonly Shard[] }) {
  return (
    <DataTable
      caption="Shards, the fullest first"
      rows={fullestFirst(shards)}
      keyOf={({ name }) => name}
      empty="There are no shards yet: the first request makes them."
      columns={[
        { title: 'Shard', isHead: true, cell: ({ name }) => <a href={linkTo('shards', name)}>{name}</a> },
        { title: 'State', cell: (shard) => <State shard={shard} /> },
        {
          title: 'Full',
          cell: (shard) => <Fullness shard={shard} />,
        },
        { title: 'Bytes', isFigure: true, cell: ({ bytes }) => formatBytes(bytes) },
        { title: 'Rows', isFigure: true, cell: ({ rows }) => formatCount(rows) },
        { title: 'Slots', isFigure: true, cell: ({ slots }) => formatCount(slots) },
        {
          title: 'Growth per day',
          isFigure: true,
          cell: ({ growthPerDay }) => formatBytes(growthPerDay),
        },
        { title: 'Full on', cell: ({ fullAt }) => formatDay(fullAt) },
        { title: 'Awaiting invalidation', isFigure: true, cell: ({ unpublishedKeys }) => formatCount(unpublishedKeys) },
        { title: 'As of', cell: ({ asOf }) => formatTime(asOf) },
      ]}
    />
  );
}

export function State({ shard }: { readonly shard: Shard }) {
  if (shard.code !== null) return <Tag tone="bad">{shard.code}</Tag>;
  if (shard.level === null) return <Tag>not reported</Tag>;
  return <Tag tone={toneOf(shard)}>{shard.level.toLowerCase()}</Tag>;
}

/** Of what the settings let it have, or the platform where nobody knows those. */
export function Fullness({ shard }: { readonly shard: Shard }) {
  const { bytes, warnBytes, planBytes, fullBytes } = shard;
  const most = fullBytes ?? PLATFORM_BYTES;
  const share = (bytes ?? 0) / most;
  const marks = [
    ...(warnBytes === null ? [] : [{ at: warnBytes / most, label: `warns at ${formatBytes(warnBytes)}` }]),
    ...(planBytes === null
      ? []
      : [{ at: planBytes / most, label: `another shard is due at ${formatBytes(planBytes)}` }]),
  ];
  const label = [`${formatShare(share)} of ${formatBytes(most)}`, ...marks.map((mark) => mark.label)].join('; ');
  return <Meter share={share} tone={toneOf(shard)} label={label} marks={marks} />;
}
