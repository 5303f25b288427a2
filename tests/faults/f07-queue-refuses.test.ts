/** F07: the queue refuses what is sent to it. Writes go on, and the shard publishes by itself. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { InvalidationSender, type MessageQueue } from '../../src/cache/invalidation/invalidation-sender.ts';
import { decodeInvalidation, MAX_EVENT_BYTES } from '../../src/shards/invalidation.ts';
import type { ShardKey } from '../../src/shards/shard-key.ts';
import { lastChange } from '../../src/shards/stamps.ts';
import { update } from '../shards/server/shop-rows.ts';
import { inPublishingLab, T1, T1_STAMPS } from '../support/publishing/publishing-lab.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

function sender(sendBatch: MessageQueue['sendBatch']) {
  const works: Promise<unknown>[] = [];
  const eventSender = new InvalidationSender({ sendBatch }, (work) => works.push(work), {
    share: 0,
    random: Math.random,
  });
  return { eventSender, works, settled: () => Promise.all(works) };
}

const event = (shard: string, shardKeys: readonly string[], version = 1) => ({
  shard,
  shardKeys: shardKeys as readonly ShardKey[],
  version,
});

describe('a queue that refuses', () => {
  it('fails no write; what was to be sent is published by the alarm', () =>
    inPublishingLab(async (lab) => {
      const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
      const { eventSender, settled } = sender(() => Promise.reject(new Error('Too Many Requests')));
      lab.trackCached(T1);
      let version = 0;
      for (let minute = 0; minute < 5; minute++) {
        const written = lab.write([update('Product', 'p1', { name: `${minute}` })]);
        version = written.version;
        eventSender.enqueue(event('lab', written.events, version));
        await settled();
        await lab.fireAlarm();
        expect(lastChange(lab.kv.stamps(T1_STAMPS)!, { table: 'Product', bucket: null })).toBe(version);
        lab.trackCached(T1);
      }
      expect(warned).toHaveBeenCalledTimes(5);
    }));
});

describe('events of a request', () => {
  it('F12: are gathered per shard, cut to the size of messages, and sent in batches that the platform takes', async () => {
    const batches: { readonly body: unknown }[][] = [];
    const { eventSender, works, settled } = sender(async (messages) => {
      batches.push([...messages]);
    });
    const keysOf = (batch: number) =>
      Array.from({ length: 2_000 }, (_, index) => `t:${'é'.repeat(20)}-${batch}-${index}`);
    for (let batch = 0; batch < 10; batch++) {
      eventSender.enqueue(event('shard-0', keysOf(batch), batch));
      eventSender.enqueue(event('shard-1', ['t:same'], batch));
    }
    await settled();
    expect(works.length).toBe(1);
    const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).length;
    const events = batches.flat().map(({ body }) => decodeInvalidation(body)!);
    for (const batch of batches) {
      expect(batch.length).toBeLessThanOrEqual(100);
      expect(batch.reduce((sum, { body }) => sum + bytes(body), 0)).toBeLessThanOrEqual(256_000);
      for (const { body } of batch) expect(bytes(body)).toBeLessThanOrEqual(MAX_EVENT_BYTES);
    }
    expect(events.filter(({ shard }) => shard === 'shard-1')).toEqual([event('shard-1', ['t:same'], 9)]);
    const sent = events.filter(({ shard }) => shard === 'shard-0').flatMap(({ shardKeys }) => shardKeys);
    expect(sent.length).toBe(20_000);
    expect(new Set(sent)).toEqual(new Set(Array.from({ length: 10 }, (_, batch) => keysOf(batch)).flat()));
    expect(events.length).toBeLessThan(20);
  });

  it('leave a shard key that fits into no message to the alarm', async () => {
    const sent: unknown[] = [];
    const { eventSender, settled } = sender(async (messages) => {
      sent.push(...messages.map(({ body }) => body));
    });
    eventSender.enqueue(event('shard-0', [`t:${'x'.repeat(MAX_EVENT_BYTES)}`, 't:short']));
    await settled();
    expect(sent.map(decodeInvalidation)).toEqual([event('shard-0', ['t:short'])]);
  });
});
