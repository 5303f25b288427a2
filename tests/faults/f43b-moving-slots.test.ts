/**
 * F40, F43b: routers with old maps, and slots that change hands while a list over all shards is under way. The list
 * is an exact cover of all slots or it is asked again: never shorter, never with a row twice.
 */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ShardMap } from '../../src/shards/shard-map.ts';
import type { SlotRange } from '../../src/shards/slots.ts';
import {
  createRouter,
  currentMap,
  type Intercept,
  isInside,
  moveSlots,
  slotOfTenant,
} from '../support/in-process-router.ts';

const LIST = '{ tenants(first: 100) { totalCount nodes { id } } }';
const CREATE = 'mutation ($id: ID!) { createTenant(data: { id: $id, name: "N", plan: FREE, settings: {} }) { id } }';

let made: string[] = [];

/** An id that nobody has, in one of these slots. */
function newIdIn(slots: SlotRange): string {
  for (let index = 0; ; index++) {
    const id = `moving-${made.length}-${index}`;
    if (isInside(slotOfTenant(id), slots)) return id;
  }
}

async function createTenantIn(slots: SlotRange): Promise<string> {
  const id = newIdIn(slots);
  expect((await createRouter().graphql(CREATE, { id })).errors).toEqual([]);
  made.push(id);
  return id;
}

async function expectExactList(router: ReturnType<typeof createRouter>): Promise<void> {
  const answer = await router.graphql(LIST);
  expect(answer.errors).toEqual([]);
  expect(answer.data.tenants.nodes.map(({ id }: { id: string }) => id)).toEqual([...made].sort());
  expect(answer.data.tenants.totalCount).toBe(made.length);
}

let map: ShardMap;
beforeEach(async () => {
  const listed = await createRouter().graphql(LIST);
  made = listed.data.tenants.nodes.map(({ id }: { id: string }) => id);
  map = await currentMap();
});

/** A range without rows that shard `from` owns now. */
async function emptyRangeOf(from: number): Promise<SlotRange> {
  const taken = made.map(slotOfTenant);
  for (const [first, last] of map.shards[from]!.ranges) {
    for (let start = first; start + 99 <= last; start += 100) {
      const range: SlotRange = [start, start + 99];
      if (!taken.some((slot) => isInside(slot, range))) return range;
    }
  }
  throw new Error('Expected a range without rows.');
}

describe('a router with a map that is one epoch old', () => {
  it('reads, writes and lists rows of slots that have moved since', async () => {
    const stale = createRouter();
    await expectExactList(stale);
    const slots = await emptyRangeOf(0);
    await moveSlots(slots, map.shards[1]!.name);
    const id = await createTenantIn(slots);
    await expectExactList(stale);
    expect(
      (await createRouter().graphql('query ($id: ID!) { tenant(by: { id: $id }) { id } }', { id })).data.tenant,
    ).toEqual({ id });
  });

  it('writes a row to the new owner, where everyone finds it', async () => {
    const stale = createRouter();
    await expectExactList(stale);
    const slots = await emptyRangeOf(2);
    await moveSlots(slots, map.shards[3]!.name);
    const id = newIdIn(slots);
    expect((await stale.graphql(CREATE, { id })).errors).toEqual([]);
    made.push(id);
    await expectExactList(createRouter());
    await expectExactList(stale);
  });
});

describe('slots that move while a list is under way', () => {
  /** Holds the first read of one shard until the slots have moved, and a row was made at their new owner. */
  const movesDuring = async (heldShard: 'old owner' | 'new owner', from: number, to: number) => {
    const slots = await emptyRangeOf(from);
    const [source, target] = [map.shards[from]!.name, map.shards[to]!.name];
    let isMoved = false;
    const asked = new Map<string, number>();
    const intercept: Intercept = async (call) => {
      asked.set(call.shard, (asked.get(call.shard) ?? 0) + 1);
      if (call.shard === (heldShard === 'old owner' ? source : target) && call.method === 'read' && !isMoved) {
        isMoved = true;
        // Everyone else has answered by then.
        await new Promise((resolve) => setTimeout(resolve, 50));
        await moveSlots(slots, target);
        await createTenantIn(slots);
      }
      return call.send();
    };
    const router = createRouter(intercept);
    const answer = await router.graphql(LIST);
    expect(isMoved).toBe(true);
    // The slots were spoken for by nobody or by both, so everyone was asked again.
    expect(Math.min(...asked.values())).toBeGreaterThanOrEqual(2);
    expect(answer.errors).toEqual([]);
    const ids = answer.data.tenants.nodes.map(({ id }: { id: string }) => id);
    // The new row may be seen or not, but the count must agree, and nothing else may be missing or doubled.
    const newcomer = made.at(-1)!;
    const others = made.slice(0, -1).sort();
    expect(ids.filter((id: string) => id !== newcomer)).toEqual(others);
    expect(ids.length).toBe(new Set(ids).size);
    expect(answer.data.tenants.totalCount).toBe(ids.length);
    return ids.includes(newcomer);
  };

  it('are not missing when their old owner answers late', async () => {
    // The new owner answered before it had them, the old one after it had lost them: a gap, so it is asked again.
    expect(await movesDuring('old owner', 0, 1)).toBe(true);
  });

  it('are not doubled when their new owner answers late', async () => {
    await movesDuring('new owner', 1, 2);
  });
});

describe('many isolates with an old map (F40)', () => {
  it('answer right, and one request of each fetches the new map for the others', async () => {
    const catalogCalls: string[] = [];
    const counting = {
      idFromName: (name: string) => env.CATALOG.idFromName(name),
      get: (id: DurableObjectId) => {
        const stub = env.CATALOG.get(id) as unknown as { map(count: number): Promise<unknown> };
        return {
          map: (count: number) => {
            catalogCalls.push('map');
            return stub.map(count);
          },
        };
      },
    } as unknown as DurableObjectNamespace;
    const routers = Array.from({ length: 20 }, () => createRouter(undefined, { CATALOG: counting }));
    for (const router of routers) await expectExactList(router);
    expect(catalogCalls.length).toBe(routers.length);

    catalogCalls.length = 0;
    const slots = await emptyRangeOf(3);
    await moveSlots(slots, map.shards[0]!.name);
    const id = await createTenantIn(slots);
    catalogCalls.length = 0;
    await Promise.all(
      routers.flatMap((router) =>
        Array.from({ length: 5 }, async () => {
          const answer = await router.graphql('query ($id: ID!) { tenant(by: { id: $id }) { id } }', { id });
          expect(answer.errors).toEqual([]);
          expect(answer.data.tenant).toEqual({ id });
        }),
      ),
    );
    // A request that has waited long for another's fetch makes its own: rare, but not never.
    expect(catalogCalls.length).toBeLessThanOrEqual(2 * routers.length);
    catalogCalls.length = 0;
    for (const router of routers) await expectExactList(router);
    expect(catalogCalls).toEqual([]);
  });
});
