import { expect, test, vi } from 'vitest';
import type { Timers } from '../../../src/lib/timers.ts';
import { Fleet } from '../../../src/shards/client/fleet.ts';

test('a monitor that hangs is shown as one that gives no answer, and the shards are shown all the same', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  const timers: Timers = {
    now: () => 0,
    setTimer(run, delayMs) {
      expect(delayMs).toBeLessThan(5_000);
      run();
      return () => {};
    },
  };
  const shards = {
    map: async () => ({ shards: [{ name: 'shard-0', ranges: [[0, 16_383]] }] }),
    status: async () => [],
  };
  const hanging = { overview: () => new Promise<never>(() => {}) };
  const monitors = { idFromName: (name: string) => name, get: () => hanging };
  const fleet = new Fleet(shards as never, monitors as never, timers);
  const { views, totals } = await fleet.overview('reported');
  expect(totals).toBeNull();
  expect(views.map(({ shard }) => shard)).toEqual(['shard-0']);
  vi.restoreAllMocks();
});
