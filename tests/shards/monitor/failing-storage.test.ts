import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { slowOf } from '../../support/monitor/advice-facts.ts';
import { operationOf, reportOf } from '../../support/monitoring/make-report.ts';
import { MonitorLab } from '../../support/monitoring/monitor-lab.ts';

const HOUR_MS = 3_600_000;

let lab: MonitorLab;
beforeEach(() => {
  lab = new MonitorLab();
});
afterEach(() => {
  lab.fails = () => false;
});

/** Lets the statement of this number among those that write to a table fail, once. */
function failOnce(table: string, number = 1): void {
  let left = number;
  lab.fails = (text) => /^(INSERT|DELETE)/.test(text) && text.includes(table) && left-- === 1;
}

type Monitor = Parameters<Parameters<MonitorLab['run']>[0]>[0];

async function requestsOf(monitor: Monitor) {
  const { operations, reports } = await monitor.totals();
  const sum = (isMonitor: boolean) =>
    operations
      .filter(({ kind }) => (kind === 'monitor') === isMonitor)
      .reduce((total, { requests }) => total + requests, 0);
  const fromMs = lab.nowMs - 24 * HOUR_MS;
  const { points } = await monitor.series({ fromMs, toMs: lab.nowMs + HOUR_MS, stepMs: HOUR_MS });
  const series = points.reduce((total, { requests }) => total + requests, 0);
  return { asked: sum(false), watched: sum(true), series, taken: reports.taken };
}

describe('a fold that fails half-way', () => {
  it.each([
    ['_windows', 1],
    ['_windows', 3],
    ['_totals', 1],
    ['_totals', 2],
  ])('loses and doubles nothing: %s, statement %i', async (table, number) => {
    await lab.run(async (monitor) => {
      for (let sequence = 1; sequence <= 4; sequence++) {
        await monitor.reportIsolate(reportOf('a', sequence, lab.nowMs, { operations: [operationOf()] }));
        failOnce(table, number);
        await expect(monitor.alarm()).rejects.toThrow('takes nothing more');
        lab.nowMs += HOUR_MS;
      }
      const counted = { asked: 4, series: 4, taken: 4 };
      expect(await requestsOf(monitor)).toMatchObject(counted);
      await monitor.alarm();
      expect(await requestsOf(monitor)).toEqual({ ...counted, watched: 4 });
    });
    expect(await lab.run(requestsOf)).toEqual({ asked: 4, watched: 4, series: 4, taken: 4 });
  });

  it('is made good after an eviction', async () => {
    await lab.run(async (monitor) => {
      for (let sequence = 1; sequence <= 3; sequence++) {
        await monitor.reportIsolate(reportOf('a', sequence, lab.nowMs, { operations: [operationOf()] }));
      }
      failOnce('_totals');
      await expect(monitor.alarm()).rejects.toThrow('takes nothing more');
    });
    await lab.run((monitor) => monitor.reportIsolate(reportOf('a', 4, lab.nowMs, { operations: [operationOf()] })));
    await lab.run((monitor) => monitor.alarm());
    expect(await lab.run(requestsOf)).toEqual({ asked: 4, watched: 4, series: 4, taken: 4 });
  });

  it('keeps nobody from being alerted', async () => {
    await lab.run(async (monitor) => {
      const operations = [operationOf({ requests: 1_000, failed: 1_000, errors: { INTERNAL_SERVER_ERROR: 1_000 } })];
      for (let sequence = 1; sequence <= 6; sequence++) {
        await monitor.reportIsolate(reportOf('a', sequence, lab.nowMs, { operations }));
        failOnce('_totals');
        await expect(monitor.alarm()).rejects.toThrow('takes nothing more');
        lab.nowMs += 20_000;
      }
      expect((await monitor.alerts()).alerts.map(({ rule }) => rule)).toContain('error-rate');
      // Of its own events, too, each counts once.
      lab.fails = () => false;
      await monitor.alarm();
      expect((await monitor.totals()).events['alert-firing']).toBe(1);
    });
  });
});

describe('a report that cannot be stored', () => {
  it.each(['_reports', '_documents', '_slow'])('comes again as a whole: %s', async (table) => {
    const report = reportOf('a', 1, lab.nowMs, {
      operations: [operationOf()],
      documents: [{ hash: 'aaaaaaaaaaaaaaaa', text: '{ products }' }],
      slow: [slowOf('Products', [])],
    });
    const sinceMs = lab.nowMs - 60_000;
    const look = async (monitor: Monitor) => ({
      ...(await requestsOf(monitor)),
      documents: (await monitor.operations({ sinceMs, by: 'count', first: 9 })).map(({ document }) => document),
      slow: (await monitor.slowOperations({ first: 9 })).length,
    });
    const nothing = { asked: 0, watched: 0, series: 0, taken: 0, documents: [], slow: 0 };
    const all = { asked: 1, watched: 0, series: 1, taken: 1, documents: ['{ products }'], slow: 1 };
    await lab.run(async (monitor) => {
      failOnce(table);
      await expect(monitor.reportIsolate(report)).rejects.toThrow('takes nothing more');
      expect(await look(monitor)).toEqual(nothing);
      await monitor.reportIsolate(report);
      expect(await look(monitor)).toEqual(all);
    });
    expect(await lab.run(look)).toEqual(all);
  });
});
