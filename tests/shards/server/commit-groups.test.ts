import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { Timers } from '../../../src/lib/timers.ts';
import { DEVELOPER, PROTOCOL } from '../../../src/shards/protocol/envelope.ts';
import type { ShardRpc } from '../../../src/shards/protocol/shard-rpc.ts';
import { CommitGroups } from '../../../src/shards/server/commit-groups.ts';
import type { ShardKey } from '../../../src/shards/shard-key.ts';
import { SLOT_COUNT } from '../../../src/shards/slots.ts';
import { create } from './shop-rows.ts';

async function shard() {
  const rpc = env.SHOP_SHARD.getByName(`groups-${crypto.randomUUID()}`) as unknown as ShardRpc;
  await rpc.setOwnedSlots(1, [[0, SLOT_COUNT - 1]]);
  const write = (id: string, sharesCommit = true, more: { operationId?: string; expiresAtMs?: number } = {}) =>
    rpc.write({
      ...{ protocol: PROTOCOL, epoch: 1, caller: DEVELOPER },
      operationId: crypto.randomUUID(),
      shardKeys: [`t:${id}` as ShardKey],
      operations: [create('Tenant', { id })],
      ...(sharesCommit && { sharesCommit }),
      ...more,
    });
  return { write };
}

const versionOf = (reply: object): number => (reply as { version: number }).version;

describe('writes that share a commit', () => {
  it('have versions of their own, and fail alone', async () => {
    const { write } = await shard();
    const ids = Array.from({ length: 70 }, (_, n) => `t${n}`);
    const replies = await Promise.all([...ids, 't7', 't8'].map((id) => write(id)));
    expect(replies.slice(-2)).toMatchObject([
      { status: 'FAILED', error: { code: 'UNIQUE_VIOLATION' } },
      { status: 'FAILED', error: { code: 'UNIQUE_VIOLATION' } },
    ]);
    const versions = replies.slice(0, -2).map(versionOf);
    expect(new Set(versions).size).toBe(ids.length);
    expect(versions).toEqual(versions.toSorted((one, other) => one - other));
  });

  it('are made once, if two attempts of one write are among them', async () => {
    const { write } = await shard();
    const operationId = crypto.randomUUID();
    const [first, second] = await Promise.all([write('a', true, { operationId }), write('a', true, { operationId })]);
    expect(first).toMatchObject({ status: 'OK' });
    expect(second).toMatchObject({ status: 'OK', version: versionOf(first) });
  });

  it('are refused if their time was over while they waited', async () => {
    const { write } = await shard();
    const [kept, late] = await Promise.all([write('a'), write('b', true, { expiresAtMs: Date.now() - 10_000 })]);
    expect(kept).toMatchObject({ status: 'OK' });
    expect(late).toMatchObject({ status: 'REFUSED', error: { code: 'DEADLINE_EXCEEDED' } });
  });

  it('do not hold up one that is alone', async () => {
    const { write } = await shard();
    const order: string[] = [];
    const made = async (id: string, sharesCommit: boolean) => {
      await write(id, sharesCommit);
      order.push(id);
    };
    await Promise.all([made('a', true), made('b', true), made('alone', false)]);
    expect(order[0]).toBe('alone');
  });
});

describe('groups', () => {
  function held() {
    const due: (() => void)[] = [];
    const timers: Timers & { nowMs: number } = {
      nowMs: 0,
      now: () => timers.nowMs,
      setTimer: (callback) => {
        due.push(callback);
        return () => {};
      },
    };
    const groups = new CommitGroups(timers);
    let done = 0;
    const join = () => void groups.join().then(() => done++);
    const fire = async () => {
      due.shift()?.();
      await Promise.resolve();
      return done;
    };
    return { timers, due, join, fire };
  }

  it('are let in at once, up to a size, and what is left at the next turn', async () => {
    const { due, join, fire } = held();
    for (let count = 0; count < 100; count++) join();
    expect(due.length).toBe(1);
    expect(await fire()).toBe(64);
    expect(await fire()).toBe(100);
    expect(due).toEqual([]);
    join();
    expect(await fire()).toBe(101);
  });

  it('go on though the timer of one was lost with its request', async () => {
    const { timers, due, join, fire } = held();
    join();
    due.pop();
    timers.nowMs = 500;
    join();
    expect(due).toEqual([]);
    timers.nowMs = 1_500;
    join();
    expect(await fire()).toBe(3);
  });
});
