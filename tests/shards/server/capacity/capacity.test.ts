import { afterEach, describe, expect, it, vi } from 'vitest';
import { type CapacityReport, toCapacitySettings } from '../../../../src/shards/capacity.ts';
import { Capacity } from '../../../../src/shards/server/capacity/capacity.ts';
import type { ShardKey } from '../../../../src/shards/shard-key.ts';

const settings = toCapacitySettings({ warnBytes: 1e6, planBytes: 2e6, fullBytes: 3e6, reportSeconds: 60 });

function createLab({ bytes = 0, rows = 0 as number | null, lastCommitMs = 0 } = {}) {
  const sql = { databaseSize: bytes };
  const reports: CapacityReport[] = [];
  const clock = { nowMs: 1_000_000 };
  const start = () =>
    new Capacity({
      ...{ sql, settings, countRows: () => rows, lastCommitMs, shard: 's' },
      wallClock: () => clock.nowMs,
      send: (report) => reports.push(report),
    });
  return { sql, reports, clock, start, capacity: start() };
}

const total = (shardKey: string, added = 1, bytes = 0) => ({
  ...{ table: 't', shardKey: shardKey as ShardKey, rows: 1, added, bytes },
  ...{ firstSeq: 1, lastSeq: 1, version: 1 },
});

type Lab = ReturnType<typeof createLab>;

function commit({ capacity, sql }: Lab, growth: number, ...totals: ReturnType<typeof total>[]): void {
  capacity.begin();
  sql.databaseSize += growth;
  capacity.committed(totals);
}

afterEach(() => vi.restoreAllMocks());

describe('reports of a shard', () => {
  it('go with the first commit of each interval, whichever life of the shard makes it', () => {
    const lab = createLab({ lastCommitMs: 1_000_000 });
    for (let second = 0; second < 180; second++) {
      lab.clock.nowMs = 1_000_000 + second * 1_000;
      commit(lab, 1, total('a'));
    }
    expect(lab.reports).toHaveLength(3);
    // A commit in the interval of the last one, in another life.
    const restarted = createLab({ lastCommitMs: lab.clock.nowMs });
    restarted.clock.nowMs = lab.clock.nowMs + 1;
    commit(restarted, 1, total('a'));
    expect(restarted.reports).toEqual([]);
  });

  it('go at once when a level is reached, or the shard has grown by a hundredth of warnBytes', () => {
    const lab = createLab({ lastCommitMs: 1_000_000 });
    commit(lab, 9_999, total('a'));
    expect(lab.reports).toEqual([]);
    commit(lab, 1, total('a'));
    expect(lab.reports).toHaveLength(1);
    expect(lab.reports[0]).toMatchObject({
      shard: 's',
      liveBytes: 10_000,
      rows: 2,
      growth: [['a', 10_000]],
      otherGrowth: 0,
    });
  });

  it('tell by how much rows have grown by shard key, without what the log takes', () => {
    const lab = createLab({ lastCommitMs: 1_000_000 });
    commit(lab, 4_096, total('a', 1, 96));
    commit(lab, 0, total('b', 0, 300));
    commit(lab, -4_000, total('a', -1, 0));
    commit(lab, 20_000, total('c'), total('d'));
    expect(lab.reports[0]!.growth).toEqual([
      ['c', 10_000],
      ['d', 10_000],
      ['b', -300],
      ['a', 0],
    ]);
  });

  it('go when the log was trimmed, as nobody may write to an emptied shard', () => {
    const lab = createLab({ lastCommitMs: 1_000_000, bytes: 500_000 });
    lab.capacity.trimmed(0);
    expect(lab.reports).toEqual([]);
    lab.sql.databaseSize = 100_000;
    lab.capacity.trimmed(0);
    expect(lab.reports).toMatchObject([{ liveBytes: 100_000, growth: [], otherGrowth: 0 }]);
  });

  it('name few shard keys, and sum up the others', () => {
    const lab = createLab({ lastCommitMs: 1_000_000 });
    for (let key = 0; key < 300; key++) commit(lab, 30, total(`k${key}`));
    commit(lab, 20_000, total('k5'));
    const [report] = lab.reports;
    expect(report!.growth).toHaveLength(16);
    expect(report!.growth[0]).toEqual(['k5', 20_030]);
    expect(report!.growth.reduce((sum, [, bytes]) => sum + bytes, report!.otherGrowth)).toBe(29_000);
  });
});

describe('the log line of a threshold', () => {
  it('comes once for each, and again after the shard has shrunk', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const lines = () => warn.mock.calls.splice(0).map(([line]) => JSON.parse(line as string).reached);
    const lab = createLab();
    commit(lab, 1_000_000, total('a'));
    commit(lab, 1, total('a'));
    expect(lines()).toEqual(['WARN']);
    commit(lab, 2_000_000, total('a'));
    expect(lines()).toEqual(['FULL']);
    // At the threshold it goes up and down.
    for (const growth of [-2, 2, -2, 2]) commit(lab, growth, total('a'));
    expect(lines()).toEqual([]);
    commit(lab, -1_000_000, total('a'));
    commit(lab, 1_000_000, total('a'));
    expect(lines()).toEqual(['FULL']);
    // The next life knows that.
    const restarted = createLab({ bytes: lab.sql.databaseSize });
    commit(restarted, 1, total('a'));
    expect(lines()).toEqual([]);
  });
});

describe('the count of rows', () => {
  it('is not known until it was counted, and kept from then on', () => {
    const lab = createLab({ rows: null });
    commit(lab, 1, total('a'));
    expect(lab.capacity.rows).toBeNull();
    lab.capacity.counted(41);
    commit(lab, 1, total('a'));
    commit(lab, 1, total('a', -2));
    expect(lab.capacity.rows).toBe(40);
  });
});
