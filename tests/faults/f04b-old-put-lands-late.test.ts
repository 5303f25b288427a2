/** F04b: two consumers publish at once; a put of a shard that died lands after those of its next life. */
import { describe, expect, it } from 'vitest';
import { lastChange } from '../../src/shards/stamps.ts';
import { update } from '../shards/server/shop-rows.ts';
import { inPublishingLab, type PublishingLab, T1, T1_STAMPS } from '../support/publishing/publishing-lab.ts';

const PRODUCTS = { table: 'Product', bucket: null };
const rename = (name: string) => update('Product', 'p1', { name });
const stamped = (lab: PublishingLab): number => lastChange(lab.kv.stamps(T1_STAMPS)!, PRODUCTS);

describe('two consumers that publish at once', () => {
  it('never have two puts of a key under way, and leave the newest stamps', () =>
    inPublishingLab(async (lab) => {
      lab.trackCached(T1);
      lab.kv.before = () => lab.timers.wait(Math.round(700 / lab.kv.puts.length));
      const published: Promise<unknown>[] = [];
      const versions: number[] = [];
      for (let round = 0; round < 8; round++) {
        const { version } = lab.write([rename(`${round}`)]);
        versions.push(version);
        published.push(lab.publish(T1), lab.publish(T1));
        await lab.timers.advance(150);
      }
      expect((await lab.timers.settle(Promise.all(published))).flat()).toEqual([]);
      // Keys that were put just before have their turn a second later.
      await lab.timers.advance(2_000);
      expect(stamped(lab)).toBeGreaterThanOrEqual(versions.at(-1)!);
      expect(lab.kv.mostAtOnce).toBe(1);
      expect(lab.kv.puts.length).toBeLessThan(6);
      expect(lab.unpublished).toBe(0);
    }));
});

describe('a put of an earlier life that lands late', () => {
  it('is repaired 30 s after the start, whatever the alarm had been set for', () =>
    inPublishingLab(async (lab) => {
      lab.trackCached(T1);
      lab.write([rename('old')]);
      let land = () => {};
      lab.kv.before = () =>
        new Promise((resolve) => {
          land = resolve;
        });
      void lab.publish(T1);
      await lab.timers.advance(0);
      expect(lab.kv.puts.length).toBe(1);
      const { version } = lab.write([rename('new')]);

      lab.restart();
      lab.kv.before = () => {};
      await lab.timers.settle(lab.publisher.publishDue());
      expect(stamped(lab)).toBeGreaterThanOrEqual(version);
      expect(lab.publishedSeq).toBeLessThan(lab.lastSeq);

      lab.kv.values.set(T1_STAMPS, lab.kv.puts[0]!.value);
      land();
      expect(stamped(lab)).toBeLessThan(version);
      const startedMs = lab.timers.ms;
      while (lab.alarmAtMs !== null) await lab.fireAlarm();
      expect(stamped(lab)).toBeGreaterThanOrEqual(version);
      expect(lab.timers.ms - startedMs).toBeLessThanOrEqual(35_000);
      expect(lab.publishedSeq).toBe(lab.lastSeq);
    }));

  it('is repaired although the shard dies once more before that', () =>
    inPublishingLab(async (lab) => {
      lab.trackCached(T1);
      const { version } = lab.write([rename('new')]);
      lab.restart();
      await lab.timers.settle(lab.publisher.publishDue());
      lab.kv.values.delete(T1_STAMPS);
      lab.restart();
      await lab.timers.settle(lab.publisher.publishDue());
      expect(stamped(lab)).toBeGreaterThanOrEqual(version);
    }));

  it('is repaired if it was of a put that had failed', () =>
    inPublishingLab(async (lab) => {
      lab.trackCached(T1);
      const { version } = lab.write([rename('new')]);
      lab.kv.before = () => {
        if (lab.kv.puts.length === 1) throw new Error('Network connection lost.');
      };
      await lab.timers.settle(lab.publish(T1));
      lab.kv.values.delete(T1_STAMPS);
      await lab.fireAlarm();
      while (lab.alarmAtMs !== null) await lab.fireAlarm();
      expect(stamped(lab)).toBeGreaterThanOrEqual(version);
    }));
});
