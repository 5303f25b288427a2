import { describe, expect, it } from 'vitest';
import { defineExtensions } from '../../../src/index.ts';
import shopModel from '../../../src/schema/model.ts';
import { parseOperationId } from '../../../src/shards/operation-id.ts';
import { postGraphQL } from '../../support/graphql.ts';
import { shopWorker } from '../support.ts';

const extensions = defineExtensions(shopModel, ({ builder }) => {
  builder.mutationField('renameTwice', (t) =>
    t.boolean({
      args: { id: t.arg.id({ required: true }), fails: t.arg.boolean() },
      resolve: async (_root, { id, fails }, context) => {
        const rename = (name: string) => context.update('Tenant', { by: { id }, data: { name } });
        await rename('Once');
        if (fails) throw new Error('between the commits');
        await rename('Twice');
        return true;
      },
    }),
  );
});
const send = shopWorker({ SHARDQL_DEVELOPMENT: 'true' }, { extensions });
const graphql = (query: string, variables?: Record<string, unknown>) =>
  postGraphQL('http://127.0.0.1/graphql', query, variables, {}, send);

const CREATE =
  'mutation ($id: ID!) { made: createTenant(data: { id: $id, name: "New", plan: FREE, settings: {} }) { version } }';

const operationsOf = async (query: string, variables?: Record<string, unknown>) =>
  ((await graphql(query, variables)).extensions?.operations ?? []) as { path: string[]; operationId: string }[];

describe('extensions.operations', () => {
  it('names each commit, by the response key of its field, with the shard and the version', async () => {
    const { data, extensions } = await graphql(CREATE, { id: 'named' });
    const [operation, ...others] = extensions.operations;
    expect(others).toEqual([]);
    expect(operation.path).toEqual(['made']);
    const { commits } = parseOperationId(operation.operationId);
    expect(commits).toEqual([{ shard: expect.any(String), version: Number(data.made.version) }]);
  });

  it('has an id of its own for each field', async () => {
    await graphql(CREATE, { id: 'fields' });
    const operations = await operationsOf(
      'mutation { a: updateTenant(by: { id: "fields" }, data: { name: "A" }) { id } b: updateTenant(by: { id: "fields" }, data: { name: "B" }) { id } }',
    );
    expect(operations.map(({ path }) => path)).toEqual([['a'], ['b']]);
    expect(new Set(operations.map(({ operationId }) => operationId.split('@')[0])).size).toBe(2);
  });

  it('leaves out what changed nothing: queries, failures, updates that set nothing', async () => {
    await graphql(CREATE, { id: 'same' });
    expect(await operationsOf('{ tenants { totalCount } }')).toEqual([]);
    expect(await operationsOf(CREATE, { id: 'same' })).toEqual([]);
    expect(await operationsOf('mutation { updateTenant(by: { id: "same" }, data: {}) { id } }')).toEqual([]);
  });

  it("has one for each commit of a user's own mutation, also of one that fails afterwards", async () => {
    await graphql(CREATE, { id: 'own' });
    const both = await operationsOf('mutation { r: renameTwice(id: "own") }');
    expect(both.map(({ path }) => path)).toEqual([['r'], ['r']]);
    expect(await operationsOf('mutation { renameTwice(id: "own", fails: true) }')).toHaveLength(1);
  });
});
