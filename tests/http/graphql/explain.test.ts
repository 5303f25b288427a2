import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import page from '../../../docs/explain.md?raw';
import { NO_PRINCIPAL } from '../../../src/http/authentication/identity.ts';
import { createGraphqlEndpoint } from '../../../src/http/graphql/graphql-endpoint.ts';
import { toRequestLimits } from '../../../src/http/graphql/request-limits.ts';
import { defineExtensions } from '../../../src/index.ts';
import type { TableModel } from '../../../src/model/types.ts';
import { FULL_ACCESS } from '../../../src/plans/access/access-rules.ts';
import { buildSchema } from '../../../src/schema/build-schema.ts';
import shopModel from '../../../src/schema/model.ts';
import { ApiKeys } from '../../../src/shards/client/api-keys.ts';
import { Bookmarks } from '../../../src/shards/client/bookmarks.ts';
import { createRouterState, createShardClient } from '../../../src/shards/client/create-shard-client.ts';
import { Fleet } from '../../../src/shards/client/fleet.ts';
import { KeyPlacements } from '../../../src/shards/client/key-placements.ts';
import allTypesModel from '../../models/all-types/model.ts';
import { openLabReader } from '../../support/cache/lab-reader.ts';
import { noAudit } from '../../support/no-audit.ts';
import { allColumns } from '../../support/surface/documents.ts';
import { allTypesWorker, crossShardWorker, graphql, type Send, shopWorker } from '../support.ts';

interface Read {
  readonly path: readonly string[];
  readonly table: string;
  readonly shards: readonly string[] | null;
  readonly plan: readonly string[];
  readonly statements: readonly { readonly sql: string; readonly queryPlan: readonly string[] }[];
  readonly missingIndexes: readonly string[];
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: unknown[];
    readonly extensions: { code: string };
  }[];
  readonly extensions?: {
    readonly consistency?: unknown;
    readonly trace: { readonly rowsRead: number; readonly rowsWritten: number };
    readonly explain?: {
      readonly shardCount: number;
      readonly fields: readonly {
        readonly field: string;
        readonly reads: readonly Read[];
        readonly writes: readonly (Read & { operation: string; key: string[]; sets: string[] })[];
        readonly notRun: readonly (readonly string[])[];
      }[];
    };
  };
}

const ALL = ['shard-0', 'shard-1', 'shard-2', 'shard-3'];

const seen = { calls: 0 };
const extensions = defineExtensions(shopModel, ({ builder, computed }) => {
  computed('Customer', 'shout', {
    type: 'String',
    nullable: false,
    needs: ['name'],
    resolve: () => String(++seen.calls),
  });
  builder.queryField('written', (t) => t.int({ nullable: false, resolve: () => ++seen.calls }));
  builder.mutationField('changes', (t) => t.int({ nullable: true, resolve: () => ++seen.calls }));
});
const shop = shopWorker({ SHARDQL_DEVELOPMENT: 'true' }, { extensions });

async function ask(send: Send, query: string, explain: unknown = true, variables = {}): Promise<Answer> {
  const init = graphql(query, { 'x-shardql-trace': '1' });
  const body = JSON.stringify({ query, variables, extensions: { explain } });
  const response = await send('/graphql', { ...init, body });
  const answer = await response.json<Answer>();
  // Without an `accept` header the type is GraphQL's own, whose status tells failures.
  expect(response.status === 200).toBe(answer.errors === undefined);
  return answer;
}

async function explained(send: Send, query: string, variables = {}) {
  const answer = await ask(send, query, true, variables);
  expect(answer.errors).toBeUndefined();
  expect(answer).not.toHaveProperty('data');
  expect(answer.extensions).not.toHaveProperty('consistency');
  expect(answer.extensions!.trace).toMatchObject({ rowsRead: 0, rowsWritten: 0 });
  return answer.extensions!.explain!;
}

describe('explain', () => {
  it('tells per root field its shards, its plan, and how SQLite runs each statement', async () => {
    const { shardCount, fields } = await explained(
      shop,
      `{ all: tenants(first: 3) { nodes { name } }
         one: customer(by: { id: "c1" }, shardKey: "t1") { name orders(first: 2) { totalCount nodes { id items { nodes { quantity } } } } } }`,
    );
    expect(shardCount).toBe(4);
    expect(fields.map(({ field }) => field)).toEqual(['all', 'one']);
    const [all, one] = ['all', 'one'].map((name) => fields.find(({ field }) => field === name)!.reads);
    expect(all).toMatchObject([{ path: ['all'], table: 'Tenant', shards: ALL }]);
    expect(all![0]!.plan[0]).toBe('page of Tenant');
    expect(one).toHaveLength(1);
    expect(one![0]!.shards).toHaveLength(1);
    expect(one![0]!.plan.join('\n')).toMatch(/^one of Customer .*\n.*\n {2}relation orders of /);
    const statements = one![0]!.statements;
    expect(
      statements.map(({ sql }) =>
        /FROM "(\w+)"|FROM json_each\S* k CROSS JOIN "(\w+)"/.exec(sql)?.slice(1).find(Boolean),
      ),
    ).toEqual(['customers', 'orders', 'orders', 'order_items']);
    for (const { queryPlan } of statements) expect(queryPlan.join()).toMatch(/SEARCH/);
  });

  it.each([
    ['orders(first: 5, orderBy: [{ createdAt: DESC }]) { nodes { id } }', []],
    ['orders(shardKey: "t1", first: 5, orderBy: [{ createdAt: DESC }]) { nodes { id } }', []],
    ['orders(first: 5, where: { status: { eq: PAID } }, orderBy: [{ createdAt: DESC }]) { nodes { id } }', []],
    ['orders { totalCount }', []],
    [
      'orders(first: 5, orderBy: [{ totalCents: DESC }]) { nodes { id } }',
      ["Order: index('orders_by_total_cents').on(t.tenantId, t.totalCents),"],
    ],
    [
      'customers(shardKey: "t1", first: 5) { nodes { orders(first: 2, orderBy: [{ totalCents: DESC }]) { nodes { id } } } }',
      ["Order: index('orders_by_customer_id_and_total_cents').on(t.tenantId, t.customerId, t.totalCents),"],
    ],
  ])('names the index that the order of a page lacks: %s', async (field, missing) => {
    const { fields } = await explained(shop, `{ ${field} }`);
    expect(fields[0]!.reads[0]!.missingIndexes).toEqual(missing);
  });

  it.each([
    '{ __typename tenants(first: 1) { nodes { id } } }',
    '{ ...F } fragment F on Query { __typename __schema { queryType { name } } __type(name: "Tenant") { name } tenants { totalCount } }',
  ])('has nothing to say of what the schema answers: %s', async (query) => {
    const { fields } = await explained(shop, query);
    expect(fields.map(({ field }) => field)).toEqual(['tenants']);
  });

  it('goes into relations across shards, and says that their shards are not known', async () => {
    const { fields } = await explained(
      crossShardWorker(),
      `{ routes(where: { source: { country: { eq: "DE" } } }) { nodes { source { name } planes { nodes { code } } } } }`,
    );
    const { reads } = fields[0]!;
    expect(reads.map(({ path, table, shards }) => [path.join('.'), table, shards?.length ?? null])).toEqual([
      ['routes', 'Airport', 1],
      ['routes', 'Route', 4],
      ['routes.nodes.source', 'Airport', 4],
      ['routes.nodes.planes', 'RoutePlane', null],
      ['routes.nodes.planes', 'Plane', null],
      ['routes.nodes.planes', 'Plane', null],
    ]);
  });

  it('makes rows up that every type of column can show', async () => {
    for (const table of allTypesModel.tables as readonly TableModel[]) {
      const { fields } = await explained(
        allTypesWorker(),
        `{ ${table.list}(first: 2) { totalCount aggregate { count } nodes { ${allColumns(table)} } pageInfo { endCursor } } }`,
      );
      expect(fields[0]!.reads[0]!.table).toBe(table.typeName);
    }
  });

  it('says what a mutation would write, and writes nothing', async () => {
    await shop(
      '/graphql',
      graphql('mutation { createTenant(data: { id: "x1", name: "before", plan: FREE, settings: {} }) { id } }'),
    );
    const { fields } = await explained(
      shop,
      `mutation {
        make: createTenant(data: { id: "x2", name: "new", plan: FREE, settings: {} }) { name customers { totalCount } }
        update: updateTenant(by: { id: "x1" }, data: { name: "after" }) { name }
        find: updateCustomer(by: { id: "c1" }, data: { name: "after" }) { name }
        remove: deleteTenant(by: { id: "x1" }) { name }
      }`,
    );
    const writes = fields.flatMap(({ writes }) => writes);
    expect(writes).toMatchObject([
      { path: ['make'], operation: 'create', table: 'Tenant', key: [], shards: [expect.any(String)] },
      { path: ['update'], operation: 'update', table: 'Tenant', key: ['id'], sets: ['name'] },
      { path: ['find'], operation: 'update', table: 'Customer', key: ['tenantId', 'id'], shards: null },
      { path: ['remove'], operation: 'delete', table: 'Tenant', key: ['id'], sets: [] },
    ]);
    expect(writes[0]!.sets).toEqual(expect.arrayContaining(['id', 'name', 'plan', 'settings']));
    expect(writes[0]!.statements.length).toBeGreaterThan(1);
    expect(fields.find(({ field }) => field === 'find')!.reads).toMatchObject([
      { table: 'Customer', shards: { length: 4 } },
    ]);
    const kept = await shop(
      '/graphql',
      graphql('{ a: tenant(by: { id: "x1" }) { name } b: tenant(by: { id: "x2" }) { name } }'),
    );
    expect((await kept.json<Answer>()).data).toEqual({ a: { name: 'before' }, b: null });
  });

  it('says the same of upserts, and of writes of several rows', async () => {
    const { fields } = await explained(
      shop,
      `mutation {
        upsert: upsertTenant(by: { id: "x3" }, create: { name: "new", plan: FREE, settings: {} }, update: { plan: PRO }) { name }
        make: createTenants(data: [
          { id: "x4", name: "a", plan: FREE, settings: {} }, { id: "x5", name: "b", plan: FREE, settings: {} }
          { id: "x6", name: "c", plan: FREE, settings: {} }, { id: "x7", name: "d", plan: FREE, settings: {} }
        ]) { affectedCount }
        change: updateCustomers(where: { name: { eq: "a" } }, data: { phone: "1" }, atMost: 5, shardKey: "t1") { nodes { name orders { totalCount } } }
        remove: deleteCustomers(where: { tenantId: { eq: "t1" }, name: { eq: "a" } }, atMost: 5) { affectedCount }
      }`,
    );
    const writes = fields.flatMap(({ writes }) => writes);
    expect(writes).toMatchObject([
      { path: ['upsert'], operation: 'upsert', key: ['id'], shards: { length: 1 } },
      { path: ['make'], operation: 'createMany', table: 'Tenant', key: [], plan: [], statements: [] },
      { path: ['change'], operation: 'updateMany', key: ['tenantId', 'id'], sets: ['phone'], shards: { length: 1 } },
      { path: ['remove'], operation: 'deleteMany', key: ['tenantId', 'id'], sets: [], plan: [] },
    ]);
    expect(writes[0]!.sets.toSorted()).toEqual(['createdAt', 'id', 'name', 'plan', 'settings']);
    expect(writes[1]!.shards!.length).toBeGreaterThan(1);
    expect(writes[2]!.statements.length).toBeGreaterThan(1);
    for (const field of ['change', 'remove']) {
      const { reads } = fields.find((each) => each.field === field)!;
      expect(reads).toMatchObject([{ table: 'Customer', shards: { length: 1 } }]);
      expect(reads[0]!.plan.join()).toContain('name eq $');
    }
    const kept = await shop(
      '/graphql',
      graphql('{ tenants(where: { id: { in: ["x3", "x4", "x5"] } }) { totalCount } }'),
    );
    expect((await kept.json<Answer>()).data).toEqual({ tenants: { totalCount: 0 } });
  });

  it('says what each operation of a transaction would write, and where', async () => {
    const label = (more: string) => `createCustomer: { data: { name: "n", email: "n", attributes: {} ${more} } }`;
    const { fields } = await explained(
      shop,
      `mutation {
        named: transaction(operations: [
          { ${label('')} }
          { createOrders: { data: [{ tenantId: "t1", customerId: "c", totalCents: 1, shipping: {}, note: "n" }, { customerId: "c", totalCents: 1, shipping: {}, items: { create: [] } }] } }
          { updateCustomers: { where: { name: { eq: "a" } }, data: { phone: "1" }, atMost: 5 } }
          { deleteTenant: { by: { id: "t1" } } }
        ]) { results { affectedCount node { ... on Customer { name orders { totalCount } } } } }
        sought: transaction(operations: [
          { updateCustomer: { by: { email: "n" }, atomic: { phone: { append: "1" } } } }
          { upsertProduct: { by: { sku: "s" }, create: { sku: "s", name: "n", priceCents: 1 }, update: { name: "m" } } }
        ]) { results { affectedCount } }
        empty: transaction(operations: [{ createOrders: { data: [] } } { deleteTenant: { by: { id: "t1" } } }]) { results { affectedCount } }
        none: transaction(operations: []) { results { affectedCount } }
      }`,
    );
    const [named, sought, empty] = fields;
    expect(fields.map(({ field }) => field)).toEqual(['named', 'sought', 'empty']);
    expect(empty!.writes.map(({ operation, sets }) => [operation, sets])).toEqual([
      ['createMany', []],
      ['delete', []],
    ]);
    expect(named!.writes).toMatchObject([
      { path: ['named'], operation: 'create', table: 'Customer', key: [], shards: { length: 1 } },
      { operation: 'createMany', table: 'Order', key: [], shards: { length: 1 } },
      { operation: 'updateMany', table: 'Customer', key: ['tenantId', 'id'], sets: ['phone'] },
      { operation: 'delete', table: 'Tenant', key: ['id'], sets: [] },
    ]);
    expect(named!.writes[0]!.plan.join()).toContain('relation orders');
    expect(named!.writes[1]!.sets).toEqual(expect.arrayContaining(['customerId', 'totalCents', 'note', 'id']));
    expect(named!.reads).toMatchObject([{ table: 'Customer', shards: { length: 1 } }]);
    expect(named!.reads[0]!.plan.join()).toContain('name eq $');
    expect(sought!.writes).toMatchObject([
      { operation: 'update', table: 'Customer', key: ['tenantId', 'email'], sets: ['phone'], shards: null, plan: [] },
      { operation: 'upsert', table: 'Product', key: ['tenantId', 'sku'], shards: null, statements: [] },
    ]);
    expect(sought!.reads).toMatchObject([{ table: 'Customer', shards: { length: 4 } }]);
    const wrong = await ask(
      shop,
      `mutation { transaction(operations: [{ ${label('tenantId: "a"')} } { ${label('tenantId: "b"')} }]) { results { affectedCount } } }`,
    );
    expect(wrong.errors).toMatchObject([{ path: ['transaction'], extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it("runs nothing of users' own code, and explains what stands beside it", async () => {
    const query = '{ written customers(shardKey: "t1") { nodes { shout name } } tenant(by: { id: "t1" }) { name } }';
    const { fields } = await explained(shop, query);
    expect(fields.map(({ field }) => field)).toEqual(['written', 'customers', 'tenant']);
    expect(fields.find(({ field }) => field === 'written')).toEqual({
      field: 'written',
      reads: [],
      writes: [],
      notRun: [['written']],
    });
    expect(fields.find(({ field }) => field === 'customers')!.notRun).toEqual([['customers', 'nodes', 'shout']]);
    await explained(shop, 'mutation { changes }');
    expect(seen.calls).toBe(0);
  });

  it('tells wrong arguments as a request would', async () => {
    const { errors, extensions } = await ask(
      shop,
      '{ a: tenants(first: -1) { totalCount } b: tenants { totalCount } }',
    );
    expect(errors).toMatchObject([{ path: ['a'], extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(extensions!.explain!.fields.map(({ field }) => field)).toEqual(['b']);
    expect((await ask(shop, '{ nope }')).errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
  });

  it('tells what is wrong further inside at the place of the first row, and explains the rest', async () => {
    const { errors, extensions } = await ask(
      shop,
      `{ customers(first: 2) { nodes { name orders(first: -1) { nodes { id } } attributes(path: "..") } groupBy(by: []) { count } }
         nodes(nodeIds: ["nope"]) { nodeId } }`,
    );
    expect(errors!.map(({ path, extensions: { code } }) => [path!.join('.'), code])).toEqual([
      ['customers.nodes.0.orders', 'BAD_USER_INPUT'],
      ['customers.nodes.0.attributes', 'BAD_USER_INPUT'],
      ['customers.groupBy', 'BAD_USER_INPUT'],
      ['nodes.0', 'BAD_USER_INPUT'],
    ]);
    expect(extensions!.explain!.fields.map(({ field, reads }) => [field, reads.length])).toEqual([['customers', 1]]);
  });

  it('explains what comes after a mutation of users’ own code', async () => {
    const { fields } = await explained(shop, 'mutation { changes deleteTenant(by: { id: "x1" }) { name } }');
    expect(fields.map(({ field, writes }) => [field, writes.length])).toEqual([
      ['changes', 0],
      ['deleteTenant', 1],
    ]);
  });

  it('works for documents that ran before, and by GET', async () => {
    const query = '{ tenants(first: 7) { totalCount } }';
    for (let time = 0; time < 3; time++) expect((await ask(shop, query, false)).data).toBeDefined();
    await explained(shop, query);
    const parameters = new URLSearchParams({ query, extensions: '{"explain":true}' });
    const answer = await (await shop(`/graphql?${parameters}`)).json<Answer>();
    expect(answer).not.toHaveProperty('data');
    expect(answer.extensions!.explain!.fields[0]!.field).toBe('tenants');
  });

  it.each(['yes', 1, null, {}])('refuses %j in place of true', async (value) => {
    const { errors } = await ask(shop, '{ tenants { totalCount } }', value);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(errors![0]!.message).toContain(`but got ${JSON.stringify(value)}`);
  });
});

it('the page on explain shows the plan of its example', async () => {
  const [query, plan] = [/```graphql.*\n([\s\S]*?)```/, /```\n(page of[\s\S]*?)\n```/].map(
    (block) => block.exec(page)![1]!,
  );
  const { fields } = await explained(shop, query!);
  expect(fields[0]!.reads[0]!.plan.join('\n')).toBe(plan);
});

describe('plans and SQL', () => {
  const endpoint = createGraphqlEndpoint(buildSchema(shopModel), { limits: toRequestLimits({}) });
  const askAs = async (role: string) => {
    const caller = { role, claims: {} };
    const bindings = { SHARD: env.SHOP_SHARD, CATALOG: env.SHOP_CATALOG };
    const shards = createShardClient({
      model: shopModel,
      env: bindings,
      state: createRouterState(),
      caller,
      waitUntil: () => {},
    });
    const explain = vi.spyOn(shards, 'explain');
    const body = JSON.stringify({ query: '{ tenants { totalCount } }', extensions: { explain: true } });
    const request = new Request('http://127.0.0.1/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const reader = openLabReader(shopModel, shards);
    const answer = await endpoint(request, {
      requestId: 'r',
      model: shopModel,
      caller,
      principal: NO_PRINCIPAL,
      access: FULL_ACCESS,
      isDevelopment: false,
      isTraced: false,
      shards,
      apiKeys: new ApiKeys(bindings),
      fleet: new Fleet(shards, undefined),
      bookmarks: new Bookmarks(bindings),
      keyPlacements: new KeyPlacements({ env: bindings, state: createRouterState(), shards }),
      audit: noAudit(bindings),
      operatorAudit: null,
      reader,
    });
    return { answer: await answer.json<Answer>(), asked: explain.mock.calls.length };
  };

  it('are for operators', async () => {
    const { answer } = await askAs('operator');
    expect(answer.extensions!.explain!.fields).toHaveLength(1);
  });

  it('are for no other role', async () => {
    const { answer, asked } = await askAs('customer');
    expect(answer.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(answer.extensions).toBeUndefined();
    expect(asked).toBe(0);
  });
});
