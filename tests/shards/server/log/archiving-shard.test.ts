/** The Durable Object itself: its alarm, a real bucket, and what operators ask for. */
import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, expect, it } from 'vitest';
import { DEVELOPER, PROTOCOL } from '../../../../src/shards/protocol/envelope.ts';
import type { ShardRpc, ShardStatus } from '../../../../src/shards/protocol/shard-rpc.ts';
import type { ShardKey } from '../../../../src/shards/shard-key.ts';
import { SLOT_COUNT } from '../../../../src/shards/slots.ts';
import { archivingClock } from '../../../worker/archiving-clock.ts';
import { create } from '../shop-rows.ts';
import { DAY_MS } from './trim-lab.ts';

afterEach(() => {
  archivingClock.aheadMs = 0;
});

async function newShard() {
  const stub = env.ARCHIVING_SHARD.getByName(`archiving-${crypto.randomUUID()}`);
  const rpc = stub as unknown as ShardRpc;
  await rpc.setOwnedSlots(1, [[0, SLOT_COUNT - 1]]);
  let operations = 0;
  const write = async (operation: object) => {
    const operationId = `archiving-${++operations}`;
    const envelope = { protocol: PROTOCOL, epoch: 1, caller: DEVELOPER, operationId };
    const shardKeys = ['t:t1' as ShardKey];
    const answer = await rpc.write({ ...envelope, shardKeys, operations: [operation as never] });
    return { ...answer, origin: operationId };
  };
  const status = async () => ((await rpc.status({ protocol: PROTOCOL })) as ShardStatus).figures;
  return { stub, rpc, write, status };
}

const page = { offset: 0, limit: 10 };
const undoOf = ({ origin, version }: { origin: string; version: number }) => ({
  ...{ kind: 'undo', origin, version },
  ...{ changes: page, conflicts: page },
});

it('trims by its alarm what is a week old, and undoes by the archive what is trimmed', async () => {
  const { stub, write, status } = await newShard();
  await write(create('Tenant'));
  const made = (await write(create('Customer'))) as unknown as { origin: string; version: number };
  expect(await status()).toMatchObject({ restorableSince: 0 });
  archivingClock.aheadMs = 8 * DAY_MS;
  await write(create('Product'));
  const { logBytes: untrimmed } = await status();
  expect(untrimmed).toBeGreaterThan(300);
  expect(await runDurableObjectAlarm(stub)).toBe(true);
  expect(await status()).toMatchObject({ restorableSince: made.version });
  const { logBytes } = await status();
  expect(logBytes).toBeGreaterThan(100);
  expect(logBytes).toBeLessThan(untrimmed / 2);
  // Rows that nobody has used again go. Then nothing is left that an alarm could do.
  expect(await runDurableObjectAlarm(stub)).toBe(true);
  expect(await runDurableObjectAlarm(stub)).toBe(false);
  await evictDurableObject(stub);
  expect(await write(undoOf(made))).toMatchObject({ status: 'OK' });
  expect((await status()).restorableSince).toBeLessThan(made.version);
  expect(await status()).toMatchObject({ rows: 2 });
  // It goes again when its time is over.
  archivingClock.aheadMs += DAY_MS / 24;
  expect(await runDurableObjectAlarm(stub)).toBe(true);
  expect(await status()).toMatchObject({ restorableSince: made.version });
});

it('says what is missing where the archive cannot give it back', async () => {
  const { stub, write } = await newShard();
  await write(create('Tenant'));
  const made = (await write(create('Customer'))) as unknown as { origin: string; version: number };
  archivingClock.aheadMs = 8 * DAY_MS;
  await write(create('Product'));
  await runDurableObjectAlarm(stub);
  const { objects } = await env.ARCHIVE.list({ prefix: `log/${stub.id}/` });
  expect(objects).toHaveLength(1);
  await env.ARCHIVE.delete(objects[0]!.key);
  expect(await write(undoOf(made))).toMatchObject({
    status: 'REFUSED',
    error: { code: 'ARCHIVE_UNREADABLE', message: expect.stringContaining(objects[0]!.key) },
  });
});
