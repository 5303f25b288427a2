import { useState } from 'preact/hooks';
import { linkTo } from '../../app/route.ts';
import { operatorCall } from '../../calls/call.ts';
import { useCall } from '../../calls/use-call.ts';
import {
  BUSY_SHARD_KEYS,
  type BusyAnswer,
  type OperationOrder,
  type OperationsAnswer,
  ORDERS,
  operationsCall,
  SLOW_OPERATIONS,
  type SlowAnswer,
} from '../../operations/figures.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Choice } from '../../parts/field.tsx';
import { formatCount, formatDollars } from '../../parts/format.ts';
import { Answered, Panel, WithoutMonitor } from '../../parts/panel.tsx';
import { beginningOf, RANGES, type RangeName } from '../../parts/range.ts';
import { Value } from '../../parts/value.tsx';
import { OperationTable } from './operation-table.tsx';
import { SlowOperations } from './slow-operations.tsx';

const EVERY_MS = 10_000;
const FIRST = 50;
const SLOW_FIRST = 30;

const ORDER_TITLES: Readonly<Record<OperationOrder, string>> = {
  TIME: 'total time',
  COST: 'cost',
  ERRORS: 'errors',
  COUNT: 'requests',
};

export function OperationsView() {
  const [by, setBy] = useState<OperationOrder>('TIME');
  const [range, setRange] = useState<RangeName>('1h');
  const since = beginningOf(range);
  const operations = useCall<OperationsAnswer>(operationsCall(since, by, FIRST), { everyMs: EVERY_MS });
  const slow = useCall<SlowAnswer>(operatorCall(SLOW_OPERATIONS, { first: SLOW_FIRST }), { everyMs: EVERY_MS });
  const busy = useCall<BusyAnswer>(operatorCall(BUSY_SHARD_KEYS, { since, first: FIRST }), { everyMs: EVERY_MS });
  return (
    <>
      <div class="fields">
        <Choice
          label="Sort by"
          value={by}
          choices={ORDERS.map((order) => [order, ORDER_TITLES[order]] as const)}
          onChoice={setBy}
        />
        <Choice
          label="In the last"
          value={range}
          choices={RANGES.map(({ name, title }) => [name, title] as const)}
          onChoice={setRange}
        />
      </div>
      <Panel
        title={`By ${ORDER_TITLES[by]}`}
        call={operations.call}
        isWide
        about="One line per operation text, over all roles and consistency modes. Dollars are estimates at the platform’s list prices."
      >
        <Answered state={operations}>
          {({ operations: found }) => (found === null ? <WithoutMonitor /> : <OperationTable operations={found} />)}
        </Answered>
      </Panel>
      <Panel
        title="Slow operations"
        call={slow.call}
        isWide
        about="The latest requests that took longer than slowMs, or read more rows than slowRowsRead (docs/operating.md)."
      >
        <Answered state={slow}>
          {({ slowOperations }) =>
            slowOperations === null ? <WithoutMonitor /> : <SlowOperations operations={slowOperations} />
          }
        </Answered>
      </Panel>
      <Panel title="Busiest shard keys" call={busy.call} isWide>
        <Answered state={busy}>
          {({ busyShardKeys }) =>
            busyShardKeys === null ? (
              <WithoutMonitor />
            ) : (
              <DataTable
                caption="Shard keys that cost most"
                rows={busyShardKeys}
                keyOf={({ shardKey, shard }) => `${shard} ${shardKey}`}
                empty="No shard key was asked for in this time."
                columns={[
                  {
                    title: 'Shard key',
                    isHead: true,
                    cell: ({ shardKey, type }) =>
                      shardKey === null ? (
                        'all others'
                      ) : (
                        <a href={linkTo('tenants', shardKey, ...(type === null ? [] : [type]))}>
                          <Value value={shardKey} />
                        </a>
                      ),
                  },
                  { title: 'Shard', cell: ({ shard }) => shard ?? '–' },
                  { title: 'Requests', isFigure: true, cell: ({ requestCount }) => formatCount(requestCount) },
                  { title: 'Calls to shards', isFigure: true, cell: ({ usage }) => formatCount(usage.objectRequests) },
                  { title: 'Rows read', isFigure: true, cell: ({ usage }) => formatCount(usage.rowsRead) },
                  { title: 'Rows written', isFigure: true, cell: ({ usage }) => formatCount(usage.rowsWritten) },
                  { title: 'Dollars', isFigure: true, cell: ({ dollars }) => formatDollars(dollars) },
                ]}
              />
            )
          }
        </Answered>
      </Panel>
    </>
  );
}
