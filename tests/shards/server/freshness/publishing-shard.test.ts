/** The Durable Object itself: its alarm, its starts, and a real KV. */

import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, it, vi } from 'vitest';
import { bundle } from '../../../../src/schema/migrations/index.ts';
import model from '../../../../src/schema/model.ts';
import { stampsKvKey } from '../../../../src/shards/kv-key.ts';
import { DEVELOPER, PROTOCOL } from '../../../../src/shards/protocol/envelope.ts';
import { toJsonText } from '../../../../src/shards/protocol/json-text.ts';
import type { ShardRpc, ShardStatus } from '../../../../src/shards/protocol/shard-rpc.ts';
import { createShardClass } from '../../../../src/shards/server/shard.ts';
import type { ShardKey } from '../../../../src/shards/shard-key.ts';
import { SLOT_COUNT } from '../../../../src/shards/slots.ts';
import { stampSchema } from '../../../../src/shards/stamp-schema.ts';
import { decodeStamps, lastChange } from '../../../../src/shards/stamps.ts';
import { nodeOf } from '../../../support/plans.ts';
import { create, update } from '../shop-rows.ts';

const envelope = { protocol: PROTOCOL, epoch: 1, caller: DEVELOPER };

let operations = 0;

async function newShard(name = `publishing-${crypto.randomUUID()}`) {
  const stub = env.PUBLISHING_SHARD.getByName(name);
  const rpc = stub as unknown as ShardRpc;
  await rpc.setOwnedSlots(1, [[0, SLOT_COUNT - 1]]);
  return { stub, rpc };
}

const tenantKey = (tenant: string): ShardKey => `t:${tenant}` as ShardKey;

async function write(rpc: ShardRpc, tenant: string, operation: ReturnType<typeof create>) {
  const operationId = `publishing-${++operations}`;
  const answer = await rpc.write({ ...envelope, operationId, shardKeys: [tenantKey(tenant)], operations: [operation] });
  if (answer.status !== 'OK') throw new Error(JSON.stringify(answer));
  return answer;
}

const rename = (id: string, name: string) =>
  ({ ...update('Tenant', id, { name }), key: { columns: ['id'], values: [id] } }) as ReturnType<typeof create>;

async function readCacheable(rpc: ShardRpc, tenant: string): Promise<void> {
  const plan = JSON.stringify(nodeOf({ table: 'Tenant', match: ['id'] }));
  const calls = [{ plan, values: [], keys: [[tenant]], shardKeys: [tenantKey(tenant)], cacheable: true }];
  expect(await rpc.read(toJsonText({ ...envelope, calls }))).toContain('"answers":[[');
}

async function stampedVersion(tenant: string): Promise<number | null> {
  const text = await env.STAMPS.get(await stampsKvKey(tenantKey(tenant)));
  return text === null ? null : lastChange(decodeStamps(text, stampSchema(model))!, { table: 'Tenant', bucket: null });
}

/** Of one key there is a put a second. */
const untilStamped = (tenant: string, version = 0) =>
  vi.waitUntil(async () => ((await stampedVersion(tenant)) ?? -1) >= version, { timeout: 10_000, interval: 50 });

const statusOf = async (rpc: ShardRpc) => (await rpc.status({ protocol: PROTOCOL })) as ShardStatus;
const unpublished = async (rpc: ShardRpc) => (await statusOf(rpc)).figures.unpublishedKeys;

it('publishes by its alarm what it handed out and nobody asked it to publish', async () => {
  const { stub, rpc } = await newShard();
  expect((await write(rpc, 'alarm', create('Tenant', { id: 'alarm' }))).unpublished).toBeUndefined();
  expect(await unpublished(rpc)).toBe(0);
  await readCacheable(rpc, 'alarm');
  await untilStamped('alarm');
  const { version, unpublished: due } = await write(rpc, 'alarm', rename('alarm', 'New'));
  expect(due).toEqual(['t:alarm']);
  expect(await stampedVersion('alarm')).toBeLessThan(version);
  expect(await runDurableObjectAlarm(stub)).toBe(true);
  await untilStamped('alarm', version);
  expect(await unpublished(rpc)).toBe(0);
});

it('publishes when it is asked to, and says that nothing is left', async () => {
  const { rpc } = await newShard();
  await write(rpc, 'asked', create('Tenant', { id: 'asked' }));
  await readCacheable(rpc, 'asked');
  const { version } = await write(rpc, 'asked', rename('asked', 'New'));
  expect(await rpc.publish({ protocol: PROTOCOL, shardKeys: ['asked', 'unknown'].map(tenantKey) })).toMatchObject({
    left: [],
  });
  await untilStamped('asked', version);
  expect(await stampedVersion('unknown')).toBeNull();
});

it('publishes by its alarm what a life before it has left, and keeps it open for the second put', async () => {
  const { stub, rpc } = await newShard();
  await write(rpc, 'evicted', create('Tenant', { id: 'evicted' }));
  await readCacheable(rpc, 'evicted');
  await untilStamped('evicted');
  const { version } = await write(rpc, 'evicted', rename('evicted', 'New'));
  await evictDurableObject(stub);
  expect(await stampedVersion('evicted')).toBeLessThan(version);
  expect(await runDurableObjectAlarm(stub)).toBe(true);
  await untilStamped('evicted', version);
  expect(await unpublished(rpc)).toBe(1);
});

it('samples what a commit has changed, and keeps what audits have found', async () => {
  const { rpc } = await newShard();
  await write(rpc, 'sampled', create('Tenant', { id: 'sampled' }));
  await readCacheable(rpc, 'sampled');
  const { version } = await write(rpc, 'sampled', rename('sampled', 'New'));
  expect(await rpc.sampleChanges({ protocol: PROTOCOL, version })).toMatchObject({
    status: 'OK',
    changes: [{ shardKey: 't:sampled', table: 'Tenant', key: ['sampled'], lists: [] }],
  });
  const counts = [
    { ageMs: 5_000, result: 'inconsistent', count: 2 } as const,
    { ageMs: 7, result: 'inconsistent', count: 9 } as const,
  ];
  for (let time = 0; time < 2; time++) await rpc.recordAudits({ protocol: PROTOCOL, counts });
  const { audits } = (await statusOf(rpc)).counted;
  expect(audits.filter(({ count }) => count > 0)).toEqual([{ ageMs: 5_000, result: 'inconsistent', count: 4 }]);
  expect(audits.filter(({ result, count }) => result === 'inconsistent' && count === 0)).toHaveLength(2);
});

it('lets nobody keep answers in KV where rows are to stay in its jurisdiction, and still puts stamps for what was cached before', async () => {
  const { rpc } = await newShard('eu-7');
  await write(rpc, 'resident', create('Tenant', { id: 'resident' }));
  await readCacheable(rpc, 'resident');
  expect((await write(rpc, 'resident', rename('resident', 'New'))).unpublished).toBeUndefined();
  // The shard key that comes has had another owner, whose answers others may have.
  await rpc.setOwnedSlots(2, [[0, SLOT_COUNT - 1]]);
  const { version, unpublished: due } = await write(rpc, 'resident', rename('resident', 'Newer'));
  expect(due).toEqual(['t:resident']);
  await rpc.publish({ protocol: PROTOCOL, shardKeys: [tenantKey('resident')] });
  await untilStamped('resident', version);
  const plan = JSON.stringify(nodeOf({ table: 'Tenant', match: ['id'] }));
  const calls = [{ plan, values: [], keys: [['resident']], shardKeys: [tenantKey('resident')], cacheable: true }];
  expect(await rpc.read(toJsonText({ ...envelope, calls }))).not.toContain('coveredMs');
});

it('leaves no trace of reads once it is full: they are answered all the same', async () => {
  const capacity = { warnBytes: 1, planBytes: 1, fullBytes: 1 };
  const FullShard = createShardClass(model, bundle, { capacity });
  await runInDurableObject(env.LAB.getByName(`full-${crypto.randomUUID()}`), async (_, state) => {
    const shard = new FullShard(state, { KV: { put: async () => {} } }) as unknown as ShardRpc;
    await shard.setOwnedSlots(1, [[0, SLOT_COUNT - 1]]);
    const plan = JSON.stringify(nodeOf({ table: 'Tenant', match: ['id'] }));
    const calls = [{ plan, values: [], keys: [['t']], shardKeys: [tenantKey('t')], cacheable: true }];
    expect(await shard.read(toJsonText({ ...envelope, calls }))).toContain('"answers":[null]');
    expect([...state.storage.sql.exec('SELECT * FROM _traces')]).toEqual([]);
  });
});
