import { useState } from 'preact/hooks';
import { linkTo } from '../../app/route.ts';
import { operatorCall } from '../../calls/call.ts';
import { useCall } from '../../calls/use-call.ts';
import { type AlertsAnswer, alertsCall } from '../../operations/alerts.ts';
import { type OperationsAnswer, operationsCall, SERIES, type SeriesAnswer } from '../../operations/figures.ts';
import { type ShardsAnswer, shardsCall } from '../../operations/shards.ts';
import { Choice } from '../../parts/field.tsx';
import { Answered, Panel, WithoutMonitor } from '../../parts/panel.tsx';
import { beginningOf, RANGES, type RangeName, rangeOf } from '../../parts/range.ts';
import { useNow } from '../../parts/use-now.ts';
import { OperationTable } from '../operations/operation-table.tsx';
import { FiringAlerts } from './firing-alerts.tsx';
import { Fullest } from './fullest.tsx';
import { Headline } from './headline.tsx';
import { Plots } from './plots.tsx';

const EVERY_MS = 5_000;
const SHARDS_EVERY_MS = 15_000;
const FIRST = 5;

/** How all of it is, and where to look. */
export function OverviewView() {
  const [range, setRange] = useState<RangeName>('15m');
  const now = useNow(rangeOf(range).stepSeconds * 1_000);
  const from = beginningOf(range, now);
  const series = useCall<SeriesAnswer>(operatorCall(SERIES, { from, stepSeconds: rangeOf(range).stepSeconds }), {
    everyMs: EVERY_MS,
  });
  const alerts = useCall<AlertsAnswer>(alertsCall, { everyMs: EVERY_MS });
  const operations = useCall<OperationsAnswer>(operationsCall(from, 'TIME', FIRST), { everyMs: SHARDS_EVERY_MS });
  const shards = useCall<ShardsAnswer>(shardsCall(), { everyMs: SHARDS_EVERY_MS });
  return (
    <>
      <div class="fields">
        <Choice
          label="The last"
          value={range}
          choices={RANGES.map(({ name, title }) => [name, title] as const)}
          onChoice={setRange}
        />
      </div>
      <Answered state={series}>
        {({ series: found }) =>
          found === null ? null : <Headline {...found} atMs={series.atMs ?? now} shards={shards.data?.shards ?? []} />
        }
      </Answered>
      <div class="panels">
        <Panel title="Requests" call={series.call} isWide>
          <Answered state={series}>
            {({ series: found }) => (found === null ? <WithoutMonitor /> : <Plots {...found} />)}
          </Answered>
        </Panel>
        <Panel title="Alerts" call={alerts.call} tools={<a href={linkTo('alerts')}>All alerts</a>}>
          <Answered state={alerts}>
            {({ alerts: board }) => (board === null ? <WithoutMonitor /> : <FiringAlerts alerts={board.alerts} />)}
          </Answered>
        </Panel>
        <Panel title="Fullest shards" call={shards.call} tools={<a href={linkTo('shards')}>All shards</a>}>
          <Answered state={shards}>{({ shards: found }) => <Fullest shards={found} />}</Answered>
        </Panel>
        <Panel
          title="Operations that take the most time"
          call={operations.call}
          isWide
          tools={<a href={linkTo('operations')}>All operations</a>}
        >
          <Answered state={operations}>
            {({ operations: found }) => (found === null ? <WithoutMonitor /> : <OperationTable operations={found} />)}
          </Answered>
        </Panel>
      </div>
    </>
  );
}
