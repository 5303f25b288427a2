import { beforeEach, describe, expect, it, vi } from 'vitest';
import model from '../../../src/schema/model.ts';
import type { IsolateReport } from '../../../src/shards/isolate-report.ts';
import { countsOf, keyCallsOf, operationOf, shardCallsOf, tableOf } from '../../support/monitor/counts.ts';
import { LabMonitor } from '../../support/monitor/lab-monitor.ts';
import { type Send, shopWorker } from '../support.ts';

beforeEach(() => {
  for (const level of ['info', 'warn', 'error'] as const) vi.spyOn(console, level).mockReturnValue(undefined);
});

const PERIOD_MS = 20_000;

const ALERTS = `{ alerts {
  alerts { id rule subject state severity summary remedy shard shardKey operation table release since firedAt resolvedAt
    resolution acknowledgedAt acknowledgedBy silencedUntil }
  silences { id rule subject createdAt until by reason }
  webhook { origin problem waitingCount }
} }`;

interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: of any query.
  readonly data: any;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

async function operate(send: Send, query: string, variables: object = {}): Promise<Answer> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const response = await send('/operator', { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  return await response.json();
}

/** A Worker whose monitor was told of a shard that has been overloaded for two periods. */
async function overloaded() {
  let nowMs = Date.now();
  let sequence = 0;
  const monitor = new LabMonitor({ model, now: () => nowMs });
  const report = async (refused: number) => {
    const counts = countsOf({
      operations: [operationOf('Orders', {})],
      shards: [shardCallsOf('shard-0', { refused })],
      keys: [keyCallsOf('acme', { operation: 'Orders' })],
      tables: [tableOf('Order', 0, 2_000)],
      kv: { 'get-key': 2_000 },
    });
    sequence++;
    const sent: IsolateReport = {
      ...{ ...counts, isolate: 'i', sequence, release: null, fromMs: nowMs, toMs: nowMs },
      ...{ documents: [], memoryBytes: 0, slow: [] },
    };
    await monitor.rpc.reportIsolate(sent);
    nowMs += PERIOD_MS;
    await monitor.ring();
  };
  await report(500);
  await report(500);
  const send = shopWorker({ SHARDQL_DEVELOPMENT: 'true', MONITOR: monitor.namespace });
  return { monitor, send, report };
}

describe('alerts at /operator', () => {
  it('are shown with what to do, and told of at the webhook', async () => {
    const { monitor, send, report } = await overloaded();
    const { data, errors } = await operate(send, ALERTS);
    expect(errors).toBeUndefined();
    expect(data.alerts).toMatchObject({
      alerts: [{ rule: 'overload', subject: 'shard-0', state: 'FIRING', shardKey: 'acme', operation: 'Orders' }],
      silences: [],
      webhook: { origin: 'https://alerts.example.com', problem: null, waitingCount: 0 },
    });
    expect(monitor.sent.map(({ type }) => type)).toEqual(['alert.firing']);
    await report(0);
    const [alert] = (await operate(send, ALERTS)).data.alerts.alerts;
    expect(alert).toMatchObject({ state: 'RESOLVED', resolution: 'GONE', resolvedAt: expect.any(String) });
    expect(monitor.sent.map(({ type }) => type)).toEqual(['alert.firing', 'alert.resolved']);
  });

  it('can be acknowledged and silenced, which the audit log has', async () => {
    const { send } = await overloaded();
    const [{ id }] = (await operate(send, ALERTS)).data.alerts.alerts;
    expect((await operate(send, `mutation { acknowledgeAlert(id: "${id}") }`)).data).toEqual({
      acknowledgeAlert: true,
    });
    const made = await operate(
      send,
      'mutation { silenceAlerts(rule: "overload", minutes: 5, reason: "known") { id rule subject by reason } }',
    );
    expect(made.data.silenceAlerts).toMatchObject({
      rule: 'overload',
      subject: null,
      by: 'developer',
      reason: 'known',
    });
    expect((await operate(send, ALERTS)).data.alerts).toMatchObject({
      alerts: [{ acknowledgedBy: 'developer', silencedUntil: expect.any(String) }],
      silences: [{ reason: 'known' }],
    });
    const remove = `mutation { removeSilence(id: "${made.data.silenceAlerts.id}") }`;
    expect((await operate(send, remove)).data).toEqual({ removeSilence: true });
    expect((await operate(send, remove)).errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    const { data } = await operate(send, '{ auditLog(first: 3) { nodes { action target } } }');
    expect(data.auditLog.nodes.map(({ action }: { action: string }) => action)).toEqual([
      'remove-silence',
      'remove-silence',
      'silence-alerts',
    ]);
  });

  it('can be tried out', async () => {
    const { monitor, send } = await overloaded();
    const test = 'mutation { testAlert { isDelivered status message } }';
    expect((await operate(send, test)).data.testAlert).toEqual({ isDelivered: true, status: 204, message: '' });
    monitor.receive = () => new Response('no such channel', { status: 404 });
    expect((await operate(send, test)).data.testAlert).toEqual({
      ...{ isDelivered: false, status: 404, message: 'no such channel' },
    });
    expect(monitor.sent.at(-1)).toMatchObject({ type: 'alert.test' });
  });

  it.each([
    ['silenceAlerts(rule: "overlod", minutes: 5)', /but got "overlod"; write overload\.$/],
    ['silenceAlerts(minutes: 5)', 'Expected rule or subject, but got neither. Give one.'],
    ['silenceAlerts(subject: "shard-0", minutes: 0)', 'Expected minutes to be from 1 to 43200, but got 0.'],
  ])('refuse %s', async (field, message) => {
    const { send } = await overloaded();
    const { errors } = await operate(send, `mutation { ${field} { id } }`);
    expect(errors).toMatchObject([{ message: expect.stringMatching(message), extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('are none without a monitor, which actions say', async () => {
    const send = shopWorker();
    expect((await operate(send, '{ alerts { silences { id } } advice { id } }')).data).toEqual({
      alerts: null,
      advice: null,
    });
    expect((await operate(send, 'mutation { testAlert { status } }')).errors).toMatchObject([
      { extensions: { code: 'NOT_FOUND' }, message: expect.stringContaining('no binding MONITOR') },
    ]);
  });
});

describe('advice at /operator', () => {
  it('is worked out from what was reported', async () => {
    const { send } = await overloaded();
    const { data, errors } = await operate(send, '{ advice { id kind summary remedy table shardKey index { ddl } } }');
    expect(errors).toBeUndefined();
    expect(data.advice).toMatchObject([{ kind: 'CACHE_NEVER_HIT', table: 'Order', index: null }]);
  });
});
