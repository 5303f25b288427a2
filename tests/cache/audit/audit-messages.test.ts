import { afterEach, describe, expect, it, vi } from 'vitest';
import { consumeEvents } from '../../../src/cache/invalidation/consume-events.ts';
import { InvalidationSender } from '../../../src/cache/invalidation/invalidation-sender.ts';
import { decodeInvalidation, encodeInvalidation, type InvalidationEvent } from '../../../src/shards/invalidation.ts';
import type { ShardKey } from '../../../src/shards/shard-key.ts';
import { consume } from '../../support/publishing/queue-batch.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const event: InvalidationEvent = { shard: 's', shardKeys: ['t:1' as ShardKey, 't:2' as ShardKey], version: 7 };

async function sent(share: number, random: number) {
  const messages: { readonly body: unknown; readonly delaySeconds?: number }[] = [];
  const works: Promise<unknown>[] = [];
  const queue = { sendBatch: async (batch: typeof messages) => messages.push(...batch) };
  const sender = new InvalidationSender(queue as never, (work) => works.push(work), { share, random: () => random });
  sender.enqueue(event);
  await Promise.all(works);
  return messages;
}

describe('an event', () => {
  it('brings its audits with it, each at its time, if it is within the share', async () => {
    const [first, ...audits] = await sent(0.5, 0.49);
    expect(decodeInvalidation(first!.body)).toEqual(event);
    expect(first!.delaySeconds).toBeUndefined();
    expect(audits.map(({ delaySeconds }) => delaySeconds)).toEqual([1, 5, 60]);
    for (const { body, delaySeconds } of audits) {
      expect(decodeInvalidation(body)).toMatchObject({ version: 7, auditAgeMs: delaySeconds! * 1_000 });
    }
  });

  it('brings none otherwise', async () => {
    expect(await sent(0.5, 0.5)).toHaveLength(1);
    expect(await sent(0, 0)).toHaveLength(1);
  });
});

describe('the consumer', () => {
  it('publishes nothing for audits, which would mend what they look for, and runs them after the events', async () => {
    const steps: string[] = [];
    const messages = [
      { id: 'audit', body: encodeInvalidation({ ...event, auditAgeMs: 1_000 }) },
      { id: 'event', body: encodeInvalidation({ ...event, shardKeys: ['t:3' as ShardKey] }) },
    ];
    const publish = async (_shard: string, shardKeys: readonly ShardKey[]) => {
      steps.push(`publish ${shardKeys}`);
      return [];
    };
    const audit = async ({ auditAgeMs }: InvalidationEvent) => void steps.push(`audit ${auditAgeMs}`);
    const { acked } = await consume(messages, (batch) => consumeEvents(batch, publish, audit));
    expect(steps).toEqual(['publish t:3', 'audit 1000']);
    expect([...acked].sort()).toEqual(['audit', 'event']);
  });

  it('does not repeat an audit that fails', async () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const messages = [{ id: 'audit', body: encodeInvalidation({ ...event, auditAgeMs: 1_000 }) }];
    const consumed = await consume(messages, (batch) =>
      consumeEvents(
        batch,
        async () => [],
        () => Promise.reject(new Error('down')),
      ),
    );
    expect(consumed).toMatchObject({ acked: ['audit'], retried: [] });
    expect(warned).toHaveBeenCalledOnce();
  });
});
