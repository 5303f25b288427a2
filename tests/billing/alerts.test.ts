/** What alerts cost: rows and alarms of the monitor beyond those that counting takes. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { IsolateReport } from '../../src/shards/isolate-report.ts';
import { keyCallsOf, operationOf, shardCallsOf } from '../support/monitor/counts.ts';
import { reportOf } from '../support/monitoring/make-report.ts';
import { MonitorLab } from '../support/monitoring/monitor-lab.ts';

beforeEach(() => {
  for (const level of ['info', 'warn', 'error'] as const) vi.spyOn(console, level).mockReturnValue(undefined);
});

const REPORT_MS = 10_000;
const HOUR_MS = 3_600_000;

const counted = (refused: number): Partial<IsolateReport> => ({
  operations: [operationOf('Orders', {})],
  shards: [shardCallsOf('shard-0', { refused })],
  keys: [keyCallsOf('acme', { operation: 'Orders' })],
});

/** A monitor that is told of as many refused calls each ten seconds. */
class Told {
  readonly lab = new MonitorLab();
  alarms = 0;
  #sequence = 0;

  async anHour(refused: number): Promise<{ readonly rows: number; readonly alarms: number }> {
    const before = { rows: this.lab.rowsWritten, alarms: this.alarms };
    const endMs = this.lab.nowMs + HOUR_MS;
    while (this.lab.nowMs < endMs) {
      this.lab.nowMs += REPORT_MS;
      const report = reportOf('i', ++this.#sequence, this.lab.nowMs, counted(refused));
      await this.lab.run((monitor) => monitor.reportIsolate(report));
      await this.ring(this.lab.nowMs);
    }
    return { rows: this.lab.rowsWritten - before.rows, alarms: this.alarms - before.alarms };
  }

  /** Alarms that are due by then. */
  async ring(untilMs: number): Promise<void> {
    for (let rung = 0; rung < 100 && this.lab.alarmAtMs !== null && this.lab.alarmAtMs <= untilMs; rung++) {
      this.alarms++;
      await this.lab.alarm();
    }
  }

  /** Nothing is reported for as long. Gives the alarms that ring. */
  async quiet(ms: number): Promise<number> {
    const [before, endMs] = [this.alarms, this.lab.nowMs + ms];
    await this.ring(endMs);
    this.lab.nowMs = Math.max(this.lab.nowMs, endMs);
    return this.alarms - before;
  }

  async states(): Promise<string[]> {
    const { alerts } = await this.lab.run((monitor) => monitor.alerts());
    return alerts.map(({ rule, state }) => `${rule} ${state}`);
  }
}

describe('alerts', () => {
  it('take no more alarms than counting does, and at most a row for each look while one fires', async () => {
    const [calm, alarmed] = [new Told(), new Told()];
    const nothing = await calm.anHour(0);
    const firing = await alarmed.anHour(500);
    expect([await calm.states(), await alarmed.states()]).toEqual([[], ['overload FIRING']]);
    // Three looks a minute, whatever is open.
    expect(nothing.alarms).toBeGreaterThanOrEqual(170);
    expect(nothing.alarms).toBeLessThanOrEqual(181);
    expect(Math.abs(firing.alarms - nothing.alarms)).toBeLessThanOrEqual(1);
    expect(firing.rows - nothing.rows).toBeGreaterThan(0);
    // The lab starts the monitor again for each call, so that it stores what is said with each look.
    expect(firing.rows - nothing.rows).toBeLessThanOrEqual(firing.alarms + 10);
  });

  it('set no alarm once nothing is reported, but the one by which an alert that fires is forgotten', async () => {
    const [calm, alarmed] = [new Told(), new Told()];
    await calm.anHour(0);
    await alarmed.anHour(500);
    // One that folds what came last, and one that finds nothing more.
    expect(await calm.quiet(24 * HOUR_MS)).toBeLessThanOrEqual(2);
    expect(await alarmed.quiet(24 * HOUR_MS)).toBeLessThanOrEqual(3);
    expect(await alarmed.states()).toEqual(['overload RESOLVED']);
    expect([calm.lab.alarmAtMs, alarmed.lab.alarmAtMs]).toEqual([null, null]);
    const rows = calm.lab.rowsWritten;
    expect(await calm.quiet(24 * HOUR_MS)).toBe(0);
    expect(calm.lab.rowsWritten).toBe(rows);
  });
});
