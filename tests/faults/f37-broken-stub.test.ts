/** F37: a stub that has thrown stays broken on this platform; the router must take a new one. */
import { expect, it } from 'vitest';
import { createRouter, type Intercept, resetError } from '../support/in-process-router.ts';

/** The first stub of every shard throws at its first use and ever after. */
function firstStubsBreak(): { intercept: Intercept; uses: number[] } {
  const broken = new Map<string, number>();
  const uses: number[] = [];
  const intercept: Intercept = (call) => {
    uses.push(call.stub);
    if (!broken.has(call.shard)) broken.set(call.shard, call.stub);
    return broken.get(call.shard) === call.stub ? Promise.reject(resetError()) : call.send();
  };
  return { intercept, uses };
}

it('takes a new stub after an exception, for points and for lists over all shards', async () => {
  const { intercept, uses } = firstStubsBreak();
  const router = createRouter(intercept);
  const answer = await router.graphql('{ tenant(by: { id: "none" }) { id } tenants { totalCount } }');
  expect(answer.errors).toEqual([]);
  expect(answer.data.tenant).toBeNull();
  expect(new Set(uses).size).toBeGreaterThan(4);
});

it('uses one stub per shard within a request, and none of an earlier request', async () => {
  const uses: [shard: string, stub: number][] = [];
  const router = createRouter((call) => {
    uses.push([call.shard, call.stub]);
    return call.send();
  });
  const query = '{ a: tenants { totalCount } b: tenant(by: { id: "x" }) { id } }';
  await router.graphql(query);
  const first = new Map(uses.splice(0));
  await router.graphql(query);
  for (const [shard, stub] of uses) expect(first.get(shard)).not.toBe(stub);
  const perShard = Map.groupBy(uses, ([shard]) => shard);
  for (const calls of perShard.values()) expect(new Set(calls.map(([, stub]) => stub)).size).toBe(1);
});
