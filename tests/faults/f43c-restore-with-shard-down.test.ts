/** F43, F63: a shard does not answer while rows of several are restored. Nobody takes a part of it for all of it. */
import { beforeAll, describe, expect, it } from 'vitest';
import { createRouter, currentMap, resetError } from '../support/in-process-router.ts';

const TENANTS = Array.from({ length: 12 }, (_, index) => `restored-${index}`);
const FIELDS = 'id state endedAt problem { code } shards { name state }';

/** Shards that do not answer, by the method that is asked. */
const down = new Map<string, string>();
const router = createRouter(({ shard, method, send }) =>
  down.get(method) === shard ? Promise.reject(resetError()) : send(),
);

const ask = async (send: typeof router.graphql, query: string, variables = {}) => {
  const { data, errors } = await send(query, variables);
  expect(errors).toEqual([]);
  return data!;
};
const pause = (ms: number) => scheduler.wait(ms);
const renamed = (name: string) =>
  ask(
    router.graphql,
    `mutation { ${TENANTS.map((id, index) => `f${index}: updateTenant(by: { id: "${id}" }, data: { name: "${name}" }) { id }`).join('\n')} }`,
  );
const names = async () => {
  const { tenants } = (await ask(
    router.graphql,
    '{ tenants(first: 50) @consistency(mode: STRONG) { nodes { name } } }',
  )) as {
    tenants: { nodes: { name: string }[] };
  };
  return [...new Set(tenants.nodes.map(({ name }) => name))];
};

let shards: readonly string[];
beforeAll(async () => {
  await ask(
    router.graphql,
    `mutation { ${TENANTS.map((id, index) => `f${index}: createTenant(data: { id: "${id}", name: "first", plan: FREE, settings: {} }) { id }`).join('\n')} }`,
  );
  shards = (await currentMap()).shards.map(({ name }) => name);
});

describe('a restore of all shards, one of which does not answer', () => {
  it.each(['restores', 'continueRestores'])(
    'has begun, and has not ended, while nobody can say so (%s)',
    async (method) => {
      await renamed('first');
      await pause(5);
      const time = new Date().toISOString();
      await pause(600);
      await renamed('second');
      down.set('continueRestores', shards[1]!);
      down.set(method, shards[1]!);
      const begin = `mutation ($time: String!) { restore(all: true, time: $time) { ${FIELDS} } }`;
      const { restore } = (await ask(router.operator, begin, { time })) as { restore: { id: string } };
      expect(restore).toMatchObject({ state: 'RUNNING', endedAt: null });

      const go = `mutation ($id: ID!) { continueRestore(id: $id) { ${FIELDS} } }`;
      const refused = await router.operator(go, { id: restore.id });
      expect(refused.errors.map(({ extensions }) => extensions?.code)).toEqual(['SHARD_UNAVAILABLE']);
      down.clear();
      const { continueRestore } = (await ask(router.operator, go, { id: restore.id })) as { continueRestore: object };
      expect(continueRestore).toMatchObject({ state: 'DONE', problem: null });
      expect(await names()).toEqual(['first']);
    },
  );
});
