import { beforeAll, describe, expect, it } from 'vitest';
import { type GraphQLAnswer, postGraphQL } from '../../support/graphql.ts';
import { shopWorker } from '../support.ts';

const send = shopWorker();
const ask = (query: string, variables: Record<string, unknown> = {}) =>
  postGraphQL('/operator', query, variables, {}, send);
const graphql = (query: string) => postGraphQL('/graphql', query, {}, {}, send);

async function ok(answer: Promise<GraphQLAnswer>) {
  const { data, errors } = await answer;
  expect(errors).toEqual([]);
  return data;
}

/** Runs a mutation; gives its operation id. */
async function mutate(mutation: string): Promise<string> {
  const { errors, extensions } = await graphql(`mutation { ${mutation} }`);
  expect(errors).toEqual([]);
  return extensions.operations[0].operationId;
}

const tenant = (id: string) => `createTenant(data: { id: "${id}", name: "${id}", plan: FREE, settings: {} }) { id }`;
const customer = (tenantId: string, id: string, name: string) =>
  `createCustomer(data: { tenantId: "${tenantId}", id: "${id}", name: "${name}", email: "${id}@x.org", attributes: {} }) { id }`;
const rename = (tenantId: string, id: string, name: string) =>
  `updateCustomer(by: { id: "${id}" }, shardKey: "${tenantId}", data: { name: "${name}" }) { id }`;

const CHANGE = 'cursor shard version at table key shardKey action before after afterKnown operationId';
const changes = async (args: string) =>
  (await ok(ask(`{ changes(${args}) { nodes { ${CHANGE} } hasNextPage endCursor since } }`))).changes;

let ids: Record<string, string>;
beforeAll(async () => {
  ids = {
    tenant: await mutate(tenant('log')),
    create: await mutate(customer('log', 'a', 'first')),
    other: await mutate(tenant('log-2')),
    rename: await mutate(rename('log', 'a', 'second')),
    again: await mutate(rename('log', 'a', 'third')),
    extra: await mutate(customer('log', 'b', 'x'.repeat(500))),
    delete: await mutate('deleteCustomer(by: { id: "a" }, shardKey: "log") { id }'),
  };
});

describe('changes', () => {
  it('are those of a shard key, in order, with what each has replaced and made', async () => {
    const { nodes, hasNextPage, since } = await changes('shardKey: "log", type: "Tenant"');
    expect(since).toBe('0');
    expect(hasNextPage).toBe(false);
    expect(nodes.map(({ action, table, key }: Record<string, unknown>) => [action, table, key])).toEqual([
      ['CREATE', 'Tenant', { id: 'log' }],
      ['CREATE', 'Customer', { tenantId: 'log', id: 'a' }],
      ['UPDATE', 'Customer', { tenantId: 'log', id: 'a' }],
      ['UPDATE', 'Customer', { tenantId: 'log', id: 'a' }],
      ['CREATE', 'Customer', { tenantId: 'log', id: 'b' }],
      ['DELETE', 'Customer', { tenantId: 'log', id: 'a' }],
    ]);
    // Changed since, and gone.
    expect(nodes[1]).toMatchObject({ before: null, after: { name: 'first', email: 'a@x.org' }, afterKnown: true });
    expect([nodes[2].before, nodes[2].after]).toEqual([{ name: 'first' }, { name: 'second' }]);
    expect([nodes[3].before, nodes[3].after]).toEqual([{ name: 'second' }, { name: 'third' }]);
    // There still: abbreviated.
    expect(nodes[4].after.name).toBe(`${'x'.repeat(200)}…`);
    expect(nodes[5]).toMatchObject({ before: { name: 'third' }, after: null, afterKnown: true });
    for (const node of nodes) expect(node.shardKey).toBe('log');
    expect(nodes.map(({ operationId }: { operationId: string }) => operationId)).toEqual([
      ids.tenant,
      ids.create,
      ids.rename,
      ids.again,
      ids.extra,
      ids.delete,
    ]);
    expect(Math.abs(Date.parse(nodes[0].at) - Date.now())).toBeLessThan(60_000);
  });

  it.each([false, true])('are shown page by page, by commit; newest first: %s', async (newestFirst) => {
    const whole = await changes(`shardKey: "log", type: "Tenant", newestFirst: ${newestFirst}`);
    const seen: string[] = [];
    let after = '';
    for (let page = 0; page < 10; page++) {
      const part = await changes(`shardKey: "log", type: "Tenant", first: 2, newestFirst: ${newestFirst}${after}`);
      expect(part.nodes.length).toBeLessThanOrEqual(2);
      seen.push(...part.nodes.map(({ cursor }: { cursor: string }) => cursor));
      if (!part.hasNextPage) break;
      after = `, after: "${part.endCursor}"`;
    }
    expect(seen).toEqual(whole.nodes.map(({ cursor }: { cursor: string }) => cursor));
    expect(seen).toHaveLength(6);
  });

  it('go on after a version, of a table alone, or of a whole shard', async () => {
    const { nodes } = await changes('shardKey: "log", type: "Tenant"');
    const after = await changes(`shardKey: "log", type: "Tenant", after: "${nodes[3].version}"`);
    expect(after.nodes.map(({ action }: { action: string }) => action)).toEqual(['CREATE', 'DELETE']);
    const before = await changes(`shardKey: "log", type: "Tenant", newestFirst: true, after: "${nodes[2].version}"`);
    expect(before.nodes.map(({ table }: { table: string }) => table)).toEqual(['Customer', 'Tenant']);
    const ofTable = await changes('shardKey: "log", type: "Tenant", table: "tenants"');
    expect(ofTable.nodes).toHaveLength(1);
    const ofShard = await changes(`shard: "${nodes[0].shard}"`);
    expect(ofShard.nodes.length).toBeGreaterThanOrEqual(6);
    expect(new Set(ofShard.nodes.map(({ shard }: { shard: string }) => shard))).toEqual(new Set([nodes[0].shard]));
  });

  it.each([
    ['first: 1', 'BAD_USER_INPUT: Expected shard or shardKey, but got neither.'],
    ['shard: "shard-0", shardKey: "log"', 'BAD_USER_INPUT: Expected shard or shardKey, but got both.'],
    [
      'shard: "shard-O"',
      'NOT_FOUND: Expected shard to be one that the field shards lists, but got "shard-O". Did you mean "shard-0"?',
    ],
    ['shard: "shard-0", type: "Tenant"', 'BAD_USER_INPUT: Expected type together with shardKey'],
    ['shardKey: "log", type: "Tenannt"', 'BAD_USER_INPUT: Expected type to be one of '],
    ['shard: "shard-0", table: "Costumer"', 'Did you mean "Customer"?'],
    ['shard: "shard-0", first: 101', 'BAD_USER_INPUT: Expected first to be 0 to 100, but got 101.'],
    [
      'shard: "shard-0", after: "x"',
      'BAD_USER_INPUT: Expected after to be an endCursor of another page, or a version, but got "x".',
    ],
    ['shard: "shard-0", after: "1.2.3"', 'BAD_USER_INPUT: Expected after to be an endCursor'],
    ['shard: "shard-0", after: "-1"', 'BAD_USER_INPUT: Expected after to be an endCursor'],
  ])('refuse %s', async (args, message) => {
    const { errors } = await ask(`{ changes(${args}) { endCursor } }`);
    expect(errors.map((error) => `${error.extensions?.code}: ${error.message}`)).toEqual([
      expect.stringContaining(message),
    ]);
  });
});

describe('operation', () => {
  const operation = async (id: string) =>
    (
      await ok(
        ask(
          'query ($id: ID!) { operation(id: $id) { id isUndoable commits { shard version at state tables { table createdCount updatedCount deletedCount } shardKeys migration code message } } }',
          { id },
        ),
      )
    ).operation;

  it('tells what it has changed, where and when', async () => {
    const { id, isUndoable, commits } = await operation(ids.rename!);
    expect([id, isUndoable]).toEqual([ids.rename, true]);
    expect(commits).toEqual([
      {
        ...{ shard: expect.any(String), version: expect.any(String), at: expect.any(String), state: 'LOGGED' },
        tables: [{ table: 'Customer', createdCount: 0, updatedCount: 1, deletedCount: 0 }],
        ...{ shardKeys: ['log'], migration: expect.any(String), code: null, message: null },
      },
    ]);
  });

  it('is not known by an id that is made up, and refused by one that is none', async () => {
    const made = ids.rename!.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
    expect(await operation(made)).toMatchObject({ isUndoable: false, commits: [{ state: 'UNKNOWN', tables: [] }] });
    for (const [id, code] of [
      ['nonsense', 'BAD_USER_INPUT'],
      [ids.rename!.replace(/@[^.]+/, '@elsewhere'), 'NOT_FOUND'],
    ] as const) {
      const { errors } = await ask('query ($id: ID!) { operation(id: $id) { id } }', { id });
      expect(errors).toMatchObject([{ extensions: { code } }]);
    }
  });
});

describe('shardKey', () => {
  it('tells where a shard key is, and its latest changes', async () => {
    const { shardKey } = await ok(
      ask(
        '{ shardKey(value: "log", type: "Tenant") { shardKey type shard slot isPlaced jurisdiction location bytes share growthPerDay hasRows isUnpublished cachedUntil code message changes(first: 1) { nodes { action } hasNextPage } } }',
      ),
    );
    expect(shardKey).toEqual({
      ...{ shardKey: 'log', type: 'Tenant', shard: expect.stringMatching(/^shard-\d$/), slot: expect.any(Number) },
      ...{ isPlaced: false, jurisdiction: null, location: null, bytes: null, share: null, growthPerDay: null },
      ...{ hasRows: true, isUnpublished: false, cachedUntil: null, code: null, message: null },
      changes: { nodes: [{ action: 'DELETE' }], hasNextPage: true },
    });
  });

  it('says of one that never had rows that it has none', async () => {
    const { shardKey } = await ok(
      ask('{ shardKey(value: "nobody", type: "Tenant") { hasRows changes { nodes { version } } } }'),
    );
    expect(shardKey).toEqual({ hasRows: false, changes: { nodes: [] } });
  });
});

describe('cacheEntry', () => {
  const COPY = 'verdict reason readAt ageMs diesAt characters asOf { shard asOf changed } checkedAt isTraced';
  const ENTRY = `kind table tables shardKey kvKey ttlSeconds swrSeconds stamps { table bucket lastChange lastChangeAt } memory { ${COPY} } kv { ${COPY} }`;
  const entries = async (args: string) => (await ok(ask(`{ cacheEntry(${args}) { ${ENTRY} } }`))).cacheEntry;

  it('shows the entry of a row as memory has it, and lets the judge say what it is worth', async () => {
    const row = 'table: "Customer", id: "b", shardKey: "log"';
    const [absent] = await entries(row);
    expect(absent).toMatchObject({
      kind: 'row',
      table: 'Customer',
      tables: ['Customer'],
      shardKey: 'log',
      memory: null,
      kv: null,
    });
    expect(absent.kvKey).toContain('/t:Customer:id:');
    expect(absent.stamps).toEqual([
      { table: 'Customer', bucket: expect.any(Number), lastChange: null, lastChangeAt: null },
    ]);
    const read = 'query @consistency(mode: CACHED) { customer(by: { id: "b" }, shardKey: "log") { email } }';
    await ok(graphql(read));
    await ok(graphql(read));
    const [kept] = await entries(row);
    expect(kept.memory).toMatchObject({
      verdict: 'FRESH',
      reason: 'It is the answer.',
      asOf: [{ shard: expect.any(String) }],
    });
    expect((await entries(`${row}, mode: "STRONG"`))[0].memory.verdict).toBe('REFUSED_BY_BOUND');
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await entries(`${row}, mode: "BOUNDED", maxStalenessMs: 0`))[0].memory.verdict).toBe('REFUSED_BY_BOUND');
  });

  it('shows those of the reads of a query, which is not run', async () => {
    const query = '{ customers(shardKey: "log", first: 3) { nodes { id } } tenant(by: { id: "log" }) { name } }';
    const found = await entries(`query: ${JSON.stringify(query)}`);
    expect(found.map(({ kind, table }: Record<string, string>) => [kind, table])).toEqual([
      [expect.stringMatching(/^(plan|lookup)$/), 'Customer'],
      ['row', 'Tenant'],
    ]);
    for (const { memory } of found) expect(memory).toBeNull();
  });

  it.each([
    ['mode: "CACHED"', 'Expected one of table, nodeId and query, but got none.'],
    ['table: "Customer", query: "{ x }"', 'Expected one of table, nodeId and query, but got several.'],
    ['table: "Customer"', 'Expected table together with id'],
    ['table: "Customer", id: "b"', 'Expected a shardKey with the id of Customer'],
    ['table: "Costumer", id: "b"', 'Did you mean "Customer"?'],
    ['table: "Tenant", id: "x", mode: "CACHE"', 'Did you mean "CACHED"?'],
    ['table: "Tenant", id: "x", maxStalenessMs: -1', 'Expected maxStalenessMs to be a whole number'],
    ['nodeId: "x"', 'Expected'],
    ['query: "{ nothing }"', 'Expected a valid query, but got one with this error: Cannot query field "nothing"'],
    ['query: "mutation { x }"', 'Expected a valid query'],
    ['query: "query ($id: ID!) { tenant(by: { id: $id }) { name } }"', 'Expected valid variables, but got: '],
  ])('refuses %s', async (args, message) => {
    const { errors } = await ask(`{ cacheEntry(${args}) { kind } }`);
    expect(errors).toMatchObject([
      { message: expect.stringContaining(message), extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });
});
