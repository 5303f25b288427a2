import { useState } from 'preact/hooks';
import { linkTo } from '../../app/route.ts';
import { operatorCall } from '../../calls/call.ts';
import { useCall } from '../../calls/use-call.ts';
import { type BusyAnswer, type BusyShardKey, LOAD_OF_SHARD_KEY } from '../../operations/figures.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Choice } from '../../parts/field.tsx';
import { formatCount, formatDollars, formatShare } from '../../parts/format.ts';
import { Answered, Empty, Panel, WithoutMonitor } from '../../parts/panel.tsx';
import { beginningOf, RANGES, type RangeName } from '../../parts/range.ts';

const EVERY_MS = 10_000;

/** What is asked of one shard key, and what that costs. */
export function LoadOfKey({ shardKey, type }: { readonly shardKey: string; readonly type: string | null }) {
  const [range, setRange] = useState<RangeName>('1h');
  const state = useCall<BusyAnswer>(operatorCall(LOAD_OF_SHARD_KEY, { shardKey, type, since: beginningOf(range) }), {
    everyMs: EVERY_MS,
  });
  return (
    <Panel
      title="Load"
      call={state.call}
      about="Requests of this shard key alone."
      tools={<a href={linkTo('operations')}>All operations</a>}
    >
      <div class="fields">
        <Choice
          label="In the last"
          value={range}
          choices={RANGES.map(({ name, title }) => [name, title] as const)}
          onChoice={setRange}
        />
      </div>
      <Answered state={state}>
        {({ busyShardKeys }) => {
          if (busyShardKeys === null) return <WithoutMonitor />;
          const [load] = busyShardKeys;
          return load ? <Load load={load} /> : <Empty>Little or nothing: it is not among the busiest.</Empty>;
        }}
      </Answered>
    </Panel>
  );
}

function Load({ load: { requestCount, usage, dollars, operations } }: { readonly load: BusyShardKey }) {
  return (
    <>
      <Facts
        entries={[
          ['Requests', formatCount(requestCount)],
          ['Calls to shards', formatCount(usage.objectRequests)],
          ['Rows read', formatCount(usage.rowsRead)],
          ['Rows written', formatCount(usage.rowsWritten)],
          ['Dollars', formatDollars(dollars)],
        ]}
      />
      <DataTable
        caption="Its busiest operations"
        rows={operations}
        keyOf={({ hash }) => hash}
        empty="No operation was asked for."
        columns={[
          { title: 'Operation', isHead: true, cell: ({ name, hash }) => name ?? <code>{hash}</code> },
          { title: 'Requests', isFigure: true, cell: (each) => formatCount(each.requestCount) },
          { title: 'Share', isFigure: true, cell: (each) => formatShare(each.requestCount / requestCount) },
        ]}
      />
    </>
  );
}
