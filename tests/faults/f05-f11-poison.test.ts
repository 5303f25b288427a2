/** F05, F11: messages that nobody understands, or whose shard fails, among good ones; and those of the release before. */
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { consumeEvents } from '../../src/cache/invalidation/consume-events.ts';
import { consumeDeadLetters, replayDeadLetters } from '../../src/cache/invalidation/dead-letters.ts';
import { DeadLetters } from '../../src/shards/client/dead-letters.ts';
import { encodeInvalidation } from '../../src/shards/invalidation.ts';
import type { ShardKey } from '../../src/shards/shard-key.ts';
import { consume, type SentMessage } from '../support/publishing/queue-batch.ts';

const event = (id: string, shard: string, ...keys: string[]): SentMessage => ({
  id,
  body: encodeInvalidation({ shard, shardKeys: keys as ShardKey[], version: 1 }),
});

const POISON = [{ v: 2, shard: 's', changes: [] }, null, 'text', { v: 1, shard: 's', shardKeys: [], version: 1 }];

function recorder(left: (shard: string) => readonly string[] = () => []) {
  const calls: [shard: string, shardKeys: readonly string[]][] = [];
  const publish = async (shard: string, shardKeys: readonly ShardKey[]) => {
    calls.push([shard, shardKeys]);
    return left(shard) as readonly ShardKey[];
  };
  return { calls, publish };
}

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('a batch of 100 with one message that nobody understands', () => {
  it.each(POISON)('acknowledges the other 99 and retries that one: %j', async (body) => {
    const { calls, publish } = recorder();
    const messages = Array.from({ length: 100 }, (_, index) =>
      index === 41 ? { id: 'poison', body } : event(`${index}`, `shard-${index % 3}`, `t:${index % 7}`),
    );
    const consumed = await consume(messages, (batch) => consumeEvents(batch, publish));
    expect(consumed.retried).toEqual(['poison']);
    expect(consumed.acked.toSorted()).toEqual(
      messages
        .map(({ id }) => id)
        .filter((id) => id !== 'poison')
        .toSorted(),
    );
    expect(calls.map(([shard]) => shard).toSorted()).toEqual(['shard-0', 'shard-1', 'shard-2']);
    for (const [, keys] of calls) expect(keys.length).toBe(7);
  });
});

describe('a batch with events of a shard that cannot publish', () => {
  it('retries those alone', async () => {
    const publish = async (shard: string) => {
      if (shard === 'down') throw new Error('shard is down');
      return [];
    };
    const messages = [event('1', 'up', 't:1'), event('2', 'down', 't:2'), event('3', 'up', 't:3')];
    const consumed = await consume(messages, (batch) => consumeEvents(batch, publish));
    expect(consumed).toEqual({ acked: ['1', '3'], retried: ['2'] });
  });

  it('retries those of the shard keys that are left', async () => {
    const { publish } = recorder(() => ['t:2']);
    const messages = [event('1', 's', 't:1'), event('2', 's', 't:1', 't:2'), event('3', 's', 't:3')];
    const consumed = await consume(messages, (batch) => consumeEvents(batch, publish));
    expect(consumed).toEqual({ acked: ['1', '3'], retried: ['2'] });
  });
});

describe('F11: a message as the first release wrote it', () => {
  it('is accepted, with members that this release does not know too', async () => {
    const { calls, publish } = recorder();
    const body = { v: 1, shard: 'shard-0', shardKeys: ['t:a'], version: 12, addedLater: true };
    expect(await consume([{ id: '1', body }], (batch) => consumeEvents(batch, publish))).toEqual({
      acked: ['1'],
      retried: [],
    });
    expect(calls).toEqual([['shard-0', ['t:a']]]);
  });
});

describe('dead letters', () => {
  const all = async (box: DeadLetters) => {
    const found = [];
    for (let seq = 0; ; ) {
      const letters = await box.after(seq);
      if (letters.length === 0) return found;
      found.push(...letters);
      seq = letters.at(-1)!.seq;
    }
  };

  it('are kept once each, survive, are shown with their reason, and go when they are replayed', async () => {
    const box = new DeadLetters(env);
    const dead = [
      event('understood', 'shard-0', 't:a'),
      event('still failing', 'shard-1', 't:b'),
      { id: 'poison', body: POISON[0] },
    ];
    for (let delivery = 0; delivery < 2; delivery++) {
      const { acked } = await consume(dead, (batch) => consumeDeadLetters(batch, box), 11);
      expect(acked.length).toBe(3);
    }
    expect((await all(box)).map(({ id, reason }) => [id, reason])).toEqual([
      ['understood', 'NOT_PUBLISHED'],
      ['still failing', 'NOT_PUBLISHED'],
      ['poison', 'UNKNOWN_FORMAT'],
    ]);
    const { calls, publish } = recorder((shard) => (shard === 'shard-1' ? ['t:b'] : []));
    expect(await replayDeadLetters(box, publish)).toEqual({ replayed: 1, kept: 2 });
    expect(calls.toSorted()).toEqual([
      ['shard-0', ['t:a']],
      ['shard-1', ['t:b']],
    ]);
    expect((await all(box)).map(({ id }) => id)).toEqual(['still failing', 'poison']);
    expect(await replayDeadLetters(box, recorder().publish)).toEqual({ replayed: 1, kept: 1 });
  });

  it('of more than one page are all replayed', async () => {
    const box = new DeadLetters(env);
    const messages = Array.from({ length: 100 }, (_, index) => event(`many-a-${index}`, 'shard-0', `t:${index}`));
    await consume(messages, (batch) => consumeDeadLetters(batch, box));
    const more = messages.map(({ body }, index) => ({ id: `many-b-${index}`, body }));
    await consume(more, (batch) => consumeDeadLetters(batch, box));
    const { replayed } = await replayDeadLetters(box, recorder().publish);
    expect(replayed).toBe(200);
  });

  it('are not acknowledged if they cannot be kept', async () => {
    const broken = { keep: () => Promise.reject(new Error('down')) } as unknown as DeadLetters;
    const messages = [event('1', 's', 't:1')];
    let consumed: unknown;
    await expect(
      consume(messages, (batch) => consumeDeadLetters(batch, broken)).then((result) => {
        consumed = result;
      }),
    ).rejects.toThrow('down');
    expect(consumed).toBeUndefined();
  });
});
