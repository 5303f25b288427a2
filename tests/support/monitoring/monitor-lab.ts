import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import model from '../../../src/schema/model.ts';
import { createMonitorClass } from '../../../src/shards/monitor/monitor.ts';
import { MeteredSql } from '../../billing/metered-sql.ts';

type MonitorObject = InstanceType<ReturnType<typeof createMonitorClass>>;

/** A monitor over real storage, whose time and alarms a test holds. It is evicted after each run: it knows what it has stored. */
export class MonitorLab {
  nowMs = Date.UTC(2026, 0, 1);
  /** When the alarm is due; null: none is set. */
  alarmAtMs: number | null = null;
  rowsWritten = 0;
  /** Is asked before each statement whether it fails. */
  fails: (text: string) => boolean = () => false;
  readonly #name = `monitor-${crypto.randomUUID()}`;
  readonly #MonitorClass = createMonitorClass({ model, now: () => this.nowMs });

  async run<T>(work: (monitor: MonitorObject) => Promise<T>): Promise<T> {
    return await runInDurableObject(env.LAB.getByName(this.#name), async (_, state) => {
      const { storage } = state;
      const sql = new MeteredSql();
      const onStatement = (text: string) => {
        if (this.fails(text)) throw new Error('The storage takes nothing more.');
      };
      sql.meter(state, onStatement, {
        setAlarm: async (at: number) => {
          this.alarmAtMs = Number(at);
        },
        getAlarm: async () => this.alarmAtMs,
      });
      try {
        return await work(new this.#MonitorClass(state, {}));
      } finally {
        this.rowsWritten += sql.rows.written;
        Object.defineProperty(state, 'storage', { value: storage, configurable: true });
      }
    });
  }

  /** Time passes until the alarm, which runs. */
  async alarm(): Promise<void> {
    if (this.alarmAtMs === null) throw new Error('Expected an alarm, but got none.');
    this.nowMs = Math.max(this.nowMs, this.alarmAtMs);
    this.alarmAtMs = null;
    await this.run((monitor) => monitor.alarm());
  }

  /** Bytes of the longest text of a column. */
  async longestOf(table: string, column: string): Promise<number> {
    return await runInDurableObject(env.LAB.getByName(this.#name), (_, { storage }) =>
      Number(storage.sql.exec(`SELECT max(octet_length(${column})) AS bytes FROM ${table}`).one().bytes),
    );
  }

  /** How many rows its tables have. */
  async rowsOf(table: string): Promise<number> {
    return await runInDurableObject(env.LAB.getByName(this.#name), (_, { storage }) =>
      Number(storage.sql.exec(`SELECT count(*) AS rows FROM ${table}`).one().rows),
    );
  }
}
