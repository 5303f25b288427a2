/** A shard that comes to life again: it reads little, whatever it holds, and changes nothing. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, it, vi } from 'vitest';
import { bundle } from '../../../src/schema/migrations/index.ts';
import shop from '../../../src/schema/model.ts';
import { DEVELOPER, PROTOCOL } from '../../../src/shards/protocol/envelope.ts';
import { fromJsonText, toJsonText } from '../../../src/shards/protocol/json-text.ts';
import type { ReadAnswer } from '../../../src/shards/protocol/read.ts';
import type { ShardRpc } from '../../../src/shards/protocol/shard-rpc.ts';
import { createShardClass } from '../../../src/shards/server/shard.ts';
import { Tasks } from '../../../src/shards/server/tasks/tasks.ts';
import type { ShardKey } from '../../../src/shards/shard-key.ts';
import { SLOT_COUNT } from '../../../src/shards/slots.ts';
import { SqlSession } from '../../../src/shards/sql/sql-session.ts';
import { nodeOf } from '../../support/plans.ts';
import { create } from './shop-rows.ts';

const Shard = createShardClass(shop, bundle);
const envelope = { protocol: PROTOCOL, epoch: 1, caller: DEVELOPER };
const keyOf = (tenant: string): ShardKey => `t:${tenant}` as ShardKey;

/** What shards do meanwhile, in rows. */
async function rowsOf(work: () => Promise<void>): Promise<{ rowsRead: number; rowsWritten: number }> {
  const total = { rowsRead: 0, rowsWritten: 0 };
  const spies = (['rows', 'run', 'rowsWhile'] as const).map((name) => {
    const real = SqlSession.prototype[name] as (this: SqlSession, ...args: unknown[]) => unknown;
    return vi.spyOn(SqlSession.prototype, name).mockImplementation(function (this: SqlSession, ...args: unknown[]) {
      const before = this.counts;
      try {
        return real.apply(this, args) as never;
      } finally {
        total.rowsRead += this.counts.rowsRead - before.rowsRead;
        total.rowsWritten += this.counts.rowsWritten - before.rowsWritten;
      }
    });
  });
  try {
    await work();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return total;
}

const TENANTS = 200;

async function fill(rpc: ShardRpc): Promise<void> {
  await rpc.setOwnedSlots(1, [
    [0, 7_999],
    [8_001, SLOT_COUNT - 1],
  ]);
  for (let at = 0; at < TENANTS; at++) {
    const tenant = `w${at}`;
    const shardKeys = [keyOf(tenant)];
    const operations = [create('Tenant', { id: tenant })];
    await rpc.write({ ...envelope, operationId: `fill-${at}`, shardKeys, operations });
  }
}

async function readTenant(rpc: ShardRpc): Promise<ReadAnswer> {
  const plan = JSON.stringify(nodeOf({ table: 'Tenant', match: ['id'] }));
  const calls = [{ plan, values: [], keys: [['w7']], shardKeys: [keyOf('w7')] }];
  return fromJsonText(await rpc.read(toJsonText({ ...envelope, calls }))) as ReadAnswer;
}

it('a wake with its first read writes nothing, sets no alarm, and reads tens of rows', async () => {
  await runInDurableObject(env.LAB.getByName(`wake-${crypto.randomUUID()}`), async (_, state) => {
    const first = new Shard(state, {}) as unknown as ShardRpc;
    await fill(first);
    const { asOf } = await readTenant(first);
    const alarmAtMs = await state.storage.getAlarm();
    const setAlarm = vi.spyOn(Tasks.prototype, 'scheduleBy');
    const { rowsRead, rowsWritten } = await rowsOf(async () => {
      const woken = new Shard(state, {}) as unknown as ShardRpc;
      // Nothing was written since, so nothing is newer than what the life before has answered.
      expect(await readTenant(woken)).toMatchObject({
        status: 'OK',
        asOf,
        outcomes: [{ answers: [expect.anything()] }],
      });
    });
    expect([rowsWritten, setAlarm.mock.calls]).toEqual([0, []]);
    expect(rowsRead).toBeGreaterThan(0);
    expect(rowsRead).toBeLessThan(30);
    expect(await state.storage.getAlarm()).toBe(alarmAtMs);
    setAlarm.mockRestore();
  });
});
