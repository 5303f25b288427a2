/** F02, F03, F10: events come several times, in any order, and again after the consumer died before it acknowledged. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { consumeEvents } from '../../src/cache/invalidation/consume-events.ts';
import { encodeInvalidation } from '../../src/shards/invalidation.ts';
import { lastChange } from '../../src/shards/stamps.ts';
import { update } from '../shards/server/shop-rows.ts';
import { describeRuns, propertyRuns } from '../support/property-runs.ts';
import { inPublishingLab, type PublishingLab, T1, T1_STAMPS } from '../support/publishing/publishing-lab.ts';
import { consume, type SentMessage } from '../support/publishing/queue-batch.ts';

const PRODUCTS = { table: 'Product', bucket: null };

const consumeIn = (lab: PublishingLab, messages: readonly SentMessage[]) =>
  consume(messages, (batch) =>
    lab.timers.settle(consumeEvents(batch, (_shard, shardKeys) => lab.publisher.publish(shardKeys))),
  );

const message = (id: string, version: number): SentMessage => ({
  id,
  body: encodeInvalidation({ shard: 'lab', shardKeys: [T1], version }),
});

/** Each commit's event, 1 to 5 times, in any order and any batches; a batch may lose its acknowledgements. */
const deliveries = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 }).chain((times) => {
  const events = times.flatMap((count, commit) => Array.from({ length: count }, () => commit));
  return fc.record({
    commits: fc.constant(times.length),
    order: fc.shuffledSubarray(events, { minLength: events.length }),
    batchSize: fc.integer({ min: 1, max: 4 }),
  });
});

describe('events delivered 1 to 5 times in any order', () => {
  const runs = propertyRuns(25);
  it(
    `give the same stamps, the greatest, and each delivery is acknowledged once (${describeRuns(runs)})`,
    async () => {
      await fc.assert(
        fc.asyncProperty(deliveries, ({ commits, order, batchSize }) =>
          inPublishingLab(async (lab) => {
            lab.trackCached(T1);
            const versions = Array.from(
              { length: commits },
              (_, index) => lab.write([update('Product', 'p1', { name: `${index}` })]).version,
            );
            for (let start = 0; start < order.length; start += batchSize) {
              const batch = order
                .slice(start, start + batchSize)
                .map((commit, at) => message(`${start}-${at}`, versions[commit]!));
              expect(await consumeIn(lab, batch)).toEqual({ acked: batch.map(({ id }) => id), retried: [] });
              // The event says where to look, so already the first brings the last change.
              expect(lastChange(lab.kv.stamps(T1_STAMPS)!, PRODUCTS)).toBe(versions.at(-1));
            }
            expect(lab.kv.puts.length).toBe(1);
          }),
        ),
        runs,
      );
    },
    1_000 * runs.numRuns,
  );

  it('F03: no event of an old commit makes an older answer valid again', () =>
    inPublishingLab(async (lab) => {
      lab.trackCached(T1);
      const first = lab.write([update('Product', 'p1', { name: 'a' })]).version;
      await consumeIn(lab, [message('1', first)]);
      const second = lab.write([update('Product', 'p1', { name: 'b' })]).version;
      await consumeIn(lab, [message('2', second)]);
      await consumeIn(lab, [message('1', first)]);
      await lab.timers.advance(1_000);
      expect(lastChange(lab.kv.stamps(T1_STAMPS)!, PRODUCTS)).toBe(second);
    }));
});

describe('a consumer that dies after the put, before it acknowledges', () => {
  it('F10: finds it done at the next delivery', () =>
    inPublishingLab(async (lab) => {
      lab.trackCached(T1);
      const { version } = lab.write([update('Product', 'p1', { name: 'a' })]);
      await lab.timers.settle(lab.publisher.publish([T1]));
      const after = lab.kv.values.get(T1_STAMPS);
      expect(await consumeIn(lab, [message('1', version)])).toEqual({ acked: ['1'], retried: [] });
      expect(lab.kv.puts.length).toBe(1);
      expect(lab.kv.values.get(T1_STAMPS)).toBe(after);
    }));
});
