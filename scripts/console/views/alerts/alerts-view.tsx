import { operatorCall } from '../../calls/call.ts';
import { useCall } from '../../calls/use-call.ts';
import {
  ACKNOWLEDGE_ALERT,
  type Alert,
  type AlertsAnswer,
  alertsCall,
  REMOVE_SILENCE,
  type Silence,
  TEST_ALERT,
  type TestAlertAnswer,
} from '../../operations/alerts.ts';
import { ActionButton } from '../../parts/action.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Facts } from '../../parts/facts.tsx';
import { formatTime } from '../../parts/format.ts';
import { Answered, Empty, Panel, WithoutMonitor } from '../../parts/panel.tsx';
import { AlertCard } from './alert-card.tsx';
import { SilenceForm } from './silence-form.tsx';

const EVERY_MS = 5_000;

export function AlertsView() {
  const state = useCall<AlertsAnswer>(alertsCall, { everyMs: EVERY_MS });
  return (
    <Answered state={state}>
      {({ alerts: board }) => {
        if (board === null) return <WithoutMonitor />;
        const open = board.alerts.filter((alert) => alert.state !== 'RESOLVED');
        const resolved = board.alerts.filter((alert) => alert.state === 'RESOLVED');
        return (
          <>
            <Panel title="Open" call={state.call} isWide>
              <OpenAlerts alerts={open} onDone={state.reload} />
            </Panel>
            <Panel
              title="Silences"
              call={state.call}
              isWide
              about="Nobody is notified of a silenced alert; it is still listed here."
            >
              <SilenceForm onDone={state.reload} />
              <Silences silences={board.silences} onDone={state.reload} />
            </Panel>
            <Panel title="Webhook" call={state.call}>
              <Facts
                entries={[
                  ['Receiver', board.webhook.origin ?? 'none: docs/alerts.md says how to set one'],
                  ['Problem', board.webhook.problem ?? 'none'],
                  ['Messages waiting', String(board.webhook.waitingCount)],
                ]}
              />
              <ActionButton<TestAlertAnswer>
                label="Send a test"
                call={operatorCall(TEST_ALERT)}
                told={({ testAlert }) => testAlert.message}
                onDone={state.reload}
              />
            </Panel>
            <Panel title="Resolved" call={state.call} isWide about="In the last 30 days.">
              {resolved.length === 0 ? (
                <Empty>None.</Empty>
              ) : (
                <ul class="cards">
                  {resolved.map((alert) => (
                    <li key={alert.id}>
                      <AlertCard alert={alert} />
                    </li>
                  ))}
                </ul>
              )}
            </Panel>
          </>
        );
      }}
    </Answered>
  );
}

function OpenAlerts({ alerts, onDone }: { readonly alerts: readonly Alert[]; readonly onDone: () => void }) {
  if (alerts.length === 0) return <Empty>None. The rules are in docs/alerts.md.</Empty>;
  return (
    <ul class="cards">
      {alerts.map((alert) => (
        <li key={alert.id}>
          <AlertCard alert={alert} />
          <div class="row-buttons">
            {alert.acknowledgedAt === null && (
              <ActionButton
                label={`Acknowledge ${alert.rule}`}
                call={operatorCall(ACKNOWLEDGE_ALERT, { id: alert.id })}
                told={() => `Acknowledged ${alert.rule} of ${alert.subject}.`}
                onDone={onDone}
              />
            )}
            <SilenceForm rule={alert.rule} subject={alert.subject} onDone={onDone} />
          </div>
        </li>
      ))}
    </ul>
  );
}

function Silences({ silences, onDone }: { readonly silences: readonly Silence[]; readonly onDone: () => void }) {
  return (
    <DataTable
      caption="Silences"
      rows={silences}
      keyOf={({ id }) => id}
      empty="There are none."
      columns={[
        { title: 'Rule', isHead: true, cell: ({ rule }) => rule ?? 'any' },
        { title: 'Subject', cell: ({ subject }) => subject ?? 'any' },
        { title: 'Until', cell: ({ until }) => formatTime(until) },
        { title: 'By', cell: ({ by }) => by },
        { title: 'Reason', cell: ({ reason }) => reason ?? '–' },
        {
          title: 'Action',
          cell: ({ id, rule, subject }) => (
            <ActionButton
              label="Remove"
              call={operatorCall(REMOVE_SILENCE, { id })}
              told={() => `The silence of ${rule ?? 'all rules'} of ${subject ?? 'all'} is over.`}
              onDone={onDone}
            />
          ),
        },
      ]}
    />
  );
}
