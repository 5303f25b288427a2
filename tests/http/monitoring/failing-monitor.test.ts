import { createExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createWorker } from '../../../src/index.ts';
import { systemTimers } from '../../../src/lib/timers.ts';
import { bundle } from '../../../src/schema/migrations/index.ts';
import model from '../../../src/schema/model.ts';
import { MonitorClient } from '../../../src/shards/client/monitor-client.ts';
import type { IsolateReport } from '../../../src/shards/isolate-report.ts';
import type { MonitorRpc } from '../../../src/shards/protocol/monitor-rpc.ts';
import { NO_COUNTS } from '../../../src/shards/tally.ts';
import { operationOf } from '../../support/monitoring/make-report.ts';
import { MonitorLab } from '../../support/monitoring/monitor-lab.ts';
import { monitorNamespace } from '../../support/monitoring/monitor-namespace.ts';

/** Ways in which a monitor may fail. */
const FAILURES: Readonly<Record<string, Partial<MonitorRpc>>> = {
  'throws at once': {
    reportIsolate: () => {
      throw new Error('Gone.');
    },
  },
  'is killed in the middle': { reportIsolate: () => Promise.reject(new Error('Network connection lost.')) },
  'has a full database': { reportIsolate: () => Promise.reject(new Error('database or disk is full: SQLITE_FULL')) },
  'never answers': { reportIsolate: () => new Promise(() => {}) },
};

/** Timers that a test lets come due. */
class HeldTimers {
  nowMs = 1_000_000;
  readonly #due: { readonly atMs: number; readonly callback: () => void }[] = [];
  readonly now = () => this.nowMs;
  readonly setTimer = (callback: () => void, delayMs: number) => {
    const timer = { atMs: this.nowMs + delayMs, callback };
    this.#due.push(timer);
    return () => void (this.#due.includes(timer) && this.#due.splice(this.#due.indexOf(timer), 1));
  };

  get waiting(): number {
    return this.#due.length;
  }

  /** As the platform does of an invocation that it ends. */
  forget(): void {
    this.#due.length = 0;
  }

  async pass(ms: number): Promise<void> {
    this.nowMs += ms;
    for (const timer of this.#due.filter(({ atMs }) => atMs <= this.nowMs)) {
      this.#due.splice(this.#due.indexOf(timer), 1);
      timer.callback();
    }
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  }
}

/** A client over a monitor, to which `count` gives requests to tell. */
function clientOf(monitor: Partial<MonitorRpc>) {
  const timers = new HeldTimers();
  let counted = 0;
  const client = new MonitorClient({
    timers,
    isolate: 'isolate',
    take: () => {
      if (counted === 0) return null;
      const operations = [operationOf({ requests: counted })];
      counted = 0;
      return { ...NO_COUNTS, operations, documents: [], slow: [], memoryBytes: 0 };
    },
  });
  const works: Promise<unknown>[] = [];
  const invocation = {
    monitors: monitorNamespace(monitor),
    release: null,
    hasQueue: true,
    waitUntil: (work: Promise<unknown>) => void works.push(work),
  };
  const count = () => {
    counted++;
    client.arm(invocation);
  };
  return { client, timers, works, invocation, count };
}

const requestsIn = (reports: readonly IsolateReport[]) =>
  reports.flatMap(({ operations }) => operations).reduce((sum, { requests }) => sum + requests, 0);

afterEach(() => vi.restoreAllMocks());

describe('a monitor that fails', () => {
  for (const [how, monitor] of Object.entries(FAILURES)) {
    it(`and ${how} fails and delays no request`, async () => {
      vi.spyOn(console, 'warn').mockImplementation(() => {});
      // The moment to report comes at once, and a monitor's patience is at an end soon.
      const setTimer = systemTimers.setTimer.bind(systemTimers);
      vi.spyOn(systemTimers, 'setTimer').mockImplementation((callback, delayMs) =>
        setTimer(callback, delayMs >= 5_000 && delayMs <= 10_000 ? 0 : delayMs),
      );
      const works: Promise<unknown>[] = [];
      const execution = createExecutionContext();
      const held = { waitUntil: (work: Promise<unknown>) => void works.push(work), passThroughOnException: () => {} };
      const { handlers } = createWorker({ model, migrations: bundle, router: { requestDeadlineMs: 20_000 } });
      const bindings = {
        SHARDQL_DEVELOPMENT: 'true',
        SHARD: env.SHOP_SHARD,
        CATALOG: env.SHOP_CATALOG,
        MONITOR: monitorNamespace(monitor),
      };
      for (let time = 0; time < 5; time++) {
        const body = JSON.stringify({ query: '{ tenants { totalCount } }' });
        const headers = { 'content-type': 'application/json' };
        const response = await handlers.fetch(
          new Request('http://127.0.0.1/graphql', { method: 'POST', headers, body }) as never,
          bindings as never,
          { ...execution, ...held } as never,
        );
        expect(response.status).toBe(200);
        expect(await response.json()).not.toHaveProperty('errors');
        // What it was asked to keep alive ends, and nothing of it fails the invocation.
        await Promise.all(works.splice(0));
      }
      const metrics = await handlers.fetch(
        new Request('http://127.0.0.1/metrics') as never,
        bindings as never,
        { ...execution, ...held } as never,
      );
      expect(metrics.status).toBe(200);
      expect(await metrics.text()).toMatch(/^shardql_monitor_up 0$/m);
    });
  }

  it('is told once in ten seconds at most, however many requests there are', async () => {
    const reports: IsolateReport[] = [];
    const { timers, works, count } = clientOf({ reportIsolate: async (report) => void reports.push(report) });
    for (let second = 0; second < 60; second++) {
      for (let time = 0; time < 10; time++) count();
      await timers.pass(1_000);
    }
    expect(reports.length).toBeLessThanOrEqual(6);
    await timers.pass(10_000);
    expect(requestsIn(reports)).toBe(600);
    // One invocation waits at a time.
    expect(works.length).toBeLessThanOrEqual(7);
    expect(timers.waiting).toBe(0);
  });

  it('is told the same again under its number, and what has come meanwhile as one report after it', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const received: IsolateReport[] = [];
    let isDown = true;
    const { timers, count } = clientOf({
      reportIsolate: async (report) => {
        received.push(report);
        if (isDown) throw new Error('Down.');
      },
    });
    for (let minute = 0; minute < 3; minute++) {
      count();
      await timers.pass(15_000);
    }
    expect(received.map(({ sequence }) => sequence)).toEqual([1, 1, 1]);
    isDown = false;
    count();
    await timers.pass(15_000);
    count();
    await timers.pass(15_000);
    expect(received.map(({ sequence }) => sequence)).toEqual([1, 1, 1, 1, 2]);
    expect(requestsIn(received.slice(-2))).toBe(5);
  });

  it('counts a report once whose acknowledgement is lost', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const lab = new MonitorLab();
    let losesAnswers = true;
    const { client, count, invocation } = clientOf({
      reportIsolate: async (report) => {
        await lab.run((monitor) => monitor.reportIsolate(report));
        if (losesAnswers) throw new Error('Network connection lost.');
      },
    });
    count();
    expect(await client.flush(invocation)).toBe(false);
    expect(await client.flush(invocation)).toBe(false);
    losesAnswers = false;
    count();
    expect(await client.flush(invocation)).toBe(true);
    const totals = await lab.run((monitor) => monitor.totals());
    expect(totals.operations.reduce((sum, { requests }) => sum + requests, 0)).toBe(2);
    expect(totals.reports.taken).toBe(2);
  });

  it('gets what was armed for by an invocation that was ended', async () => {
    const reports: IsolateReport[] = [];
    const { timers, count, invocation, client } = clientOf({
      reportIsolate: async (report) => void reports.push(report),
    });
    client.arm({ ...invocation, waitUntil: () => {} });
    timers.forget();
    timers.nowMs += 15_000;
    count();
    await timers.pass(10_000);
    expect(requestsIn(reports)).toBe(1);
  });
});
