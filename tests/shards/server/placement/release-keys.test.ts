import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { PlacedKey } from '../../../../src/shards/placed-key.ts';
import { DEVELOPER, PROTOCOL } from '../../../../src/shards/protocol/envelope.ts';
import { fromJsonText, toJsonText } from '../../../../src/shards/protocol/json-text.ts';
import type { ShardRpc } from '../../../../src/shards/protocol/shard-rpc.ts';
import type { ShardKey } from '../../../../src/shards/shard-key.ts';
import { SLOT_COUNT, type SlotRange, slotOf } from '../../../../src/shards/slots.ts';
import { nodeOf } from '../../../support/plans.ts';
import { create } from '../shop-rows.ts';

const ALL: SlotRange = [0, SLOT_COUNT - 1];
const OWN = SLOT_COUNT + 7;
const PLACED: readonly PlacedKey[] = [['t:acme' as ShardKey, OWN]];
const envelope = { protocol: PROTOCOL, epoch: 1, caller: DEVELOPER };

let operations = 0;

async function newShard(slots: readonly SlotRange[] = [ALL], placed: readonly PlacedKey[] = []) {
  const stub = env.SHOP_SHARD.getByName(`releasing-${crypto.randomUUID()}`);
  const rpc = stub as unknown as ShardRpc;
  await rpc.setOwnedSlots(1, slots, 0, placed);
  return { stub, rpc };
}

const createTenant = (rpc: ShardRpc, id: string) =>
  rpc.write({
    ...envelope,
    operationId: `releasing-${++operations}`,
    shardKeys: [`t:${id}` as ShardKey],
    operations: [create('Tenant', { id })],
  });

async function list(rpc: ShardRpc) {
  const calls = [{ plan: JSON.stringify(nodeOf({ table: 'Tenant' })), values: [], keys: [[]], shardKeys: null }];
  return fromJsonText(await rpc.read(toJsonText({ ...envelope, calls })));
}

const release = { epoch: 2, slots: [ALL], placed: PLACED, checksOnly: false };

describe('a shard that gives a shard key up', () => {
  it('takes no write of it any more, through a restart too, and says whose rows a list of it lacks', async () => {
    const { stub, rpc } = await newShard();
    expect(await list(rpc)).not.toHaveProperty('placedAway');
    expect(await rpc.releaseKeys(release)).toMatchObject({ status: 'OK' });
    for (let life = 0; life < 2; life++) {
      expect(await createTenant(rpc, 'acme')).toMatchObject({ status: 'WRONG_SHARD', epoch: 2 });
      expect(await createTenant(rpc, `other-${life}`)).toMatchObject({ status: 'OK' });
      expect(await list(rpc)).toMatchObject({ slots: [ALL], placedAway: [[OWN, OWN]] });
      await evictDurableObject(stub);
    }
  });

  it('hides the slot of its hash from a release that knows no placed shard keys, and from no other', async () => {
    const { stub, rpc } = await newShard();
    const readBefore = () =>
      runInDurableObject(stub, (_, { storage }) => {
        // As that release reads them.
        const owned = new Uint8Array(SLOT_COUNT);
        for (const [first, last] of storage.sql.exec('SELECT first, last FROM _slots ORDER BY first').raw()) {
          owned.fill(1, first as number, (last as number) + 1);
        }
        return [...owned.keys()].filter((slot) => owned[slot] === 0);
      });
    expect(await readBefore()).toEqual([]);
    const hashSlot = slotOf('t:acme' as ShardKey);
    const sharer = Array.from({ length: 200_000 }, (_, at) => `n${at}`).find(
      (id) => slotOf(`t:${id}` as ShardKey) === hashSlot,
    )!;
    expect(await createTenant(rpc, sharer)).toMatchObject({ status: 'OK' });
    expect(await rpc.releaseKeys(release)).toMatchObject({ status: 'OK' });
    expect(await readBefore()).toEqual([hashSlot]);
    // It hides rows from now on, and those of this slot are not among them.
    await rpc.setOwnedSlots(3, [[hashSlot, hashSlot]], 0, PLACED);
    await createTenant(rpc, 'elsewhere');
    for (let life = 0; life < 2; life++) {
      expect(await list(rpc)).toMatchObject({
        slots: [[hashSlot, hashSlot]],
        placedAway: [[OWN, OWN]],
        // One row, and no more.
        outcomes: [{ answers: [[{}]] }],
      });
      await evictDurableObject(stub);
    }
    await rpc.setOwnedSlots(4, [ALL], 0, []);
    expect(await readBefore()).toEqual([]);
  });

  it('says so again when it is asked again, and forgets nothing for what is older', async () => {
    const { rpc } = await newShard();
    expect(await rpc.releaseKeys(release)).toMatchObject({ status: 'OK' });
    expect(await rpc.releaseKeys(release)).toMatchObject({ status: 'OK' });
    await rpc.setOwnedSlots(1, [ALL]);
    expect(await createTenant(rpc, 'acme')).toMatchObject({ status: 'WRONG_SHARD' });
  });

  it('only checks where it is to check', async () => {
    const { rpc } = await newShard();
    expect(await rpc.releaseKeys({ ...release, checksOnly: true })).toMatchObject({ status: 'OK' });
    expect(await createTenant(rpc, 'acme')).toMatchObject({ status: 'OK' });
    expect(await rpc.releaseKeys({ ...release, checksOnly: true })).toEqual({
      status: 'IN_USE',
      shardKeys: ['t:acme'],
    });
  });

  it('keeps one that has rows, and all others with it', async () => {
    const { rpc } = await newShard();
    await createTenant(rpc, 'acme');
    const placed: PlacedKey[] = [...PLACED, ['t:new' as ShardKey, OWN + 1]];
    expect(await rpc.releaseKeys({ ...release, placed })).toEqual({ status: 'IN_USE', shardKeys: ['t:acme'] });
    expect(await createTenant(rpc, 'new')).toMatchObject({ status: 'OK' });
  });
});

describe('a shard that was granted a placed shard key', () => {
  it('serves it, and no other', async () => {
    const { rpc } = await newShard([[OWN, OWN]], PLACED);
    expect(await createTenant(rpc, 'acme')).toMatchObject({ status: 'OK' });
    expect(await createTenant(rpc, 'other')).toMatchObject({ status: 'WRONG_SHARD' });
    const answer = await list(rpc);
    expect(answer).toMatchObject({ slots: [[OWN, OWN]], outcomes: [{ answers: [[{}]] }] });
    expect(answer).not.toHaveProperty('placedAway');
  });
});
