import { describe, expect, it } from 'vitest';
import { toCapacitySettings } from '../../../../src/shards/capacity.ts';
import { NO_LAGS } from '../../../../src/shards/lag-histogram.ts';
import { LogSize } from '../../../../src/shards/server/reporting/log-size.ts';
import { ShardReporter } from '../../../../src/shards/server/reporting/shard-reporter.ts';
import type { ShardKey } from '../../../../src/shards/shard-key.ts';
import type { ShardReport } from '../../../../src/shards/shard-report.ts';

const T0 = 1_000_000;

function createLab({ bytes = 0, lastCommitMs = T0, warnBytes = 1e6 } = {}) {
  const settings = toCapacitySettings({ warnBytes, planBytes: warnBytes, reportSeconds: 60 });
  const reports: ShardReport[] = [];
  const lab = { bytes, nowMs: T0, puts: 0 };
  const reporter = new ShardReporter({
    ...{ shard: 's', settings, lastCommitMs },
    wallClock: () => lab.nowMs,
    liveBytes: () => lab.bytes,
    read: () => ({
      figures: {
        ...{ liveBytes: lab.bytes, level: 'OK', rows: 2, logBytes: 0, restorableSince: 0 },
        ...{ lastVersion: 1, migration: null, unpublishedKeys: 0, isolateMemoryBytes: 0 },
      },
      counts: { life: 'a', invalidationLag: NO_LAGS, stampPuts: lab.puts, audits: [] },
    }),
    send: (report) => reports.push(report),
  });
  return Object.assign(lab, { reports, reporter });
}

const total = (shardKey: string, bytes = 0) => ({
  ...{ table: 't', shardKey: shardKey as ShardKey, rows: 1, added: 1, bytes },
  ...{ firstSeq: 1, lastSeq: 1, version: 1 },
});

type Lab = ReturnType<typeof createLab>;

function commit(lab: Lab, grownBytes: number, ...totals: ReturnType<typeof total>[]): void {
  lab.bytes += grownBytes;
  lab.reporter.committed(totals, { grownBytes, isHigher: false, isUnpublished: false });
}

const commitUnpublished = (lab: Lab, isHigher = false) =>
  lab.reporter.committed([total('a')], { grownBytes: 0, isHigher, isUnpublished: true });

describe('reports of a shard', () => {
  it('go with the first commit of each interval, whichever life of the shard makes it', () => {
    const lab = createLab({ lastCommitMs: T0 });
    for (let second = 0; second < 180; second++) {
      lab.nowMs = T0 + second * 1_000;
      commit(lab, 1, total('a'));
    }
    expect(lab.reports).toHaveLength(3);
    // A commit in the interval of the last one, in another life.
    const restarted = createLab({ lastCommitMs: lab.nowMs });
    restarted.nowMs = lab.nowMs + 1;
    commit(restarted, 1, total('a'));
    expect(restarted.reports).toEqual([]);
  });

  it('go at once when the shard has grown by a hundredth of warnBytes', () => {
    const lab = createLab({ lastCommitMs: T0 });
    commit(lab, 9_999, total('a'));
    expect(lab.reports).toEqual([]);
    commit(lab, 1, total('a'));
    expect(lab.reports).toHaveLength(1);
    expect(lab.reports[0]).toMatchObject({
      shard: 's',
      figures: { liveBytes: 10_000 },
      growth: [['a', 10_000]],
      otherGrowth: 0,
    });
  });

  it('tell by how much rows have grown by shard key, without what the log takes', () => {
    const lab = createLab({ lastCommitMs: T0 });
    commit(lab, 4_096, total('a', 96));
    commit(lab, 0, total('b', 300));
    commit(lab, -4_000, total('a'));
    commit(lab, 20_000, total('c'), total('d'));
    expect(lab.reports[0]!.growth).toEqual([
      ['c', 10_000],
      ['d', 10_000],
      ['b', -300],
      ['a', 0],
    ]);
  });

  it('go when the log was trimmed, as nobody may write to an emptied shard', () => {
    const lab = createLab({ lastCommitMs: T0, bytes: 500_000 });
    lab.reporter.trimmed(false);
    expect(lab.reports).toEqual([]);
    lab.bytes = 100_000;
    lab.reporter.trimmed(false);
    expect(lab.reports).toMatchObject([{ figures: { liveBytes: 100_000 }, growth: [], otherGrowth: 0 }]);
  });

  it('name few shard keys, and sum up the others', () => {
    const lab = createLab({ lastCommitMs: T0 });
    for (let key = 0; key < 300; key++) commit(lab, 30, total(`k${key}`));
    commit(lab, 20_000, total('k5'));
    const [report] = lab.reports;
    expect(report!.growth).toHaveLength(16);
    expect(report!.growth[0]).toEqual(['k5', 20_030]);
    expect(report!.growth.reduce((sum, [, bytes]) => sum + bytes, report!.otherGrowth)).toBe(29_000);
  });

  it('are never further from the truth than a twentieth, or a quarter of a mebibyte', () => {
    const lab = createLab({ warnBytes: 7e9 });
    for (let commits = 0; commits < 10_000; commits++) {
      commit(lab, 4_096, total('a'));
      const told = lab.reports.at(-1)?.figures.liveBytes ?? 0;
      expect(lab.bytes - told).toBeLessThan(Math.max(lab.bytes / 20, 256 * 1_024));
    }
    expect(lab.reports.length).toBeLessThan(80);
  });

  it('wait until what is unpublished is published, and have the puts', () => {
    const lab = createLab({ lastCommitMs: 0 });
    commitUnpublished(lab);
    expect(lab.reports).toEqual([]);
    lab.puts = 1;
    lab.reporter.published({ puts: 1, late: 0 });
    lab.reporter.published({ puts: 1, late: 0 });
    expect(lab.reports).toMatchObject([{ counts: { stampPuts: 1 } }]);
  });

  it('do not wait longer than until the next is due, nor when a level is reached', () => {
    const lab = createLab({ lastCommitMs: 0 });
    commitUnpublished(lab);
    lab.nowMs += 60_000;
    commitUnpublished(lab);
    expect(lab.reports).toHaveLength(1);
    lab.nowMs += 60_000;
    commitUnpublished(lab, true);
    expect(lab.reports).toHaveLength(2);
  });

  it('go once for what a life before has left unpublished', () => {
    const lab = createLab();
    lab.reporter.published({ puts: 0, late: 0 });
    expect(lab.reports).toEqual([]);
    lab.reporter.published({ puts: 1, late: 0 });
    lab.reporter.published({ puts: 2, late: 0 });
    expect(lab.reports).toHaveLength(1);
  });

  it('go before the interval is over while changes are published late, as often as the monitor looks, and once more after', () => {
    const lab = createLab();
    const publish = (seconds: number, late: number) => {
      lab.nowMs = T0 + seconds * 1_000;
      lab.reporter.published({ puts: 1 + late, late });
      return lab.reports.length;
    };
    expect(publish(0, 0)).toBe(1);
    // Two that were late may be chance.
    expect(publish(21, 2)).toBe(1);
    expect(publish(22, 3)).toBe(2);
    expect(publish(30, 20)).toBe(2);
    expect(publish(42, 25)).toBe(3);
    expect(publish(50, 25)).toBe(3);
    expect(publish(62, 25)).toBe(4);
    for (let second = 63; second < 600; second++) publish(second, 25);
    expect(lab.reports).toHaveLength(4);
  });
});

describe('the size of the log', () => {
  const row = (lastSeq: number) => ({ ...total('a', 100), firstSeq: lastSeq, lastSeq });

  it('is what was measured and what commits have added since', () => {
    const size = new LogSize(10);
    const measured = { bytes: 1_000, measuredSeq: 10 };
    expect(size.bytes(measured)).toBe(1_000);
    size.committed([row(11), row(12), row(13), row(14)]);
    expect(size.bytes(measured)).toBe(1_400);
    // Three of the four are in it now.
    expect(size.bytes({ bytes: 1_300, measuredSeq: 13 })).toBe(1_400);
    expect(size.bytes({ bytes: 1_300, measuredSeq: 13 })).toBe(1_400);
    // All are, and most of them were trimmed.
    expect(size.bytes({ bytes: 100, measuredSeq: 14 })).toBe(100);
  });
});
