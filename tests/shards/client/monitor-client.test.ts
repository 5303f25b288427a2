import { expect, test, vi } from 'vitest';
import type { Timers } from '../../../src/lib/timers.ts';
import { MonitorClient } from '../../../src/shards/client/monitor-client.ts';
import type { IsolateReport } from '../../../src/shards/isolate-report.ts';

type Taken = Omit<IsolateReport, 'isolate' | 'sequence' | 'fromMs' | 'toMs' | 'release'>;

/** A monitor whose answers come when the test says so. */
class GatedMonitor {
  readonly waiting: { readonly report: IsolateReport; answer(): void; fail(): void }[] = [];
  /** Sequence numbers, in the order in which they came. */
  readonly got: number[] = [];

  reportIsolate(report: IsolateReport): Promise<void> {
    this.got.push(report.sequence);
    return new Promise((resolve, reject) => {
      this.waiting.push({ report, answer: resolve, fail: () => reject(new Error('It is ill.')) });
    });
  }
}

function setUp() {
  const monitor = new GatedMonitor();
  const clock = { nowMs: 1_000_000, due: [] as { atMs: number; run: () => void }[] };
  const timers: Timers = {
    now: () => clock.nowMs,
    setTimer(run, delayMs) {
      const timer = { atMs: clock.nowMs + delayMs, run };
      clock.due.push(timer);
      return () => {
        clock.due = clock.due.filter((each) => each !== timer);
      };
    },
  };
  let counted: string | null = null;
  const client = new MonitorClient({
    timers,
    isolate: crypto.randomUUID(),
    take: () => {
      const taken = counted;
      counted = null;
      return taken === null ? null : ({ note: taken } as unknown as Taken);
    },
  });
  const monitors = { idFromName: (name: string) => name, get: () => monitor } as never;
  const work: Promise<unknown>[] = [];
  return {
    monitor,
    clock,
    count: (note: string) => {
      counted = note;
    },
    flush: () => client.flush({ monitors, release: null, hasQueue: true }),
    arm: () => client.arm({ monitors, release: null, hasQueue: true, waitUntil: (each) => work.push(each) }),
    work,
    pass(ms: number) {
      clock.nowMs += ms;
      for (const timer of clock.due.filter(({ atMs }) => atMs <= clock.nowMs)) {
        clock.due = clock.due.filter((each) => each !== timer);
        timer.run();
      }
    },
  };
}

const turns = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

test('reports of invocations at the same time come in their order, and none over another', async () => {
  const { monitor, count, flush } = setUp();
  count('a');
  const first = flush();
  const second = flush();
  await turns();
  expect(monitor.got).toEqual([1, 1]);
  monitor.waiting[0]!.answer();
  await first;
  count('b');
  const third = flush();
  await turns();
  // The answer to the second copy of the first report comes while the second report is under way.
  count('c');
  monitor.waiting[1]!.answer();
  await turns();
  expect(monitor.got).toEqual([1, 1, 2, 2]);
  monitor.waiting[2]!.answer();
  monitor.waiting[3]!.answer();
  expect(await third).toBe(true);
  expect(await second).toBe(true);
  const last = flush();
  await turns();
  monitor.waiting[4]!.answer();
  expect(await last).toBe(true);
  expect(monitor.got).toEqual([1, 1, 2, 2, 3]);
  expect(monitor.waiting.map(({ report }) => (report as unknown as { note: string }).note)).toEqual([
    'a',
    'a',
    'b',
    'b',
    'c',
  ]);
});

test('a report that the monitor fails to take again and again is dropped, and later ones are told', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {});
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  const { monitor, count, flush } = setUp();
  count('poison');
  for (let attempt = 0; attempt < 30; attempt++) {
    const told = flush();
    await turns();
    monitor.waiting.at(-1)!.fail();
    expect(await told).toBe(false);
  }
  expect(log.mock.calls.map(([line]) => JSON.parse(line).event)).toEqual(['isolate-report-dropped']);
  count('sound');
  const told = flush();
  await turns();
  monitor.waiting.at(-1)!.answer();
  expect(await told).toBe(true);
  expect(monitor.got.at(-1)).toBe(2);
  vi.restoreAllMocks();
});

test('a report that no row of the monitor can hold is dropped at once', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {});
  const { monitor, count, flush } = setUp();
  count('x'.repeat(700_000));
  expect(await flush()).toBe(true);
  expect(monitor.got).toEqual([]);
  expect(log.mock.calls.map(([line]) => JSON.parse(line).event)).toEqual(['isolate-report-dropped']);
  vi.restoreAllMocks();
});

test('a clock that is set back does not silence an isolate', async () => {
  const { monitor, clock, count, arm, pass } = setUp();
  arm();
  // The invocation is ended by the platform before it reports.
  clock.due = [];
  clock.nowMs -= 3_600_000;
  count('later');
  arm();
  pass(10_000);
  await turns();
  expect(monitor.got).toEqual([1]);
});
