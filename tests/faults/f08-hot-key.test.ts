/** F08: KV takes one write per second and key; a key that changes more often is put less often than it changes. */
import { expect, it } from 'vitest';
import { lastChange } from '../../src/shards/stamps.ts';
import { update } from '../shards/server/shop-rows.ts';
import { inPublishingLab, T1, T1_STAMPS } from '../support/publishing/publishing-lab.ts';

const PRODUCTS = { table: 'Product', bucket: null };

it('puts of a hot key are coalesced, and the last change is there 2 s later at most', () =>
  inPublishingLab(async (lab) => {
    lab.trackCached(T1);
    const published: Promise<unknown>[] = [];
    let version = 0;
    const startMs = lab.timers.ms;
    for (let round = 0; round < 100; round++) {
      ({ version } = lab.write([update('Product', 'p1', { name: `${round}` })]));
      published.push(lab.publish(T1));
      await lab.timers.advance(50);
    }
    const lastWriteMs = lab.timers.ms;
    await lab.timers.settle(Promise.all(published));
    expect(lab.timers.ms - lastWriteMs).toBeLessThanOrEqual(2_000);
    expect(lastChange(lab.kv.stamps(T1_STAMPS)!, PRODUCTS)).toBe(version);
    expect(lab.kv.refused).toBe(0);
    expect(lab.kv.puts.length).toBeLessThanOrEqual((lab.timers.ms - startMs) / 1_000 + 1);
    expect(lab.kv.puts.length).toBeGreaterThan(3);
  }));

it('a refusal all the same (a shard that has just started knows no pace) is repeated later', () =>
  inPublishingLab(async (lab) => {
    lab.trackCached(T1);
    lab.write([update('Product', 'p1', { name: 'a' })]);
    await lab.timers.settle(lab.publish(T1));
    lab.restart();
    const { version } = lab.write([update('Product', 'p1', { name: 'b' })]);
    expect(await lab.timers.settle(lab.publish(T1))).toEqual([]);
    expect(lab.kv.refused).toBe(1);
    expect(lastChange(lab.kv.stamps(T1_STAMPS)!, PRODUCTS)).toBe(version);
  }));
