import { expect, it, vi } from 'vitest';
import { LAG_BOUNDS_MS, LagHistogram } from '../../../../src/shards/lag-histogram.ts';
import { inPublishingLab, type PublishingLab, T1 } from '../../../support/publishing/publishing-lab.ts';
import { update } from '../shop-rows.ts';

const rename = (name: string) => update('Product', 'p1', { name });

/** Number of commits counted, and their lags together. */
const lagOf = ({ publisher: { lag } }: PublishingLab) => ({
  commits: lag.counts.reduce((sum, count) => sum + count, 0),
  sumMs: lag.sumMs,
});

it('counts the lag of each commit until a put has told of it', () =>
  inPublishingLab(async (lab) => {
    lab.trackCached(T1);
    lab.write([rename('a')]);
    lab.timers.ms += 300;
    lab.write([rename('b')]);
    lab.timers.ms += 100;
    await lab.timers.settle(lab.publish(T1));
    expect(lagOf(lab)).toEqual({ commits: 2, sumMs: 400 + 100 });
    await lab.timers.settle(lab.publish(T1));
    expect(lagOf(lab).commits).toBe(2);
  }));

it('counts from the commit on, however often KV refuses, and each commit once', () =>
  inPublishingLab(async (lab) => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    lab.trackCached(T1);
    const commitsAtMs: number[] = [];
    const write = (name: string) => {
      lab.write([rename(name)]);
      commitsAtMs.push(lab.timers.ms);
    };
    write('a');
    lab.timers.ms += 10;
    lab.kv.before = () => {
      write(`b-${lab.timers.ms}`);
      if (lab.timers.ms < commitsAtMs[0]! + 15_000) throw new Error('KV PUT failed: 500');
      lab.kv.before = () => {};
    };
    await lab.timers.settle(lab.publish(T1));
    expect(lagOf(lab).commits).toBe(0);
    while (lab.alarmAtMs !== null) await lab.fireAlarm();
    expect(commitsAtMs.length).toBeGreaterThan(3);
    // The last commit came while the put of all others was under way, and is told of by the next.
    const landedMs = commitsAtMs.at(-1)!;
    const lastLagMs = lagOf(lab).sumMs - commitsAtMs.reduce((sum, atMs) => sum + landedMs - atMs, 0);
    expect(lagOf(lab).commits).toBe(commitsAtMs.length);
    expect(lastLagMs).toBeGreaterThan(0);
    expect(lastLagMs).toBeLessThanOrEqual(31_000);
  }));

it('counts what a life before left unpublished from its commit on', () =>
  inPublishingLab(async (lab) => {
    lab.trackCached(T1);
    lab.write([rename('a')]);
    lab.timers.ms += 7_000;
    lab.restart();
    await lab.timers.settle(lab.publisher.publishDue());
    expect(lagOf(lab).sumMs).toBeGreaterThanOrEqual(7_000);
  }));

it('puts each lag into the first bucket that holds it', () => {
  const histogram = new LagHistogram();
  for (const lag of [-5, 25, 25.5, 60_000, 60_001]) histogram.observe(lag);
  expect(histogram.counts).toEqual([2, 1, ...LAG_BOUNDS_MS.slice(3).map(() => 0), 1, 1]);
  expect(histogram.sumMs).toBe(25 + 25.5 + 60_000 + 60_001);
});
