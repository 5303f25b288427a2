import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import model from '../../src/schema/model.ts';
import type { IsolateReport } from '../../src/shards/isolate-report.ts';
import { createMonitorClass } from '../../src/shards/monitor/monitor.ts';
import type { MonitorTotals } from '../../src/shards/monitor-series.ts';
import type { MonitoredShard, MonitorRpc } from '../../src/shards/protocol/monitor-rpc.ts';
import type { ShardReport } from '../../src/shards/shard-report.ts';
import { MeteredSql } from './metered-sql.ts';
import type { VirtualTime } from './virtual-time.ts';

type MonitorObject = InstanceType<ReturnType<typeof createMonitorClass>>;

/** The monitor over storage that counts rows, with alarms of its own. It starts again for each call, as if it had slept. */
export class MeteredMonitor
  implements
    Pick<
      MonitorRpc,
      'report' | 'reportIsolate' | 'shards' | 'overview' | 'series' | 'operations' | 'keys' | 'slowOperations'
    >
{
  /** Counted apart: shards report by what they write, whoever asks, and isolates once in ten seconds. */
  reports = 0;
  isolateReports = 0;
  /** Calls of operators. */
  calls = 0;
  /** Rows that were read for them. */
  rowsRead = 0;
  alarms = 0;
  /** Of all that it does. Alarms that are set count. */
  rowsWritten = 0;
  readonly #name = `monitor-${crypto.randomUUID()}`;
  readonly #time: VirtualTime;
  readonly #MonitorClass: ReturnType<typeof createMonitorClass>;
  #alarm: { readonly atMs: number; readonly cancel: () => void } | null = null;

  constructor(time: VirtualTime) {
    this.#time = time;
    this.#MonitorClass = createMonitorClass({ model, now: time.now });
  }

  async report(report: ShardReport): Promise<void> {
    this.reports++;
    await this.#inside((monitor) => monitor.report(structuredClone(report)));
  }

  async reportIsolate(report: IsolateReport): Promise<void> {
    this.isolateReports++;
    await this.#inside((monitor) => monitor.reportIsolate(structuredClone(report)));
  }

  async shards(): Promise<readonly MonitoredShard[]> {
    return await this.#ask((monitor) => monitor.shards());
  }

  async overview(): Promise<{ shards: readonly MonitoredShard[]; totals: MonitorTotals }> {
    return await this.#ask((monitor) => monitor.overview());
  }

  readonly series: MonitorRpc['series'] = (asked) => this.#ask((monitor) => monitor.series(asked));
  readonly operations: MonitorRpc['operations'] = (asked) => this.#ask((monitor) => monitor.operations(asked));
  readonly keys: MonitorRpc['keys'] = (asked) => this.#ask((monitor) => monitor.keys(asked));
  readonly slowOperations: MonitorRpc['slowOperations'] = (asked) =>
    this.#ask((monitor) => monitor.slowOperations(asked));

  async #ask<T>(question: (monitor: MonitorObject) => Promise<T>): Promise<T> {
    this.calls++;
    const { answer, rowsRead } = await this.#inside(question);
    this.rowsRead += rowsRead;
    return structuredClone(answer);
  }

  async #inside<T>(work: (monitor: MonitorObject) => Promise<T>): Promise<{ answer: T; rowsRead: number }> {
    const monitor = env.LAB.getByName(this.#name);
    return await this.#time.during(() =>
      runInDurableObject(monitor, async (_, state) => {
        const { storage } = state;
        const sql = new MeteredSql();
        sql.meter(state, () => {}, {
          setAlarm: async (at: number | Date) => this.#setAlarm(Number(at)),
          getAlarm: async () => this.#alarm?.atMs ?? null,
        });
        try {
          const answer = await work(new this.#MonitorClass(state, {}));
          this.rowsWritten += sql.rows.written;
          return { answer, rowsRead: sql.rows.read };
        } finally {
          Object.defineProperty(state, 'storage', { value: storage, configurable: true });
        }
      }),
    );
  }

  #setAlarm(atMs: number): void {
    this.rowsWritten++;
    this.#alarm?.cancel();
    const cancel = this.#time.at(atMs, this, async () => {
      this.#alarm = null;
      this.alarms++;
      await this.#inside((monitor) => monitor.alarm());
    });
    this.#alarm = { atMs, cancel };
  }
}
