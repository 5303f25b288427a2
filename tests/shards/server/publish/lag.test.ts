import { expect, it, vi } from 'vitest';
import { LAG_BOUNDS_MS, LagHistogram } from '../../../../src/shards/lag-histogram.ts';
import { inPublishingLab, type PublishingLab, T1 } from '../../../support/publishing/publishing-lab.ts';
import { update } from '../shop-rows.ts';

const rename = (name: string) => update('Product', 'p1', { name });

/** Number of puts counted, and their lags together. */
const lagOf = ({ publisher: { lag } }: PublishingLab) => ({
  puts: lag.counts.reduce((sum, count) => sum + count, 0),
  sumMs: lag.sumMs,
});

it('counts the lag of a put from the first change that it tells of', () =>
  inPublishingLab(async (lab) => {
    lab.handOut(T1);
    lab.write([rename('a')]);
    lab.timing.ms += 300;
    lab.write([rename('b')]);
    lab.timing.ms += 100;
    await lab.timing.settle(lab.publish(T1));
    expect(lagOf(lab)).toEqual({ puts: 1, sumMs: 400 });
    await lab.timing.settle(lab.publish(T1));
    expect(lagOf(lab).puts).toBe(1);
  }));

it('counts from the change on, however often KV refuses, and each change once', () =>
  inPublishingLab(async (lab) => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    lab.handOut(T1);
    lab.write([rename('a')]);
    const changedAtMs = lab.timing.ms;
    lab.kv.before = () => {
      lab.write([rename(`b-${lab.timing.ms}`)]);
      if (lab.timing.ms < changedAtMs + 15_000) throw new Error('KV PUT failed: 500');
      lab.kv.before = () => {};
    };
    await lab.timing.settle(lab.publish(T1));
    expect(lagOf(lab).puts).toBe(0);
    await lab.fireAlarm();
    const firstMs = lab.timing.ms - changedAtMs;
    expect(lagOf(lab)).toEqual({ puts: 1, sumMs: firstMs });
    // What changed while that put was under way, and the second put for the one that failed.
    await lab.fireAlarm();
    expect(lagOf(lab)).toEqual({ puts: 2, sumMs: firstMs + lab.timing.ms - changedAtMs - firstMs });
  }));

it('counts what a life before left unpublished from its commit on', () =>
  inPublishingLab(async (lab) => {
    lab.handOut(T1);
    lab.write([rename('a')]);
    lab.timing.ms += 7_000;
    lab.restart();
    await lab.timing.settle(lab.publisher.publishDue());
    expect(lagOf(lab).sumMs).toBeGreaterThanOrEqual(7_000);
  }));

it('puts each lag into the first bucket that holds it', () => {
  const histogram = new LagHistogram();
  for (const lag of [-5, 25, 25.5, 60_000, 60_001]) histogram.observe(lag);
  expect(histogram.counts).toEqual([2, 1, ...LAG_BOUNDS_MS.slice(3).map(() => 0), 1, 1]);
  expect(histogram.sumMs).toBe(25 + 25.5 + 60_000 + 60_001);
});
