import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { Timers } from '../../../src/lib/timers.ts';
import { type Caller, DEVELOPER, PROTOCOL, SYSTEM } from '../../../src/shards/protocol/envelope.ts';
import { fromJsonText, toJsonText } from '../../../src/shards/protocol/json-text.ts';
import type { ShardRpc } from '../../../src/shards/protocol/shard-rpc.ts';
import { Turns } from '../../../src/shards/server/turns.ts';
import type { ShardKey } from '../../../src/shards/shard-key.ts';
import { SLOT_COUNT } from '../../../src/shards/slots.ts';
import { nodeOf } from '../../support/plans.ts';
import { create } from './shop-rows.ts';

const HOT = 40;
/** Calls of one batch may be answered in any order, so replies show only roughly whose turn came when: before or after this many. */
const HALF = HOT / 2;

async function shard() {
  const rpc = env.SHOP_SHARD.getByName(`turns-${crypto.randomUUID()}`) as unknown as ShardRpc;
  await rpc.setOwnedSlots(1, [[0, SLOT_COUNT - 1]]);
  /** What has been answered, in order. */
  const answered: string[] = [];
  const head = (takesTurns: boolean, caller: Caller = DEVELOPER) => ({
    ...{ protocol: PROTOCOL, epoch: 1, caller },
    ...(takesTurns && { takesTurns }),
  });
  const read = async (id: string, takesTurns = true, expiresAtMs?: number) => {
    const shardKeys = id === '*' ? null : [`t:${id}` as ShardKey];
    const calls = [{ plan: JSON.stringify(nodeOf({ table: 'Tenant' })), values: [], keys: [[]], shardKeys }];
    const reply = fromJsonText(await rpc.read(toJsonText({ ...head(takesTurns), calls, expiresAtMs })));
    answered.push(id);
    return reply;
  };
  const write = async (id: string, takesTurns = true, caller: Caller = DEVELOPER) => {
    const operations = [create('Tenant', { id })];
    const shardKeys = [`t:${id}` as ShardKey];
    await rpc.write({ ...head(takesTurns, caller), operationId: crypto.randomUUID(), shardKeys, operations });
    answered.push(id);
  };
  return { read, write, answered };
}

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

describe('shard keys in an overloaded shard', () => {
  it('take turns: one with many calls does not hold up the others', async () => {
    const { read, write, answered } = await shard();
    await Promise.all([...times(HOT, () => read('hot')), read('other'), write('writer'), read('*'), read('last')]);
    expect(answered.length).toBe(HOT + 4);
    for (const id of ['other', 'writer', '*', 'last']) expect(answered.indexOf(id), id).toBeLessThan(HALF);
  });

  it('take turns with calls of routers that have not noticed yet', async () => {
    const { read, answered } = await shard();
    await Promise.all([...times(HOT, () => read('hot')), read('other', false)]);
    expect(answered.indexOf('other')).toBeLessThan(HALF);
  });

  it('are not held up in what ShardQL itself has to do', async () => {
    const { read, write, answered } = await shard();
    await Promise.all([...times(HOT, () => read('hot')), write('system', true, SYSTEM)]);
    expect(answered.indexOf('system')).toBeLessThan(HALF);
  });

  it('are refused once their time is over', async () => {
    const { read } = await shard();
    const [late] = await Promise.all([read('late', true, Date.now() - 10_000), ...times(HOT, () => read('hot'))]);
    expect(late).toMatchObject({ status: 'REFUSED', error: { code: 'DEADLINE_EXCEEDED' } });
  });

  it('are answered in the order of arrival where no router has seen a delay', async () => {
    const { read, answered } = await shard();
    await Promise.all([...times(HOT, () => read('hot', false)), read('other', false)]);
    expect(answered.indexOf('other')).toBeGreaterThan(HALF);
  });
});

describe('turns', () => {
  /** Time that a test holds; timers that fire when it says so, or never. */
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
    const tick = async (ms: number) => {
      timers.nowMs += ms;
      due.shift()?.();
      await Promise.resolve();
    };
    return { timers, due, tick, turns: new Turns(timers) };
  }

  it('come to each shard key once before they come to any of them again', async () => {
    const { tick, turns } = held();
    const taken: string[] = [];
    for (const of of ['t:hot', 't:hot', 't:hot', 't:other', 't:last', '*'])
      void turns.take(of).then(() => taken.push(of));
    for (let batch = 0; batch < 6; batch++) await tick(20);
    expect(taken).toEqual(['t:hot', 't:other', 't:last', '*', 't:hot', 't:hot']);
  });

  it('come several at a time as long as that takes no longer than a timer, and one at a time where they take long', async () => {
    const { tick, turns } = held();
    let done = 0;
    for (let call = 0; call < 300; call++) void turns.take(`t:${call % 7}`).then(() => done++);
    const batchAfter = async (ms: number) => {
      const before = done;
      await tick(ms);
      return done - before;
    };
    const quick: number[] = [];
    for (let batch = 0; batch < 8; batch++) quick.push(await batchAfter(1));
    expect(quick).toEqual([2, 4, 8, 16, 16, 16, 16, 16]);
    const slow: number[] = [];
    for (let batch = 0; batch < 6; batch++) slow.push(await batchAfter(20));
    expect(slow).toEqual([8, 4, 2, 1, 1, 1]);
    expect(turns.areTaken).toBe(true);
  });

  it('go on though the timer of one was lost with its request', async () => {
    const { due, tick, timers, turns } = held();
    let done = 0;
    void turns.take('t:a').then(() => done++);
    due.pop();
    timers.nowMs = 500;
    void turns.take('t:b').then(() => done++);
    expect(due).toEqual([]);
    timers.nowMs = 1_500;
    void turns.take('t:c').then(() => done++);
    for (let ticks = 0; ticks < 3; ticks++) await tick(3);
    expect(done).toBe(3);
    expect(turns.areTaken).toBe(false);
  });
});
