/** F43: one shard does not answer. What needs it fails with a typed error on its own path; the rest is right. */
import { beforeAll, describe, expect, it } from 'vitest';
import { errorSummary } from '../support/graphql.ts';
import { createRouter, currentMap, isInside, slotOfTenant } from '../support/in-process-router.ts';

const TENANTS = Array.from({ length: 12 }, (_, index) => `down-${index}`);

async function shardOf(tenant: string): Promise<string> {
  const { shards } = await currentMap();
  return shards.find(({ ranges }) => ranges.some((range) => isInside(slotOfTenant(tenant), range)))!.name;
}

let here: string;
let elsewhere: string;
let downShard: string;

beforeAll(async () => {
  const fields = TENANTS.map(
    (id, index) => `f${index}: createTenant(data: { id: "${id}", name: "N", plan: FREE, settings: {} }) { id }`,
  );
  expect((await createRouter().graphql(`mutation { ${fields.join('\n')} }`)).errors).toEqual([]);
  here = TENANTS[0]!;
  downShard = await shardOf(here);
  for (const tenant of TENANTS) if ((await shardOf(tenant)) !== downShard) elsewhere = tenant;
});

describe.each([
  ['throws', () => Promise.reject(new Error('internal error; reference = 0123'))],
  [
    'throws what may be retried, for ever',
    () => Promise.reject(Object.assign(new Error('reset'), { retryable: true })),
  ],
  [
    'is overloaded',
    () => Promise.reject(Object.assign(new Error('overloaded'), { overloaded: true, retryable: true })),
  ],
])('a shard that %s', (_, fail) => {
  it('fails the fields that need it, and no others', async () => {
    const router = createRouter((call) => (call.shard === downShard ? fail() : call.send()));
    const answer = await router.graphql(
      `query ($here: ID!, $elsewhere: ID!) {
        list: tenants { totalCount }
        down: tenant(by: { id: $here }) { name }
        up: tenant(by: { id: $elsewhere }) { name customers { totalCount } }
      }`,
      { here, elsewhere },
    );
    expect(errorSummary(answer).sort()).toEqual(['down SHARD_UNAVAILABLE', 'list SHARD_UNAVAILABLE']);
    expect(answer.data).toEqual({ list: null, down: null, up: { name: 'N', customers: { totalCount: 0 } } });
    for (const { message, extensions } of answer.errors) {
      expect(message).not.toMatch(/0123|reset|internal/i);
      expect(extensions?.retryable).toBe(true);
      expect(extensions?.retryAfterMs).toBeGreaterThan(0);
    }
  });

  it('fails a write, and leaves the router fit for the next request', async () => {
    let isDown = true;
    const router = createRouter((call) => (isDown && call.shard === downShard ? fail() : call.send()));
    const rename = () =>
      router.graphql('mutation ($id: ID!) { updateTenant(by: { id: $id }, data: { plan: PRO }) { plan } }', {
        id: here,
      });
    expect(errorSummary(await rename())).toEqual(['updateTenant SHARD_UNAVAILABLE']);
    isDown = false;
    expect((await rename()).data).toEqual({ updateTenant: { plan: 'PRO' } });
  });
});
