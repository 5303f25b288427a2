import type { ComponentChildren } from 'preact';
import { linkTo } from '../../app/route.ts';
import type { CallState } from '../../calls/use-call.ts';
import type { Shard, ShardsAnswer } from '../../operations/shards.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Facts } from '../../parts/facts.tsx';
import { formatBytes, formatCount, formatDay, formatShare, formatTime } from '../../parts/format.ts';
import { Answered, Empty, Panel } from '../../parts/panel.tsx';
import { Value } from '../../parts/value.tsx';
import { Fullness, State } from './shard-table.tsx';

interface Props {
  readonly state: CallState<ShardsAnswer>;
  readonly name: string;
}

export function OneShard({ state, name }: Props) {
  return (
    <>
      <p>
        <a href={linkTo('shards')}>All shards</a>
      </p>
      <Answered state={state}>
        {({ shards }) => {
          const shard = shards.find((each) => each.name === name);
          return shard ? <Details shard={shard} state={state} /> : <Empty>There is no shard {name}.</Empty>;
        }}
      </Answered>
    </>
  );
}

function Details({ shard, state }: { readonly shard: Shard; readonly state: CallState<ShardsAnswer> }) {
  return (
    <>
      <Panel title="Capacity" call={state.call} about={`As of ${formatTime(shard.asOf)}.`}>
        <Facts entries={capacityOf(shard)} />
      </Panel>
      <Panel title="Commits and log" call={state.call}>
        <Facts
          entries={[
            ['Last commit', formatTime(shard.lastCommitAt)],
            ['Shard keys awaiting invalidation', formatCount(shard.unpublishedKeys)],
            ['Change log', formatBytes(shard.logBytes)],
            ['Can go back to', shard.restorableSince === null ? 'any time' : formatTime(shard.restorableSince)],
            ['Last migration', shard.migration ?? '–'],
          ]}
        />
        <p>
          <a href={linkTo('changes', shard.name)}>Changes of this shard</a>
        </p>
      </Panel>
      <Panel title="Large shard keys" call={state.call} isWide about="All rows of a shard key have to fit one shard.">
        <DataTable
          caption="Large shard keys"
          rows={shard.largeShardKeys}
          keyOf={({ shardKey }) => shardKey}
          empty="None has a large share of this shard."
          columns={[
            {
              title: 'Shard key',
              isHead: true,
              cell: ({ shardKey }) => (
                <a href={linkTo('tenants', shardKey)}>
                  <Value value={shardKey} />
                </a>
              ),
            },
            { title: 'Bytes', isFigure: true, cell: ({ bytes }) => formatBytes(bytes) },
            { title: 'Share', isFigure: true, cell: ({ share }) => formatShare(share) },
            { title: 'Growth per day', isFigure: true, cell: ({ growthPerDay }) => formatBytes(growthPerDay) },
          ]}
        />
      </Panel>
    </>
  );
}

const capacityOf = (shard: Shard): (readonly [string, ComponentChildren])[] => [
  ['State', <State shard={shard} />],
  ['Full', <Fullness shard={shard} />],
  [
    'Warning, planning, full at',
    [shard.warnBytes, shard.planBytes, shard.fullBytes].map((bytes) => formatBytes(bytes)).join(', '),
  ],
  ['Bytes', formatBytes(shard.bytes)],
  ['In use now', formatBytes(shard.liveBytes)],
  ['Rows', formatCount(shard.rows)],
  ['Slots', formatCount(shard.slots)],
  ['Growth per day', formatBytes(shard.growthPerDay)],
  ['80 % full on', formatDay(shard.reaches80At)],
  ['Full on', formatDay(shard.fullAt)],
  ['Place', [shard.jurisdiction, shard.location].filter(Boolean).join(' ') || 'that of the deployment'],
];
