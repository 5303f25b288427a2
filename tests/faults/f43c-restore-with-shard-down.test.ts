/** F43, F63: a shard does not answer while rows of several are restored. Nobody takes a part of it for all of it. */
import { beforeAll, describe, expect, it } from 'vitest';
import { createRouter, currentMap, resetError } from '../support/in-process-router.ts';
import { confirmed } from '../support/operator/confirmed.ts';

const TENANTS = Array.from({ length: 12 }, (_, index) => `restored-${index}`);
const FIELDS = 'id state endedAt problem { code } shards { name state } silentShards { name code }';

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
  it('goes on in the others, and has not ended while nobody can say so; it tells which one is silent', async () => {
    await renamed('first');
    await pause(5);
    const time = new Date().toISOString();
    await pause(600);
    await renamed('second');
    const silent = shards[1]!;
    for (const method of ['restores', 'continueRestores']) down.set(method, silent);
    const open = { endedAt: null, silentShards: [{ name: silent, code: 'SHARD_UNAVAILABLE' }] };
    const { data, errors } = await confirmed(
      router.operator,
      `restore(all: true, time: "${time}")`,
      `restore { ${FIELDS} }`,
    );
    expect(errors).toEqual([]);
    const { restore } = data.restore as { restore: { id: string } };
    expect(restore).toMatchObject({ ...open, state: 'RUNNING' });

    const go = `mutation ($id: ID!) { continueRestore(id: $id) { ${FIELDS} } }`;
    const { id } = restore;
    expect((await ask(router.operator, go, { id })).continueRestore).toMatchObject({
      ...open,
      state: 'RUNNING',
      shards: shards.filter((name) => name !== silent).map((name) => ({ name, state: 'DONE' })),
    });
    const listed = (await ask(router.operator, `{ restores { ${FIELDS} } }`)) as { restores: object[] };
    expect(listed.restores).toMatchObject([{ id, silentShards: open.silentShards }]);
    down.clear();
    expect((await ask(router.operator, go, { id })).continueRestore).toMatchObject({
      state: 'DONE',
      problem: null,
      silentShards: [],
    });
    expect(await names()).toEqual(['first']);
  });

  it('is refused where no other shard has anything to tell', async () => {
    down.set('continueRestores', shards[1]!);
    const { errors } = await router.operator('mutation { continueRestore(id: "unknown") { id } }');
    down.clear();
    expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['SHARD_UNAVAILABLE']);
  });
});
