import { spawn } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cpuTimeMs } from '../../bench/measure/cpu-time.ts';
import { median } from '../../bench/measure/median.ts';
import { findDescendants, parseStat } from '../../bench/measure/process-tree.ts';
import { sharesOf } from '../../bench/profile/cpu-profile.ts';
import { describeGoals, describeStartupGoals } from '../../bench/report/goals.ts';
import { markdownTable } from '../../bench/report/markdown-table.ts';
import { readQuestion } from '../../bench/report/question.ts';
import { withRatios } from '../../bench/report/ratios.ts';
import { describeBackup, describePastReads } from '../../bench/report/recovery-goals.ts';

const ON_LINUX = process.platform === 'linux';

describe.runIf(ON_LINUX)('CPU time', () => {
  /** A process that answers each line with the CPU time that it measured itself, after using about as many milliseconds. */
  const SOURCE = `process.stdin.on('data', (line) => {
    const before = process.cpuUsage();
    const used = () => { const { user, system } = process.cpuUsage(before); return (user + system) / 1000; };
    while (used() < Number(line));
    process.stdout.write(String(used()));
  })`;

  it('is what the process itself counts, all threads together', async () => {
    const child = spawn(process.execPath, ['-e', SOURCE], { stdio: ['pipe', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill());
    const burn = (ms: number) =>
      new Promise<number>((resolve) => {
        child.stdout.once('data', (text) => resolve(Number(text)));
        child.stdin.write(String(ms));
      });
    await burn(1);
    const before = cpuTimeMs(child.pid!);
    const ownCount = await burn(150);
    const counted = cpuTimeMs(child.pid!) - before;
    expect(counted).toBeGreaterThan(ownCount * 0.9);
    expect(counted).toBeLessThan(ownCount * 1.5 + 20);
  });

  it('is asked of descendants by their name, however deep', async () => {
    const child = spawn('sh', ['-c', 'sh -c "sleep 30; true"; true']);
    onTestFinished(() => {
      for (const pid of findDescendants(process.pid, 'sleep')) process.kill(pid);
    });
    await expect.poll(() => findDescendants(child.pid!, 'sleep')).toHaveLength(1);
    expect(findDescendants(child.pid!, 'workerd')).toEqual([]);
    expect(findDescendants(findDescendants(child.pid!, 'sleep')[0]!, 'sleep')).toEqual([]);
  });

  it('reads names with spaces and parentheses', () => {
    expect(parseStat('12 (a) (b c) S 7 12 12 0')).toEqual({ name: 'a) (b c', parent: 7 });
  });
});

describe('median', () => {
  it.each([
    [[3], 3],
    [[9, 1, 5], 5],
    [[10, 2, 4, 100], 7],
  ])('of %j is %d', (values, expected) => expect(median(values)).toBe(expected));

  it('of nothing is refused', () => expect(() => median([])).toThrow('Expected at least one value'));
});

describe('the report', () => {
  const figures = (name: string, ...cpuMsOfRounds: readonly number[]) => ({
    name,
    title: name,
    requestsPerSecond: 1,
    p50Ms: 1,
    p99Ms: 1,
    cpuMs: median(cpuMsOfRounds),
    cpuMsOfRounds,
    requestsPerSecondOfRounds: cpuMsOfRounds.map((cpuMs) => 1_000 / cpuMs),
    refused: 0,
  });

  const nothing = { rows: [], work: [], import: { cpuMsPerReview: 1 } };

  it('relates each figure to the floors, and only a workload to its own plan', () => {
    const rows = withRatios([figures('plain', 0.1), figures('plan-W1', 0.2), figures('W1', 0.5), figures('W2', 0.6)]);
    expect(rows.map(({ ratios }) => ratios)).toEqual([
      { toPlain: 1, toPointRead: null, toPlan: null },
      { toPlain: 2, toPointRead: null, toPlan: null },
      { toPlain: 5, toPointRead: null, toPlan: 2.5 },
      { toPlain: expect.closeTo(6), toPointRead: null, toPlan: null },
    ]);
  });

  it('takes ratios round by round, so that a slow round does not count', () => {
    const [, row] = withRatios([figures('plain', 1, 10, 1), figures('W2', 3, 30, 20)]);
    expect(row?.ratios.toPlain).toBe(3);
  });

  it('says of each goal that was measured whether it is held', () => {
    const rows = [figures('plan-W1', 1), figures('W1', 2.3), figures('plan-W3', 1), figures('W3', 2.4)];
    expect(describeGoals({ ...nothing, rows })).toEqual([
      expect.stringMatching(/^goal W1: .* 2\.30 ×, missed$/),
      expect.stringMatching(/^goal W3: .* 2\.40 ×, held$/),
    ]);
    expect(describeGoals({ ...nothing, rows: [figures('W1', 1), figures('W12', 1), figures('W13', 1)] })).toEqual([]);
  });

  it('holds writes against other writes, round by round, and rows created in bulk against imported ones', () => {
    const rows = [
      figures('W6', 1, 10, 1),
      figures('W12', 1.2, 12, 2),
      figures('set-W13', 1),
      figures('W13', 1.06),
      figures('W10', 900),
    ];
    expect(describeGoals({ rows, work: [], import: { cpuMsPerReview: 0.05 } })).toEqual([
      expect.stringMatching(/^goal W12: .* 1\.20 ×, held$/),
      expect.stringMatching(/^goal W13: .* 1\.06 ×, missed$/),
      expect.stringMatching(/^goal W10: .* 1\.80 ×, held$/),
    ]);
  });

  it('holds writers of the same rows against others, round by round, and what is not cached yet against STRONG', () => {
    const rows = [
      figures('W6-even', 1, 10, 1),
      { ...figures('W6-zipf', 1.25, 10, 1.25), refused: 0.015 },
      figures('W1', 1),
      figures('W1-unread', 1.2),
      figures('W1-unread-far', 1.3),
    ];
    expect(describeGoals({ ...nothing, rows })).toEqual([
      expect.stringMatching(/^goal W1-unread: .* 1\.20 ×, held$/),
      expect.stringMatching(/^goal W1-unread-far: .* 1\.30 ×, missed$/),
      expect.stringMatching(/^goal W6-zipf: .* 0\.80 ×, 1\.5 % and 0\.0 % of all refused, missed$/),
    ]);
  });

  it('holds memory hits against the strong list, and what they ask of shards and KV', () => {
    const rows = [figures('L3', 3), figures('C3', 1)];
    const none = { rpcs: 0, kvGets: 0, kvKeys: 0, kvPuts: 0 };
    const work = [
      { ...none, name: 'C3', rpcs: 0.01 },
      { ...none, name: 'C3-kv', kvGets: 1, kvKeys: 2 },
      { ...none, name: 'L3', rpcs: 1 },
      { ...none, name: 'W11', rpcs: 1 },
    ];
    expect(describeGoals({ ...nothing, rows, work })).toEqual([
      expect.stringMatching(/^goal C3: .* L3: 3\.00 ×, held$/),
      expect.stringMatching(/^goal C3-kv: .*, held$/),
      expect.stringMatching(/^goal C3: .* 0\.01, missed$/),
      expect.stringMatching(/^goal W11: .* 1\.00, held$/),
    ]);
  });

  it('counts loading to the first answer', () => {
    const row = { listensMs: 0, shardsReadyMs: 900, tablesMadeMs: 900, gzippedBytes: 499_999 };
    const rows = [
      { ...row, tables: 6, loadMs: 20, firstAnswerMs: 31 },
      { ...row, tables: 100, loadMs: 150, firstAnswerMs: 100, gzippedBytes: 500_001 },
    ];
    expect(describeStartupGoals(rows)).toEqual([
      expect.stringMatching(/^goal start-up, 6 tables: .* 51 ms, missed$/),
      expect.stringMatching(/^goal start-up, 100 tables: .* 250 ms, held$/),
      expect.stringMatching(/^goal bundle: .*, missed$/),
    ]);
  });

  it('states the question and the non-goals, and nothing else of the README', () => {
    const text = readQuestion();
    expect(text).toMatch(/^Question\n/);
    expect(text).toContain('\nNon-goals\n');
    expect(text).not.toContain('How to run');
  });

  it('lines columns up', () => {
    expect(
      markdownTable(
        ['name', 'n'],
        [
          ['a', '10'],
          ['longer', '2'],
        ],
      ),
    ).toBe(['| name   |  n |', '|--------|---:|', '| a      | 10 |', '| longer |  2 |'].join('\n'));
  });
});

describe('the report of recovery', () => {
  it('holds each read of the past against what a change may take, and many changes against few', () => {
    const at = (changes: number, microsPerChange: number) => ({
      title: 'a table',
      changes,
      microsPerChange,
      wallMs: 20,
    });
    expect(describePastReads([at(1_000, 6), at(50_000, 9.5)])).toEqual([
      'goal @asOf, a table: at most 10 µs per change: 6.0 µs at 1,000 (20.0 ms), 9.5 µs at 50,000 (20.0 ms), held',
      'goal @asOf, a table: linear: a change of many takes at most 1.5 × one of few: 1.58 ×, missed',
    ]);
  });

  it('says megabytes a second of the files, and what the server took of it', () => {
    const run = (seconds: number) => ({ seconds, serverSeconds: 1 });
    const speed = { bytes: 150e6, backup: run(3), again: run(0.5), verify: { seconds: 2 }, restore: run(10) };
    expect(describeBackup(speed)).toEqual([
      'goal backup: at least 50 MB/s: 50.0 MB/s (3.0 s for 150 MB, in which the server took 1.0 s of CPU), held',
      'goal backup restore: at least 50 MB/s: 15.0 MB/s (10.0 s for 150 MB, in which the server took 1.0 s of CPU), missed',
      'backup with nothing to copy: 0.5 s; backup verify: 2.0 s',
    ]);
  });
});

describe('shares of a CPU profile', () => {
  const node = (id: number, functionName: string, children: number[] = []) => ({
    id,
    callFrame: { functionName, url: '', lineNumber: 0, columnNumber: 0 },
    children,
  });
  const profile = {
    nodes: [node(1, 'root', [2, 5]), node(2, 'walk', [3]), node(3, 'walk', [4]), node(4, 'leaf'), node(5, '(idle)')],
    samples: [4, 3, 5, 4],
    timeDeltas: [10, 20, 1_000, 30],
  };

  it('count a function that calls itself once, leave idle time out, and put the greatest first', () => {
    const { self, total, busyMicros } = sharesOf(profile, ({ functionName }) => functionName);
    expect(busyMicros).toBe(60);
    expect(self).toEqual([
      ['leaf', 40],
      ['walk', 20],
    ]);
    expect(new Map(total)).toEqual(
      new Map([
        ['root', 60],
        ['walk', 60],
        ['leaf', 40],
      ]),
    );
  });
});
