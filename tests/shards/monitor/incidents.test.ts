/** What happens to deployments, as isolates and shards report it: each is named with tenant, operation and remedy within a minute. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import demo from '../../../src/schema/model.ts';
import { MIGRATING } from '../../../src/shards/errors.ts';
import type { Counts, IsolateReport, SlowOperation } from '../../../src/shards/isolate-report.ts';
import { NO_LAGS } from '../../../src/shards/lag-histogram.ts';
import type { ShardReport } from '../../../src/shards/shard-report.ts';
import { NO_COUNTS } from '../../../src/shards/tally.ts';
import { slowOf } from '../../support/monitor/advice-facts.ts';
import { countsOf, keyCallsOf, operationOf, shardCallsOf, tableOf } from '../../support/monitor/counts.ts';
import { LabMonitor } from '../../support/monitor/lab-monitor.ts';

beforeEach(() => {
  for (const level of ['info', 'warn', 'error'] as const) vi.spyOn(console, level).mockReturnValue(undefined);
});

const REPORT_MS = 10_000;
const MINUTE_MS = 60_000;

/** Ten seconds of what is usual. */
const USUAL = countsOf({
  operations: [
    operationOf('Orders', { requests: 400, usage: { objectRequests: 40 } }),
    operationOf('PlaceOrder', { kind: 'mutation', requests: 40, usage: { rowsWritten: 300 } }),
  ],
  shards: [shardCallsOf('shard-0', { calls: 80 }), shardCallsOf('shard-1', { calls: 80 })],
  keys: [
    keyCallsOf('acme', { operation: 'PlaceOrder', requests: 30, usage: { rowsWritten: 100, objectRequests: 20 } }),
    keyCallsOf('other', { shard: 'shard-1', operation: 'Orders', requests: 30, usage: { objectRequests: 20 } }),
  ],
  tables: [tableOf('Order', 360, 40)],
});

class Deployment {
  nowMs = Date.UTC(2026, 0, 1);
  readonly monitor = new LabMonitor({
    model: demo,
    now: () => this.nowMs,
    capacity: { warnBytes: 700, planBytes: 850, fullBytes: 1_000 },
  });
  #sequence = 0;

  async report(counts: Counts, parts: { readonly slow?: readonly SlowOperation[]; readonly release?: string } = {}) {
    this.nowMs += REPORT_MS;
    this.#sequence++;
    const sent: IsolateReport = {
      ...{ ...counts, isolate: 'i', sequence: this.#sequence, release: parts.release ?? 'v1' },
      ...{ fromMs: this.nowMs - REPORT_MS, toMs: this.nowMs, documents: [], memoryBytes: 0, slow: parts.slow ?? [] },
    };
    await this.monitor.rpc.reportIsolate(sent);
    await this.monitor.ring();
  }

  async shardReport(parts: Partial<ShardReport['figures']>, late = 0): Promise<void> {
    const counts = Array.from({ length: 14 }, (_, at) => (at === 13 ? late : 0));
    await this.monitor.rpc.report({
      ...{ shard: 'shard-0', atMs: this.nowMs, growth: [], otherGrowth: 0 },
      figures: {
        ...{ liveBytes: 100, level: 'OK', rows: 1, logBytes: 0, restorableSince: 0, lastVersion: 1, migration: null },
        ...{ unpublishedKeys: 0, isolateMemoryBytes: 0, ...parts },
      },
      counts: { life: 'a', invalidationLag: { ...NO_LAGS, counts }, stampPuts: late, audits: [] },
    });
  }

  /** Long enough to know what is usual. */
  async runAsUsual(minutes = 12): Promise<void> {
    await this.shardReport({});
    for (let time = 0; time < minutes * 6; time++) await this.report(USUAL);
  }

  async firing() {
    const { alerts } = await this.monitor.rpc.alerts();
    return alerts.filter(({ state }) => state === 'FIRING');
  }
}

interface Incident {
  readonly counts?: Partial<Counts>;
  readonly slow?: readonly SlowOperation[];
  readonly release?: string;
  readonly shard?: { readonly figures: Partial<ShardReport['figures']>; readonly late?: number };
  readonly rule: string;
  readonly named: Readonly<Record<string, unknown>>;
  readonly remedy: RegExp;
}

const bulk = operationOf('DeleteEvents', { kind: 'mutation', requests: 10, usage: { rowsWritten: 60_000 } });
const acmeBy = (operation: string, parts: object = {}) => keyCallsOf('acme', { operation, requests: 500, ...parts });

const INCIDENTS: Readonly<Record<string, Incident>> = {
  'a hot tenant': {
    counts: { shards: [shardCallsOf('shard-0', { calls: 900, refused: 400 })], keys: [acmeBy('Orders')] },
    ...{ rule: 'overload', named: { shard: 'shard-0', shardKey: 't:acme', operation: 'Orders' } },
    remedy: /limit its requests/,
  },
  'lagging invalidation': {
    shard: { figures: { unpublishedKeys: 9 }, late: 20 },
    ...{ rule: 'invalidation-lag', named: { shardKey: 't:acme', operation: 'PlaceOrder' } },
    remedy: /its consumer is bound/,
  },
  'a bulk that ran away': {
    counts: {
      operations: [...USUAL.operations, bulk],
      keys: [acmeBy('DeleteEvents', { usage: { rowsWritten: 60_000 } })],
    },
    ...{ rule: 'write-surge', named: { shardKey: 't:acme', operation: 'DeleteEvents' }, remedy: /Stop the program/ },
  },
  'a shard that fills': {
    shard: { figures: { liveBytes: 990, level: 'PLAN' } },
    ...{ rule: 'capacity', named: { shard: 'shard-0', shardKey: 't:acme', operation: 'PlaceOrder' } },
    remedy: /Delete or purge rows/,
  },
  'a slow migration': {
    counts: { shards: [shardCallsOf('shard-0', { codes: { [MIGRATING]: 50 } })] },
    ...{ rule: 'migration-slow', named: { shard: 'shard-0', shardKey: 't:acme' }, remedy: /migrate status/ },
  },
  'tokens that fail': {
    counts: {
      operations: [operationOf('Orders', { requests: 400, failed: 300, errors: { UNAUTHENTICATED: 300 } })],
      denials: { UNAUTHENTICATED: 300 },
    },
    ...{ rule: 'authentication', named: { operation: 'Orders' }, remedy: /the issuer has changed its keys/ },
  },
  'a poison message': {
    counts: { queue: { ...NO_COUNTS.queue, batches: 1, messages: 1, deadLettered: 1 } },
    ...{ rule: 'dead-letters', named: { shardKey: 't:acme', operation: 'PlaceOrder' }, remedy: /dead-letters/ },
  },
  'a cold cache': {
    counts: { tables: [tableOf('Order', 20, 380)], keys: [acmeBy('Orders', { usage: { objectRequests: 300 } })] },
    ...{ rule: 'hit-ratio', named: { table: 'Order', shardKey: 't:acme', operation: 'Orders' }, remedy: /warm Order/ },
  },
  'a bad release': {
    counts: {
      operations: [
        operationOf('Orders', {}),
        operationOf('PlaceOrder', {
          ...{ kind: 'mutation', requests: 100, failed: 80, errors: { INTERNAL_SERVER_ERROR: 80 } },
        }),
      ],
    },
    release: 'v2',
    ...{ rule: 'error-rate', named: { shardKey: 't:acme', operation: 'PlaceOrder', release: 'v2' } },
    remedy: /take it back \(npx wrangler rollback\)/,
  },
};

describe('an incident', () => {
  it.each(Object.entries(INCIDENTS))('is named within a minute: %s', async (_, incident) => {
    const deployment = new Deployment();
    await deployment.runAsUsual();
    expect(await deployment.firing()).toEqual([]);
    const beganMs = deployment.nowMs;
    let firing = await deployment.firing();
    while (firing.length === 0 && deployment.nowMs < beganMs + 2 * MINUTE_MS) {
      if (incident.shard)
        await deployment.shardReport(
          incident.shard.figures,
          incident.shard.late && lateBy(deployment, incident, beganMs),
        );
      await deployment.report({ ...USUAL, ...incident.counts }, incident);
      firing = await deployment.firing();
    }
    expect(deployment.nowMs - beganMs).toBeLessThanOrEqual(MINUTE_MS);
    expect(firing).toMatchObject([
      { rule: incident.rule, remedy: expect.stringMatching(incident.remedy), evidence: incident.named },
    ]);
  });

  it('is named within a minute: an index that is missing', async () => {
    const deployment = new Deployment();
    await deployment.runAsUsual(1);
    const needs = { table: 'Order', path: [], equals: ['tenantId', 'note'], ranges: [], order: [], limit: 20 };
    const read = {
      ...{ field: 'orders', needs: [{ ...needs, hasOtherTests: false }], keys: 1, rowsRead: 40_000, rowsReturned: 3 },
      ...{ durationMs: 400, plan: '' },
    };
    const slow = { ...slowOf('OrdersByNote', [read]), atMs: deployment.nowMs };
    await deployment.report(USUAL, { slow: [slow] });
    expect(await deployment.monitor.rpc.advice()).toMatchObject([
      {
        ...{ kind: 'MISSING_INDEX', operation: 'OrdersByNote', shardKey: 't:acme' },
        index: { drizzle: "index('orders_by_note').on(t.tenantId, t.note),", rowsReadThen: 7 },
      },
    ]);
  });
});

/** Counts of a shard only grow. */
const lateBy = ({ nowMs }: Deployment, { shard }: Incident, beganMs: number): number =>
  shard!.late! * (1 + (nowMs - beganMs) / REPORT_MS);
