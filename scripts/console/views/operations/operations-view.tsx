import { useState } from 'preact/hooks';
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
import { Choice } from '../../parts/field.tsx';
import { Answered, Panel, WithoutMonitor } from '../../parts/panel.tsx';
import { beginningOf, RANGES, type RangeName } from '../../parts/range.ts';
import { BusyKeyTable } from './busy-key-table.tsx';
import { OperationTable } from './operation-table.tsx';
import { SlowOperations } from './slow-operations.tsx';

const EVERY_MS = 10_000;
const FIRST = 50;
const SLOW_FIRST = 30;

const ORDER_TITLES: Readonly<Record<OperationOrder, string>> = {
  TIME: 'total time',
  P95: 'p95',
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
      <Panel
        title="Busiest shard keys"
        call={busy.call}
        isWide
        about="Those that cost most, with what is asked of each most often. Requests of several shard keys, or of none, are not among them."
      >
        <Answered state={busy}>
          {({ busyShardKeys }) => (busyShardKeys === null ? <WithoutMonitor /> : <BusyKeyTable keys={busyShardKeys} />)}
        </Answered>
      </Panel>
    </>
  );
}
