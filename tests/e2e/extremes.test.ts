/** Unusual requests that must work: large lists, strange ids, empty sets, races. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorSummary } from '../support/graphql.ts';
import { type Server, startServer } from '../support/server.ts';

const IDS = ["o'hara", '"quoted"', '\u{1F600}', '\uFF5E', 'back\\slash', '%_', ' ', 'a\nb', 'i'.repeat(4096)];

describe.each([{ shards: 1 }, { shards: 4 }])('on $shards shards', ({ shards }) => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer({ shards });
    const fields = [
      ...['t1', 't2', 't3'].map(
        (id) => `createTenant(data: { id: "${id}", name: "N", plan: FREE, settings: {} }) { id }`,
      ),
      ...IDS.map(
        (_, index) =>
          `createCustomer(data: { tenantId: "t1", id: $i${index}, name: "N", email: "${index}", attributes: {} }) { id }`,
      ),
    ];
    const declared = IDS.map((_, index) => `$i${index}: ID!`).join(', ');
    const variables = Object.fromEntries(IDS.map((id, index) => [`i${index}`, id]));
    const query = `mutation (${declared}) { ${fields.map((field, index) => `f${index}: ${field}`).join('\n')} }`;
    expect((await server.graphql(query, variables)).errors).toEqual([]);
  });
  afterAll(() => server?.stop());

  it.each([undefined, 't1'])('finds rows by 5,000 ids in one "in" (shard key: %s)', async (shardKey) => {
    const ids = [...Array.from({ length: 5_000 - IDS.length }, (_, index) => `missing-${index}`), ...IDS];
    const answer = await server.graphql(
      `query ($ids: [ID!]!, $shardKey: ID) {
        found: customers(where: { id: { in: $ids } }, shardKey: $shardKey) { totalCount nodes { id } }
        others: customers(where: { id: { notIn: $ids } }, shardKey: $shardKey) { totalCount }
      }`,
      { ids, shardKey },
    );
    expect(answer.errors).toEqual([]);
    expect(answer.data.found.totalCount).toBe(IDS.length);
    expect(new Set(answer.data.found.nodes.map(({ id }: { id: string }) => id))).toEqual(new Set(IDS));
    expect(answer.data.others.totalCount).toBe(0);
  });

  it.each(IDS.map((id) => [id.length > 20 ? `${id.length} characters` : JSON.stringify(id), id]))(
    'reads, updates and pages by the id %s',
    async (_, id) => {
      const answer = await server.graphql(
        `mutation ($id: ID!) { updateCustomer(by: { id: $id }, shardKey: "t1", data: { name: "Renamed" }) { id name nodeId } }`,
        { id },
      );
      expect(answer.errors).toEqual([]);
      expect(answer.data.updateCustomer).toMatchObject({ id, name: 'Renamed' });
      const read = await server.graphql(
        `query ($id: ID!, $nodeId: ID!) {
          here: customer(by: { id: $id }, shardKey: "t1") { id name }
          anywhere: customer(by: { id: $id }) { id }
          node(nodeId: $nodeId) { ... on Customer { id } }
          elsewhere: customer(by: { id: $id }, shardKey: "t2") { id }
          list: customers(where: { id: { eq: $id } }) { edges { cursor } }
        }`,
        { id, nodeId: answer.data.updateCustomer.nodeId },
      );
      expect(read.errors).toEqual([]);
      expect(read.data).toMatchObject({
        here: { id, name: 'Renamed' },
        anywhere: { id },
        node: { id },
        elsewhere: null,
      });
      const after = await server.graphql(
        'query ($id: ID!, $after: String!) { customers(where: { id: { gte: $id } }, after: $after, first: 100) { nodes { id } } }',
        { id, after: read.data.list.edges[0].cursor },
      );
      expect(after.errors).toEqual([]);
      const above = IDS.filter((other) => Buffer.compare(Buffer.from(other), Buffer.from(id)) > 0);
      expect(after.data.customers.nodes.map((node: { id: string }) => node.id).sort()).toEqual(above.sort());
    },
  );

  it('matches no row with an empty "in", every row with an empty "notIn", and shows none with first: 0', async () => {
    const answer = await server.graphql(`{
      none: customers(where: { id: { in: [] } }) { totalCount nodes { id } }
      nullable: customers(where: { phone: { notIn: [] } }) { totalCount }
      all: customers(where: { id: { notIn: [] } }) { totalCount }
      never: customers(where: { OR: [] }) { totalCount }
      always: customers(where: { AND: [], NOT: { OR: [] } }) { totalCount }
      empty: customers(first: 0) { totalCount nodes { id } edges { cursor } pageInfo { hasNextPage startCursor } }
      unread: nodes(nodeIds: []) { nodeId }
    }`);
    expect(answer.errors).toEqual([]);
    expect(answer.data).toEqual({
      none: { totalCount: 0, nodes: [] },
      nullable: { totalCount: IDS.length },
      all: { totalCount: IDS.length },
      never: { totalCount: 0 },
      always: { totalCount: IDS.length },
      empty: { totalCount: IDS.length, nodes: [], edges: [], pageInfo: { hasNextPage: true, startCursor: null } },
      unread: [],
    });
  });

  it.each([1, 99, 100, 101, 1_000])('takes %i values, all that are bound at once (F39)', async (count) => {
    const values = [...Array.from({ length: count - 1 }, (_, index) => `v${index}`), IDS[2]!];
    const any = values.map((value) => ({ id: { eq: value } })).slice(-200);
    const answer = await server.graphql(
      `query ($values: [ID!]!, $any: [CustomerWhere!]!) {
        listed: customers(where: { id: { in: $values } }) { totalCount }
        either: customers(where: { OR: $any }) { totalCount }
      }`,
      { values, any },
    );
    expect(answer.errors).toEqual([]);
    expect(answer.data).toEqual({ listed: { totalCount: 1 }, either: { totalCount: 1 } });
  });

  it('takes text patterns of any length and content (F39)', async () => {
    const name = `${'\u{1F600}'.repeat(40)}%_\\A\u0000b${'x'.repeat(100)}`;
    const created = await server.graphql(
      'mutation ($data: CustomerCreateInput!) { createCustomer(data: $data) { name } }',
      { data: { tenantId: 't2', id: 'pattern', name, email: 'pattern', attributes: {} } },
    );
    expect(created.data).toEqual({ createCustomer: { name } });
    const escaped = name.replace(/[%_\\]/g, '\\$&');
    const conditions: Record<string, string>[] = [
      { eq: name },
      { contains: name.slice(2, -1) },
      { startsWith: name.slice(0, 90) },
      { endsWith: name.slice(10) },
      { contains: '%_\\A\u0000b' },
      { like: escaped },
      { like: `${escaped.slice(0, 100)}%` },
      { like: '%\\%\\_%' },
      { ieq: name.toUpperCase() },
      { icontains: '\u0000B' },
      { istartsWith: name.slice(0, 90).toUpperCase() },
      { iendsWith: name.slice(10).toUpperCase() },
      { ilike: `%${'X'.repeat(60)}` },
    ];
    for (const condition of conditions) {
      const answer = await server.graphql(
        'query ($where: CustomerWhere!) { customers(where: $where, shardKey: "t2") { nodes { id } } }',
        { where: { name: condition } },
      );
      const label = JSON.stringify(condition);
      expect(answer.errors, label).toEqual([]);
      expect(answer.data.customers.nodes, label).toEqual([{ id: 'pattern' }]);
    }
  });

  it('keeps negative numbers and both ends of 32 bits', async () => {
    const values = [-2_147_483_648, -1, 0, 2_147_483_647];
    for (const [index, priceCents] of values.entries()) {
      const answer = await server.graphql(
        `mutation ($data: ProductCreateInput!) { createProduct(data: $data) { priceCents } }`,
        { data: { tenantId: 't1', sku: `n${index}`, name: 'N', priceCents } },
      );
      expect(answer.data).toEqual({ createProduct: { priceCents } });
    }
    const answer = await server.graphql('{ products(orderBy: [{ priceCents: ASC }]) { nodes { priceCents } } }');
    expect(answer.data.products.nodes.map((node: { priceCents: number }) => node.priceCents)).toEqual(values);
  });

  it('lets one of two racing updates of one version win, every time (F52)', async () => {
    for (let round = 0; round < 20; round++) {
      const before = await server.graphql('{ tenant(by: { id: "t2" }) { version } }');
      const update = (name: string) =>
        server.graphql(
          `mutation ($name: String!, $version: Version!) {
            updateTenant(by: { id: "t2" }, data: { name: $name }, expectedVersion: $version) { name version }
          }`,
          { name, version: before.data.tenant.version },
        );
      const names = [`a${round}`, `b${round}`, `c${round}`];
      const answers = await Promise.all(names.map(update));
      const won = answers.filter((answer) => answer.errors.length === 0);
      const lost = answers.filter((answer) => answer.errors.length > 0);
      expect(won).toHaveLength(1);
      expect(lost.map(errorSummary)).toEqual([['updateTenant CONFLICT'], ['updateTenant CONFLICT']]);
      const now = await server.graphql('{ tenant(by: { id: "t2" }) { name version } }');
      expect(now.data.tenant).toEqual(won[0]!.data.updateTenant);
      expect(BigInt(now.data.tenant.version)).toBeGreaterThan(BigInt(before.data.tenant.version));
      for (const { errors } of lost) expect(errors[0]!.extensions?.currentVersion).toBe(now.data.tenant.version);
    }
  });

  it('stores a row just below the limit, changes it and deletes it', async () => {
    const name = 'x'.repeat(1_900_000);
    const data = { tenantId: 't3', id: 'big', name, email: 'big', attributes: {} };
    const created = await server.graphql(
      'mutation ($data: CustomerCreateInput!) { createCustomer(data: $data) { name } }',
      { data },
    );
    expect(created.errors).toEqual([]);
    expect(created.data.createCustomer.name).toBe(name);
    const rest = await server.graphql(`mutation {
      updateCustomer(by: { id: "big" }, shardKey: "t3", data: { phone: "1" }) { phone }
      deleteCustomer(by: { id: "big" }, shardKey: "t3") { id }
    }`);
    expect(rest.errors).toEqual([]);
  });

  it.each([
    ['quotes', '"'],
    ['control characters', '\u0001'],
    ['emoji', '\u{1F600}'],
  ])('can change and delete whatever it let in: a large row of %s', async (_, character) => {
    const name = character.repeat(Math.floor(1_500_000 / Buffer.byteLength(character)));
    const data = { tenantId: 't3', id: 'log', name, email: 'log', attributes: {} };
    const created = await server.graphql(
      'mutation ($data: CustomerCreateInput!) { createCustomer(data: $data) { id } }',
      { data },
    );
    if (created.errors.length > 0) {
      expect(errorSummary(created)).toEqual(['createCustomer VALUE_TOO_LARGE']);
      return;
    }
    const rest = await server.graphql(`mutation {
      updateCustomer(by: { id: "log" }, shardKey: "t3", data: { name: "small" }) { name }
      deleteCustomer(by: { id: "log" }, shardKey: "t3") { id }
    }`);
    expect(rest.errors).toEqual([]);
  });
});
