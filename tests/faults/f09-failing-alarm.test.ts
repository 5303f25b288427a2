/** F09: the platform gives up on an alarm whose handler fails six times. Ours never throws and sets itself again. */
import { afterEach, expect, it, vi } from 'vitest';
import { lastChange } from '../../src/shards/stamps.ts';
import { update } from '../shards/server/shop-rows.ts';
import { inPublishingLab, T1, T1_STAMPS } from '../support/publishing/publishing-lab.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

it('the alarm goes off again and again while KV is down, and publishes once it is back', () =>
  inPublishingLab(async (lab) => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
    lab.trackCached(T1);
    const { version } = lab.write([update('Product', 'p1', { name: 'New' })]);
    lab.kv.before = () => {
      throw new Error('KV PUT failed: 500');
    };
    for (let round = 0; round < 10; round++) await lab.fireAlarm();
    expect(warned).toHaveBeenCalledTimes(10);
    expect(lab.kv.stamps(T1_STAMPS)).toBeNull();
    expect(lab.publishedSeq).toBeLessThan(lab.lastSeq);
    lab.kv.before = () => {};
    await lab.fireAlarm();
    expect(lastChange(lab.kv.stamps(T1_STAMPS)!, { table: 'Product', bucket: null })).toBe(version);
  }));

it('the alarm survives a bug in what it does', () =>
  inPublishingLab(async (lab) => {
    const reported = vi.spyOn(console, 'error').mockImplementation(() => {});
    lab.trackCached(T1);
    lab.write([update('Product', 'p1', { name: 'New' })]);
    const { unpublished } = lab.shard.state.freshness;
    unpublished.due = () => {
      throw new Error('a bug');
    };
    for (let round = 0; round < 10; round++) await lab.fireAlarm();
    expect(reported).toHaveBeenCalledTimes(10);
    expect(lab.alarmAtMs).not.toBeNull();
  }));

it('stops asking KV when key after key fails, and leaves the rest to the next alarm', () =>
  inPublishingLab(async (lab) => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    lab.restart();
    const keys = Array.from({ length: 100 }, (_, index) => `t:many-${index}`);
    for (const key of keys) lab.shard.state.freshness.unpublished.changed(key as typeof T1, lab.lastSeq, 0);
    lab.kv.before = () => {
      throw new Error('KV PUT failed: 500');
    };
    expect((await lab.timers.settle(lab.publish(...keys))).length).toBe(100);
    expect(new Set(lab.kv.puts.map(({ key }) => key)).size).toBeLessThanOrEqual(12);
  }));
