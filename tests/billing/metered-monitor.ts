import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import type { IsolateReport } from '../../src/shards/isolate-report.ts';
import { createMonitorClass } from '../../src/shards/monitor/monitor.ts';
import type { MonitorTotals } from '../../src/shards/monitor-series.ts';
import type { MonitoredShard, MonitorRpc } from '../../src/shards/protocol/monitor-rpc.ts';
import type { ShardReport } from '../../src/shards/shard-report.ts';
import { MeteredSql } from './metered-sql.ts';

type MonitorObject = InstanceType<ReturnType<typeof createMonitorClass>>;

/** The monitor over storage that counts rows. It starts again for each call, as if it had slept. */
export class MeteredMonitor
  implements
    Pick<
      MonitorRpc,
      'report' | 'reportIsolate' | 'shards' | 'overview' | 'series' | 'operations' | 'keys' | 'slowOperations'
    >
{
  /** Counted apart: shards report by what they write, whoever asks. */
  reports = 0;
  isolateReports = 0;
  /** Calls of operators. */
  calls = 0;
  /** Rows that were read for them. */
  rowsRead = 0;
  readonly #name = `monitor-${crypto.randomUUID()}`;
  readonly #MonitorClass = createMonitorClass();

  async reportIsolate(report: IsolateReport): Promise<void> {
    this.isolateReports++;
    await this.#inside(async (monitor) => monitor.reportIsolate(structuredClone(report)));
  }

  async overview(): Promise<{ shards: readonly MonitoredShard[]; totals: MonitorTotals }> {
    return await this.#asked((monitor) => monitor.overview());
  }

  async report(report: ShardReport): Promise<void> {
    this.reports++;
    await this.#inside(async (monitor) => monitor.report(structuredClone(report)));
  }

  async shards(): Promise<readonly MonitoredShard[]> {
    return await this.#asked((monitor) => monitor.shards());
  }

  readonly series: MonitorRpc['series'] = (asked) => this.#asked((monitor) => monitor.series(asked));
  readonly operations: MonitorRpc['operations'] = (asked) => this.#asked((monitor) => monitor.operations(asked));
  readonly keys: MonitorRpc['keys'] = (asked) => this.#asked((monitor) => monitor.keys(asked));
  readonly slowOperations: MonitorRpc['slowOperations'] = (asked) =>
    this.#asked((monitor) => monitor.slowOperations(asked));

  /** A question of operators. */
  async #asked<T>(question: (monitor: MonitorObject) => Promise<T>): Promise<T> {
    this.calls++;
    const { answer, rowsRead } = await this.#inside(question);
    this.rowsRead += rowsRead;
    return structuredClone(answer);
  }

  async #inside<T>(work: (monitor: MonitorObject) => Promise<T>): Promise<{ answer: T; rowsRead: number }> {
    return await runInDurableObject(env.LAB.getByName(this.#name), async (_, state) => {
      const { storage } = state;
      const sql = new MeteredSql();
      sql.meter(state, () => {});
      try {
        const answer = await work(new this.#MonitorClass(state, {}));
        return { answer, rowsRead: sql.rows.read };
      } finally {
        Object.defineProperty(state, 'storage', { value: storage, configurable: true });
      }
    });
  }
}
