import { afterEach, describe, expect, it, vi } from 'vitest';
import model from '../../../../src/schema/model.ts';
import { maxEntryLifeMs, stampLifeMs } from '../../../../src/shards/entry-life.ts';
import { CLOCK_GAP_MS } from '../../../../src/shards/server/freshness/traces.ts';
import type { ShardKey } from '../../../../src/shards/shard-key.ts';
import { lastChange, rowBucket } from '../../../../src/shards/stamps.ts';
import { nodeOf } from '../../../support/plans.ts';
import type { FakePut } from '../../../support/publishing/fake-kv.ts';
import { inPublishingLab, type PublishingLab, T1, T1_STAMPS } from '../../../support/publishing/publishing-lab.ts';
import { create, update } from '../shop-rows.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const fireIfDue = async (lab: PublishingLab): Promise<void> => {
  if (lab.alarmAtMs !== null && lab.alarmAtMs <= lab.timers.ms + lab.clockAheadMs) await lab.fireAlarm();
};

const rename = (name: string) => update('Product', 'p1', { name });

/** How long a trace lasts. */
const TRACE_MS = 2 * maxEntryLifeMs(model) + CLOCK_GAP_MS;

describe('a shard', () => {
  it('needs no stamps, event or alarm for keys that were never cached', () =>
    inPublishingLab(async (lab) => {
      expect(lab.write([rename('a')]).events).toEqual([]);
      expect(lab.alarmAtMs).toBeNull();
      expect(await lab.publish(T1)).toEqual([]);
      expect(lab.kv.puts).toEqual([]);
      expect(lab.publishedSeq).toBe(lab.lastSeq);
    }));

  it('keeps nothing of readers that ask for shard keys without rows, and lets them keep nothing', () =>
    inPublishingLab(async (lab) => {
      const nobody = 't:nobody' as ShardKey;
      const { freshness } = lab.shard.state;
      expect(freshness.trackCached([nobody])).toEqual([]);
      expect(freshness.coveredMs([nobody])).toBe(0);
      lab.restart();
      lab.trackCached(nobody, T1);
      expect(lab.shard.rows('SELECT shard_key FROM _traces')).toEqual([[T1]]);
      lab.write([create('Tenant', { id: 'nobody' })], nobody);
      lab.trackCached(nobody);
      expect(lab.shard.state.freshness.coveredMs([nobody])).toBeGreaterThan(0);
      expect(lab.shard.rows('SELECT shard_key FROM _traces')).toEqual([[nobody], [T1]]);
    }));

  it('tells by buckets what changed under a shard key that it has handed out, and keeps it as long as entries live', () =>
    inPublishingLab(async (lab) => {
      lab.trackCached(T1);
      const { version, events } = lab.write([rename('a')]);
      expect(events).toEqual([T1]);
      expect(lab.unpublished).toBe(1);
      expect(lab.publishedSeq).toBe(lab.lastSeq - 1);
      await lab.timers.settle(lab.publish(T1));
      const stamps = lab.kv.stamps(T1_STAMPS)!;
      expect(lastChange(stamps, { table: 'Product', bucket: rowBucket(['t1', 'p1']) })).toBe(version);
      expect(lastChange(stamps, { table: 'Product', bucket: null })).toBe(version);
      const others = [...Array(64).keys()].filter((bucket) => bucket !== rowBucket(['t1', 'p1']));
      const changed = others.filter((bucket) => lastChange(stamps, { table: 'Product', bucket }) === version);
      expect(changed.length).toBeLessThan(2);
      expect(lab.kv.puts[0]!.ttlSeconds * 1000).toBeGreaterThanOrEqual(stampLifeMs(maxEntryLifeMs(model)));
      expect(lab.unpublished).toBe(0);
      expect(lab.publishedSeq).toBe(lab.lastSeq);
    }));

  it('has handed out what a write reads back', () =>
    inPublishingLab(async (lab) => {
      const plan = JSON.stringify(nodeOf({ table: 'Product', match: ['tenantId', 'id'], columns: ['name'] }));
      const call = { plan, values: [], keys: [['t1', 'p1']], shardKeys: [T1] };
      const writeBack = (cacheable: boolean) =>
        lab.shard.write(T1, [rename('a')], { readBack: [{ ...call, cacheable }] });
      expect(writeBack(false)).not.toHaveProperty('unpublished');
      expect(lab.write([rename('b')]).events).toEqual([]);
      writeBack(true);
      expect(lab.write([rename('c')]).events).toEqual([T1]);
    }));

  it('remembers what it handed out for the longest life of an entry, and for what a clock may be set ahead unseen', () =>
    inPublishingLab(async (lab) => {
      lab.trackCached(T1);
      const endMs = lab.timers.ms + maxEntryLifeMs(model) + CLOCK_GAP_MS;
      // Looked at now and then, by writes elsewhere: so the clock can be trusted.
      for (; lab.timers.ms < endMs - 30_000; lab.timers.ms += 30_000)
        lab.write([update('Tenant', 't2', { name: `b${lab.timers.ms}` })], 't:t2');
      lab.timers.ms = endMs;
      expect(lab.write([rename('a')]).events).toEqual([T1]);
      lab.timers.ms += 1;
      expect(lab.write([rename('b')], 't:t1').events).toEqual([]);
    }));

  it.each([
    ['was two minutes behind when it was made', -120_000, 0],
    ['is a day ahead after the start', 0, 86_400_000],
    ['was a day ahead when it was made', 86_400_000, 0],
  ])('publishes a change that the life before left although its clock %s', (_, madeAtMs, startedAtMs) =>
    inPublishingLab(async (lab) => {
      const startMs = lab.timers.ms;
      lab.trackCached(T1);
      lab.timers.ms = startMs + madeAtMs;
      const { version } = lab.write([rename('a')]);
      lab.timers.ms = startMs + startedAtMs;
      lab.restart();
      await lab.fireAlarm();
      expect(lastChange(lab.kv.stamps(T1_STAMPS)!, { table: 'Product', bucket: null })).toBe(version);
    }),
  );

  it('leaves no change out of stamps because its clock has been set ahead', () =>
    inPublishingLab(async (lab) => {
      lab.trackCached(T1);
      const { version } = lab.write([rename('a')]);
      lab.timers.ms += stampLifeMs(maxEntryLifeMs(model)) + 86_400_000;
      await lab.timers.settle(lab.publish(T1));
      expect(lastChange(lab.kv.stamps(T1_STAMPS)!, { table: 'Product', bucket: 5 })).toBe(version);
    }));

  it('finds nothing to publish when it starts, where nobody caches', () =>
    inPublishingLab(async (lab) => {
      const names = Array.from({ length: 500 }, (_, at) => rename(`n${at}`));
      for (let commit = 0; commit < 5; commit++) lab.write(names);
      expect(lab.lastSeq).toBeGreaterThan(2_500);
      expect(lab.lastSeq - lab.publishedSeq).toBeLessThan(1_000);
      expect(lab.alarmAtMs).toBeNull();
      lab.restart();
      expect([lab.unpublished, lab.alarmAtMs]).toEqual([0, null]);
    }));

  it('asks for one event per shard key while that is under way', () =>
    inPublishingLab(async (lab) => {
      lab.trackCached(T1);
      expect(lab.write([rename('a')]).events).toEqual([T1]);
      expect(lab.write([rename('b')]).events).toEqual([]);
      lab.timers.ms += 2_000;
      expect(lab.write([rename('c')]).events).toEqual([T1]);
      await lab.timers.settle(lab.publish(T1));
      expect(lab.write([rename('d')]).events).toEqual([T1]);
    }));

  it('remembers across a restart which shard keys are cached, and only those', () =>
    inPublishingLab(async (lab) => {
      lab.trackCached(T1);
      lab.restart();
      expect(lab.write([update('Tenant', 't2', { name: 'b' })], 't:t2').events).toEqual([]);
      expect(lab.write([rename('a')]).events).toEqual([T1]);
    }));

  it('publishes the first change after a trace is over, and none after that', () =>
    inPublishingLab(async (lab) => {
      lab.trackCached(T1);
      lab.timers.ms += TRACE_MS + 1;
      expect(lab.write([rename('a')]).events).toEqual([T1]);
      await lab.timers.settle(lab.publish(T1));
      expect(lab.write([rename('b')]).events).toEqual([]);
    }));

  it('ends a trace with stamps that refuse all that was read under it, since its clock may have leapt', () =>
    inPublishingLab(async (lab) => {
      lab.trackCached(T1);
      lab.write([rename('a')]);
      lab.clockAheadMs = TRACE_MS + 1;
      const { version } = lab.write([rename('b')]);
      await lab.timers.settle(lab.publish(T1));
      const stamps = lab.kv.stamps(T1_STAMPS)!;
      // Nobody would be told of changes of these.
      expect(lastChange(stamps, { table: 'Product', bucket: rowBucket(['t1', 'p2']) })).toBe(version);
      expect(lastChange(stamps, { table: 'Customer', bucket: null })).toBe(version);
      lab.clockAheadMs = 0;
      expect(lab.shard.state.freshness.coveredMs([T1])).toBe(0);
    }));

  it('leaves no trace in a database that is full, and the read is answered', () =>
    inPublishingLab(async (lab) => {
      const { freshness } = lab.shard.state;
      lab.hasRoom = false;
      expect(freshness.trackCached([T1])).toEqual([]);
      expect(freshness.coveredMs([T1])).toBe(0);
      expect(lab.write([rename('a')]).events).toEqual([]);
      lab.hasRoom = true;
      expect(freshness.trackCached([T1])).toEqual([T1]);
    }));

  it('lets nobody keep answers under a trace that ends, should its clock go back', () =>
    inPublishingLab(async (lab) => {
      const { freshness } = lab.shard.state;
      lab.trackCached(T1);
      expect(freshness.coveredMs([T1])).toBe(2 * maxEntryLifeMs(model));
      lab.clockAheadMs = TRACE_MS + 1;
      lab.write([rename('a')]);
      lab.clockAheadMs = 0;
      expect(freshness.coveredMs([T1])).toBe(0);
      lab.trackCached(T1);
      expect(freshness.coveredMs([T1])).toBeGreaterThan(0);
      await lab.timers.settle(lab.publish(T1));
      expect(lab.write([rename('b')]).events).toEqual([T1]);
    }));

  it('ends no trace while a put of the life before may land', () =>
    inPublishingLab(async (lab) => {
      lab.trackCached(T1);
      lab.write([rename('a')]);
      lab.kv.before = () => new Promise(() => {});
      void lab.publish(T1);
      await lab.timers.settle(Promise.resolve());
      lab.kv.before = () => {};
      lab.restart();
      lab.timers.ms += TRACE_MS + 1;
      lab.write([rename('b')]);
      await lab.timers.settle(lab.publish(T1));
      expect(lab.write([rename('c')]).events).toEqual([T1]);
    }));

  it('tells the next life of a put that its alarm has found under way, and that may land on its own', () =>
    inPublishingLab(async (lab) => {
      lab.trackCached(T1);
      lab.write([rename('a')]);
      await lab.timers.advance(15_000);
      lab.kv.before = () => new Promise(() => {});
      void lab.publish(T1);
      await lab.fireAlarm();
      expect(lab.kv.puts).toHaveLength(1);
      lab.kv.before = () => {};
      lab.restart();
      expect(lab.publishedSeq).toBeLessThan(lab.lastSeq);
      await lab.fireAlarm();
      const { length } = lab.kv.puts;
      while (lab.alarmAtMs !== null) await lab.fireAlarm();
      expect(lab.kv.puts.length).toBeGreaterThan(length);
      expect(lab.publishedSeq).toBe(lab.lastSeq);
    }));

  it('tells the next life of a put for a trace that was given up and may land on its own', () =>
    inPublishingLab(async (lab) => {
      const { freshness } = lab.shard.state;
      lab.kv.before = () => (lab.kv.puts.length === 1 ? new Promise(() => {}) : undefined);
      lab.publisher.publishTraces(freshness.trackCached([T1]));
      await lab.timers.advance(15_000);
      expect(freshness.coveredMs([T1])).toBeGreaterThan(0);
      lab.restart();
      const { version } = lab.write([rename('a')]);
      await lab.timers.settle(lab.publish(T1));
      const lastPut = () => lastChange(lab.kv.stamps(T1_STAMPS)!, { table: 'Product', bucket: null });
      expect(lastPut()).toBe(version);
      const [{ key, value }] = lab.kv.puts as [FakePut];
      lab.kv.values.set(key, value);
      expect(lastPut()).toBeLessThan(version);
      while (lab.alarmAtMs !== null) await lab.fireAlarm();
      expect(lastPut()).toBe(version);
    }));

  it('publishes again what changed while a put was under way', () =>
    inPublishingLab(async (lab) => {
      lab.trackCached(T1);
      lab.write([rename('a')]);
      let during = 0;
      lab.kv.before = () => {
        if (during === 0) during = lab.write([rename('b')]).version;
      };
      await lab.timers.settle(lab.publish(T1));
      expect(lastChange(lab.kv.stamps(T1_STAMPS)!, { table: 'Product', bucket: null })).toBeLessThan(during);
      expect(lab.publishedSeq).toBe(lab.lastSeq - 1);
      await lab.timers.settle(lab.publish(T1));
      await lab.timers.advance(1_000);
      expect(lastChange(lab.kv.stamps(T1_STAMPS)!, { table: 'Product', bucket: null })).toBe(during);
      expect(lab.publishedSeq).toBe(lab.lastSeq);
    }));

  it('takes over a key that must wait for its turn, and lets neither the caller nor other keys wait', () =>
    inPublishingLab(async (lab) => {
      lab.trackCached(T1, 't:t2' as ShardKey);
      lab.write([rename('a')]);
      await lab.timers.settle(lab.publish(T1));
      const startMs = lab.timers.ms;
      lab.write([rename('b')]);
      lab.write([update('Tenant', 't2', { name: 'b' })], 't:t2');
      expect(await lab.timers.settle(lab.publish(T1, 't:t2'))).toEqual([]);
      expect(lab.kv.puts.map(({ key }) => key)).toEqual([T1_STAMPS, 's:t%3At2']);
      expect(lab.timers.ms).toBe(startMs);
      // Whatever comes before its turn is in the same put.
      await lab.timers.advance(500);
      const { version } = lab.write([rename('c')]);
      expect(await lab.publish(T1)).toEqual([]);
      await lab.timers.advance(499);
      expect(lab.kv.puts.length).toBe(2);
      await lab.timers.advance(1);
      expect(lastChange(lab.kv.stamps(T1_STAMPS)!, { table: 'Product', bucket: null })).toBe(version);
      expect(lab.kv.puts.length).toBe(3);
      expect(lab.publishedSeq).toBe(lab.lastSeq);
    }));

  it('publishes what it had taken over by its alarm, if it dies before the turn has come', () =>
    inPublishingLab(async (lab) => {
      lab.trackCached(T1);
      lab.write([rename('a')]);
      await lab.timers.settle(lab.publish(T1));
      const { version } = lab.write([rename('b')]);
      expect(await lab.publish(T1)).toEqual([]);
      lab.restart();
      await lab.fireAlarm();
      expect(lastChange(lab.kv.stamps(T1_STAMPS)!, { table: 'Product', bucket: null })).toBe(version);
    }));

  it('tries again what it had taken over and KV did not take', () =>
    inPublishingLab(async (lab) => {
      lab.trackCached(T1);
      lab.write([rename('a')]);
      await lab.timers.settle(lab.publish(T1));
      const { version } = lab.write([rename('b')]);
      lab.kv.before = () => {
        throw new Error('KV PUT failed: 500');
      };
      await lab.publish(T1);
      await lab.timers.advance(5_000);
      expect(lab.alarmAtMs! - lab.timers.ms).toBeLessThanOrEqual(10_000);
      lab.kv.before = () => {};
      await lab.fireAlarm();
      expect(lastChange(lab.kv.stamps(T1_STAMPS)!, { table: 'Product', bucket: null })).toBe(version);
    }));

  it('waits no longer for a turn because its clock was set back', () =>
    inPublishingLab(async (lab) => {
      lab.trackCached(T1);
      lab.write([rename('a')]);
      await lab.timers.settle(lab.publish(T1));
      lab.timers.ms -= 3_600_000;
      lab.write([rename('b')]);
      await lab.publish(T1);
      await lab.timers.advance(1_000);
      expect(lab.kv.puts.length).toBe(2);
    }));

  it('puts once more what a failed put may have overwritten, also if another put is under way when that is due', () =>
    inPublishingLab(async (lab) => {
      lab.trackCached(T1);
      lab.write([rename('a')]);
      lab.kv.before = () => {
        if (lab.kv.puts.length === 1) throw new Error('KV PUT failed: 500');
      };
      await lab.timers.settle(lab.publish(T1));
      await lab.timers.advance(28_500);
      lab.write([rename('b')]);
      let land = () => {};
      lab.kv.before = () => new Promise((resolve) => (land = resolve));
      const under = lab.publish(T1);
      await lab.timers.advance(500);
      await lab.publisher.publishDue();
      lab.kv.before = () => {};
      land();
      await under;
      expect(lab.kv.puts.length).toBe(3);
      await lab.timers.advance(1_000);
      expect(lab.kv.puts.length).toBe(4);
      expect(lab.unpublished).toBe(0);
    }));

  it.each([
    ['set ahead', 3_600_000],
    ['set back', -3_600_000],
  ])('puts once more after the puts of the life before have landed, although its clock is %s', (_, stepMs) =>
    inPublishingLab(async (lab) => {
      lab.trackCached(T1);
      lab.write([rename('a')]);
      let landOld = () => {};
      lab.kv.before = () => new Promise((resolve) => (landOld = resolve));
      void lab.publish(T1);
      await lab.timers.advance(0);
      lab.kv.before = () => {};
      lab.restart();
      const { version } = lab.write([rename('b')]);
      const lastPut = () => lastChange(lab.kv.stamps(T1_STAMPS)!, { table: 'Product', bucket: null });
      await lab.timers.settle(lab.tasks.run('publish'));
      expect(lastPut()).toBe(version);
      lab.clockAheadMs += stepMs;
      await fireIfDue(lab);
      await lab.timers.advance(5_000);
      await fireIfDue(lab);
      landOld();
      await lab.timers.advance(24_000);
      expect(lastPut()).toBeLessThan(version);
      await lab.timers.advance(1_000);
      await fireIfDue(lab);
      await lab.timers.advance(1_000);
      expect(lastPut()).toBe(version);
      expect(lab.unpublished).toBe(0);
      expect(lab.publishedSeq).toBe(lab.lastSeq);
    }),
  );

  it('asks no more often while KV is down because older puts of the key have failed', () =>
    inPublishingLab(async (lab) => {
      vi.spyOn(console, 'warn').mockImplementation(() => {});
      lab.trackCached(T1);
      lab.write([rename('a')]);
      lab.kv.before = () => {
        throw new Error('KV PUT failed: 500');
      };
      const alarmsSet = lab.alarmsSet;
      for (let round = 0; round < 10; round++) await lab.fireAlarm();
      expect(lab.alarmsSet - alarmsSet).toBe(10);
    }));

  it('publishes what is changed after a shard key has left and come back, whenever a put of before ends', () =>
    inPublishingLab(async (lab) => {
      lab.trackCached(T1);
      lab.write([rename('a')]);
      let land = () => {};
      lab.kv.before = () => new Promise((resolve) => (land = resolve));
      const under = lab.publish(T1);
      await lab.timers.advance(0);
      lab.owned = false;
      await lab.publish(T1);
      lab.owned = true;
      const { version } = lab.write([rename('b')]);
      lab.kv.before = () => {};
      land();
      await under;
      await lab.fireAlarm();
      await lab.timers.advance(1_000);
      expect(lastChange(lab.kv.stamps(T1_STAMPS)!, { table: 'Product', bucket: null })).toBe(version);
      expect(lab.publishedSeq).toBe(lab.lastSeq);
    }));

  it('leaves shard keys that another shard has taken over to it', () =>
    inPublishingLab(async (lab) => {
      lab.trackCached(T1);
      lab.write([rename('a')]);
      lab.owned = false;
      expect(await lab.publish(T1)).toEqual([]);
      expect(lab.kv.puts).toEqual([]);
      expect(lab.unpublished).toBe(0);
    }));

  it('gives up on a put that takes too long, and repeats it', () =>
    inPublishingLab(async (lab) => {
      lab.trackCached(T1);
      const { version } = lab.write([rename('a')]);
      lab.kv.before = () => (lab.kv.puts.length === 1 ? new Promise(() => {}) : undefined);
      expect(await lab.timers.settle(lab.publish(T1))).toEqual([]);
      expect(lab.kv.puts.length).toBe(2);
      expect(lastChange(lab.kv.stamps(T1_STAMPS)!, { table: 'Product', bucket: null })).toBe(version);
    }));

  it('lists what does not fit into its memory later, from the log', () =>
    inPublishingLab(async (lab) => {
      lab.write([create('Tenant', { id: 'late' })], 't:late');
      lab.trackCached('t:late' as ShardKey);
      lab.restart();
      const { unpublished } = lab.shard.state.freshness;
      for (let index = 0; unpublished.hasRoom; index++)
        unpublished.changed(`t:filler-${index}` as typeof T1, lab.lastSeq + 1, lab.timers.ms);
      const { version } = lab.write([update('Tenant', 'late', { name: 'b' })], 't:late');
      expect(unpublished.isDirty('t:late' as typeof T1)).toBe(false);
      expect(unpublished.publishedSeq(lab.lastSeq)).toBeLessThan(lab.lastSeq);
      for (const key of unpublished.keys()) if (key.startsWith('t:filler')) unpublished.drop(key);
      await lab.fireAlarm();
      expect(lastChange(lab.kv.stamps('s:t%3Alate')!, { table: 'Tenant', bucket: null })).toBe(version);
    }));
});
