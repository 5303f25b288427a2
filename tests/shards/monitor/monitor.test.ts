import { describe, expect, it } from 'vitest';
import { quantileOf } from '../../../src/lib/quantile-sketch.ts';
import type { OperationCounts } from '../../../src/shards/isolate-report.ts';
import { OTHER, OTHER_KEYS } from '../../../src/shards/isolate-report.ts';
import { dollarsOf } from '../../../src/shards/prices.ts';
import { keyOf, operationOf, reportOf, sketchOf, usageOf } from '../../support/monitoring/make-report.ts';
import { MonitorLab } from '../../support/monitoring/monitor-lab.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const asked = (operations: readonly OperationCounts[]) => operations.filter(({ kind }) => kind !== 'monitor');
const requestsOf = (operations: readonly OperationCounts[]) =>
  asked(operations).reduce((sum, { requests }) => sum + requests, 0);

describe('the monitor', () => {
  it('keeps what has come through evictions, before and after a fold', async () => {
    const lab = new MonitorLab();
    for (let sequence = 1; sequence <= 3; sequence++) {
      await lab.run((monitor) =>
        monitor.reportIsolate(reportOf('a', sequence, lab.nowMs, { operations: [operationOf()] })),
      );
      lab.nowMs += 10 * SECOND_MS;
    }
    expect(requestsOf((await lab.run((monitor) => monitor.totals())).operations)).toBe(3);
    await lab.alarm();
    await lab.run((monitor) => monitor.reportIsolate(reportOf('a', 4, lab.nowMs, { operations: [operationOf()] })));
    const totals = await lab.run((monitor) => monitor.totals());
    expect(requestsOf(totals.operations)).toBe(4);
    expect(totals.reports).toEqual({ taken: 4, repeated: 0 });
  });

  it('counts a report that comes twice once, whoever has evicted it meanwhile', async () => {
    const lab = new MonitorLab();
    const report = reportOf('a', 1, lab.nowMs, { operations: [operationOf()] });
    await lab.run((monitor) => monitor.reportIsolate(report));
    await lab.run((monitor) => monitor.reportIsolate(report));
    await lab.alarm();
    await lab.run((monitor) => monitor.reportIsolate(report));
    await lab.run((monitor) => monitor.reportIsolate(reportOf('b', 1, lab.nowMs, { operations: [operationOf()] })));
    expect(requestsOf((await lab.run((monitor) => monitor.totals())).operations)).toBe(2);
  });

  it('writes one row per report, and has an alarm only while there is something to fold', async () => {
    const lab = new MonitorLab();
    await lab.run(async () => {});
    expect(lab.alarmAtMs).toBeNull();
    await lab.run((monitor) => monitor.reportIsolate(reportOf('a', 1, lab.nowMs, { operations: [operationOf()] })));
    await lab.alarm();
    const written = lab.rowsWritten;
    await lab.run(async (monitor) => {
      for (let sequence = 2; sequence <= 6; sequence++) {
        await monitor.reportIsolate(reportOf('a', sequence, lab.nowMs, { operations: [operationOf()] }));
      }
    });
    expect(lab.rowsWritten - written).toBe(5);
    await lab.alarm();
    // The totals, a window of each length, one of what the monitor itself has done, and one of what is usual, for alerts.
    expect(lab.rowsWritten - written).toBeLessThanOrEqual(5 + 7);
    // One more, for what may come; and none after it, as nothing has.
    expect(lab.alarmAtMs).not.toBeNull();
    await lab.alarm();
    expect(lab.alarmAtMs).toBeNull();
    for (let time = 0; time < 10; time++) {
      await lab.run((monitor) => monitor.overview());
      await lab.run((monitor) => monitor.series({ fromMs: lab.nowMs - HOUR_MS, toMs: lab.nowMs, stepMs: MINUTE_MS }));
    }
    expect(lab.alarmAtMs).toBeNull();
    expect(await lab.rowsOf('_reports')).toBe(5);
  });

  it('looks every 20 seconds while reports come, however far apart they are', async () => {
    const lab = new MonitorLab();
    const looks: number[] = [];
    const reports = Array.from({ length: 20 }, (_, at) => lab.nowMs + at * 13 * SECOND_MS);
    const endMs = lab.nowMs + 10 * MINUTE_MS;
    for (let sequence = 1; lab.nowMs < endMs; ) {
      const [reportMs, alarmMs] = [reports[sequence - 1] ?? endMs, lab.alarmAtMs ?? endMs];
      lab.nowMs = Math.min(reportMs, alarmMs);
      if (lab.nowMs === endMs) break;
      if (reportMs <= alarmMs) {
        await lab.run((monitor) =>
          monitor.reportIsolate(reportOf('a', sequence, lab.nowMs, { operations: [operationOf()] })),
        );
        sequence++;
      } else {
        looks.push(lab.nowMs);
        await lab.alarm();
      }
    }
    // Each had at least one report to look at, but for the last one, after which there is no alarm.
    expect(looks.slice(1).map((atMs, at) => atMs - looks[at]!)).toEqual(looks.slice(1).map(() => 20 * SECOND_MS));
    expect(looks).toHaveLength(14);
    expect(lab.alarmAtMs).toBeNull();
  });

  it('adds quantiles of all isolates up', async () => {
    const lab = new MonitorLab();
    const [fast, slow] = [sketchOf([1, 2, 3]), sketchOf([100, 200, 300])];
    await lab.run(async (monitor) => {
      await monitor.reportIsolate(
        reportOf('a', 1, lab.nowMs, { operations: [operationOf({ requests: 3, latency: fast })] }),
      );
      await monitor.reportIsolate(
        reportOf('b', 1, lab.nowMs, { operations: [operationOf({ requests: 3, latency: slow })] }),
      );
    });
    const [{ latency }] = asked((await lab.run((monitor) => monitor.totals())).operations) as [OperationCounts];
    expect(latency.count).toBe(6);
    expect(Math.abs(quantileOf(latency, 1)! - 300)).toBeLessThan(3);
    expect(Math.abs(quantileOf(latency, 0.5)! - 3)).toBeLessThan(0.03);
  });

  it('shows the last hour by 10 seconds, the last day by the minute, and 30 days by the hour', async () => {
    const lab = new MonitorLab();
    const beganMs = lab.nowMs;
    for (let hour = 0; hour < 26; hour++) {
      await lab.run((monitor) =>
        monitor.reportIsolate(
          reportOf('a', hour + 1, lab.nowMs, { operations: [operationOf({ requests: hour + 1 })] }),
        ),
      );
      await lab.alarm();
      lab.nowMs = beganMs + (hour + 1) * HOUR_MS;
    }
    const endMs = lab.nowMs;
    const series = (fromMs: number, stepMs: number) =>
      lab.run((monitor) => monitor.series({ fromMs, toMs: endMs, stepMs }));
    const byHour = await series(beganMs, HOUR_MS);
    expect(byHour.points.map(({ requests }) => requests)).toEqual(Array.from({ length: 26 }, (_, hour) => hour + 1));
    const byMinute = await series(endMs - DAY_MS, MINUTE_MS);
    expect(byMinute.points).toHaveLength(24 * 60);
    expect(byMinute.points.reduce((sum, { requests }) => sum + requests, 0)).toBe(
      Array.from({ length: 24 }, (_, hour) => hour + 3).reduce((sum, each) => sum + each, 0),
    );
    const fine = await series(endMs - HOUR_MS, 10 * SECOND_MS);
    expect(fine.points).toHaveLength(360);
    expect(fine.points[0]).toMatchObject({ atMs: endMs - HOUR_MS, requests: 26 });
    // What is older than its level keeps is gone.
    expect(await lab.rowsOf('_windows')).toBeLessThanOrEqual(26 + 25 + 3);
  });

  it('is bounded: the operations that cost most have lines of their own, and all sums are exact', async () => {
    const lab = new MonitorLab();
    const operations = Array.from({ length: 180 }, (_, at) =>
      operationOf({
        hash: `${at}`,
        requests: at + 1,
        usage: usageOf({ rowsWritten: at }),
        failed: 1,
        errors: { CONFLICT: 1 },
      }),
    );
    const keys = Array.from({ length: 180 }, (_, at) => keyOf(`tenant ${at}`, { usage: usageOf({ rowsWritten: at }) }));
    for (let isolate = 0; isolate < 3; isolate++) {
      const its = operations.map((each) => ({ ...each, hash: `${isolate}/${each.hash}` }));
      const theirs = keys.map((each) => ({ ...each, shardKey: `["${isolate}/${each.shardKey}"]` as never }));
      await lab.run((monitor) =>
        monitor.reportIsolate(reportOf(`${isolate}`, 1, lab.nowMs, { operations: its, keys: theirs })),
      );
    }
    await lab.alarm();
    const totals = await lab.run((monitor) => monitor.totals());
    expect(totals.operations.length).toBeLessThan(250);
    expect(totals.keys.length).toBeLessThanOrEqual(102);
    const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
    expect(requestsOf(totals.operations)).toBe(3 * sum(operations.map(({ requests }) => requests)));
    expect(sum(totals.operations.map(({ errors }) => errors.CONFLICT ?? 0))).toBe(3 * 180);
    // The greatest are there, and the least are the rest.
    expect(totals.operations.some(({ hash }) => hash === '2/179')).toBe(true);
    expect(totals.operations.some(({ hash }) => hash === '0/0')).toBe(false);
    expect(totals.operations.some(({ hash }) => hash === OTHER)).toBe(true);
    expect(totals.keys.some(({ shardKey }) => shardKey === OTHER_KEYS)).toBe(true);
    const dollars = sum(totals.operations.map(({ usage }) => dollarsOf(usage)));
    expect(sum(totals.keys.map((key) => key.dollars))).toBeCloseTo(dollars, 12);
    const [first] = await lab.run((monitor) => monitor.keys({ sinceMs: lab.nowMs - MINUTE_MS, first: 1 }));
    expect(first!.usage.rowsWritten).toBe(179);
  });

  it('answers operations in the order that is asked for, with their documents', async () => {
    const lab = new MonitorLab();
    const operations = [
      operationOf({ hash: 'slow', requests: 1, latency: sketchOf([5_000]) }),
      operationOf({ hash: 'frequent', requests: 100, latency: sketchOf(new Array(100).fill(1)) }),
      operationOf({ hash: 'dear', requests: 2, usage: usageOf({ kvPuts: 9 }) }),
      operationOf({ hash: 'failing', requests: 3, failed: 3, errors: { FORBIDDEN: 3 } }),
    ];
    const documents = [{ hash: 'slow', text: '{ products { nodes { name } } }' }];
    await lab.run((monitor) => monitor.reportIsolate(reportOf('a', 1, lab.nowMs, { operations, documents })));
    const first = async (by: 'time' | 'cost' | 'errors' | 'count') =>
      (await lab.run((monitor) => monitor.operations({ sinceMs: lab.nowMs - HOUR_MS, by, first: 1 })))[0]!;
    expect(await first('time')).toMatchObject({ hash: 'slow', document: documents[0]!.text, totalMs: 5_000 });
    expect(await first('count')).toMatchObject({ hash: 'frequent', document: null, roles: { customer: 100 } });
    expect(await first('cost')).toMatchObject({ hash: 'dear' });
    expect(await first('errors')).toMatchObject({ hash: 'failing', errors: { FORBIDDEN: 3 } });
  });

  it('takes a report of a wrong clock as of now', async () => {
    const lab = new MonitorLab();
    await lab.run((monitor) =>
      monitor.reportIsolate(reportOf('a', 1, lab.nowMs + DAY_MS, { operations: [operationOf()] })),
    );
    const { points } = await lab.run((monitor) =>
      monitor.series({ fromMs: lab.nowMs, toMs: lab.nowMs + 10 * SECOND_MS, stepMs: 10 * SECOND_MS }),
    );
    expect(points.map(({ requests }) => requests)).toEqual([1]);
  });
});
