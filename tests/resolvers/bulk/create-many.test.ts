import { beforeAll, describe, expect, it } from 'vitest';
import { Cluster, SHOP } from '../support/cluster.ts';
import { shop } from '../support/shop.ts';

const cluster = new Cluster(shop, SHOP);

const TENANTS = ['m1', 'm2', 'm3', 'm4', 'm5', 'm6'];

const tenant = (id: string, more: object = {}) => ({ id, name: `Tenant ${id}`, plan: 'FREE', settings: {}, ...more });
const customer = (tenantId: string, id: string, more: object = {}) => ({
  tenantId,
  id,
  name: `Customer ${id}`,
  email: `${id}@bulk.test`,
  attributes: {},
  ...more,
});

const CUSTOMERS = `mutation ($data: [CustomerCreateInput!]!, $onConflict: OnConflict! = ERROR, $key: CustomerUniqueKey, $dryRun: Boolean! = false) {
  m: createCustomers(data: $data, onConflict: $onConflict, conflictKey: $key, dryRun: $dryRun) {
    affectedCount nodes { id name } results { index outcome code message } shards { shard affectedCount code }
  }
}`;

const UPSERTS = `mutation ($data: [CustomerUpsertInput!]!, $key: CustomerUniqueKey! = PRIMARY, $dryRun: Boolean! = false) {
  m: upsertCustomers(data: $data, conflictKey: $key, dryRun: $dryRun) {
    affectedCount nodes { id name phone version } results { index outcome code message } shards { affectedCount code }
  }
}`;

const outcomesOf = (payload: { results: { outcome: string }[] }) => payload.results.map(({ outcome }) => outcome);

const namesOf = async (tenantId: string): Promise<Record<string, string>> => {
  const { customers } = await cluster.data(
    'query ($t: ID!) { customers(shardKey: $t, first: 100) { nodes { id name } } }',
    { t: tenantId },
  );
  return Object.fromEntries(customers.nodes.map(({ id, name }: { id: string; name: string }) => [id, name]));
};

beforeAll(async () => {
  await cluster.data('mutation ($data: [TenantCreateInput!]!) { createTenants(data: $data) { affectedCount } }', {
    data: TENANTS.map((id) => tenant(id)),
  });
}, 60_000);

describe('createXs', () => {
  it('writes rows of several shards, one call to each, and shows them in the order of data', async () => {
    const data = [...TENANTS, ...TENANTS].map((id, index) => customer(id, `${id}-${index}`));
    const { data: answer, errors, trace } = await cluster.run(CUSTOMERS, { data });
    expect(errors).toEqual([]);
    const { affectedCount, nodes, results, shards } = answer.m;
    expect(affectedCount).toBe(12);
    expect(nodes.map(({ id }: { id: string }) => id)).toEqual(data.map(({ id }) => id));
    expect(results).toEqual(data.map((_, index) => ({ index, outcome: 'INSERTED', code: null, message: null })));
    expect(shards.length).toBeGreaterThan(1);
    expect(trace.rpcs).toBe(shards.length);
    const counts = shards.map(({ affectedCount: count }: { affectedCount: number }) => count);
    expect(counts.reduce((a: number, b: number) => a + b)).toBe(12);
  });

  it('shows the rows under several aliases, each with its own selection, relations included', async () => {
    const data = TENANTS.slice(0, 2).map((id) => ({ ...customer(id, `${id}-alias`) }));
    const { m } = await cluster.data(
      `mutation ($data: [CustomerCreateInput!]!) { m: createCustomers(data: $data) {
        names: nodes { name } nodes { id orders { totalCount } } nodes { email } }
      }`,
      { data },
    );
    expect(m).toEqual({
      names: data.map(({ name }) => ({ name })),
      nodes: data.map(({ id, email }) => ({ id, orders: { totalCount: 0 }, email })),
    });
  });

  it('fills in defaults in the Worker, for each row anew', async () => {
    const { m } = await cluster.data(
      'mutation ($data: [TenantCreateInput!]!) { m: createTenants(data: $data) { nodes { id createdAt } } }',
      { data: [1, 2, 3].map(() => ({ name: 'n', plan: 'FREE', settings: {} })) },
    );
    expect(new Set(m.nodes.map(({ id }: { id: string }) => id)).size).toBe(3);
    expect(m.nodes[0].createdAt).toMatch(/Z$/);
  });

  it('answers for no rows without asking a shard', async () => {
    const { data, trace } = await cluster.run(CUSTOMERS, { data: [] });
    expect(data.m).toEqual({ affectedCount: 0, nodes: [], results: [], shards: [] });
    expect(trace.rpcs).toBe(0);
  });

  it('writes nothing on a shard where a row fails, and says which one is to blame', async () => {
    // Three rows of a shard key of which the second fails, among others.
    const data = TENANTS.flatMap((id) =>
      id === 'm1'
        ? [customer(id, 'm1-before'), customer(id, 'm1-0'), customer(id, 'm1-part')]
        : [customer(id, `${id}-part`)],
    );
    const tried = await cluster.data(CUSTOMERS, { data, dryRun: true });
    const { m } = await cluster.data(CUSTOMERS, { data });
    expect(tried.m.results).toEqual(m.results);
    const failed: { index: number; message: string }[] = m.results.filter(
      ({ outcome }: { outcome: string }) => outcome === 'FAILED',
    );
    expect(failed.slice(0, 3)).toEqual([
      { index: 0, outcome: 'FAILED', code: null, message: expect.stringContaining('row 1') },
      { index: 1, outcome: 'FAILED', code: 'UNIQUE_VIOLATION', message: expect.stringContaining('Customer.') },
      { index: 2, outcome: 'FAILED', code: null, message: failed[0]!.message },
    ]);
    for (const { message } of failed.slice(3)) expect(message).toBe(failed[0]!.message);
    expect(m.affectedCount).toBe(8 - failed.length);
    expect(m.nodes).toHaveLength(8 - failed.length);
    expect(m.shards.filter(({ code }: { code: string | null }) => code !== null)).toEqual([
      { shard: expect.any(String), affectedCount: 0, code: 'UNIQUE_VIOLATION' },
    ]);
    for (const { index } of failed) {
      expect(await namesOf(data[index]!.tenantId)).not.toHaveProperty(`${data[index]!.tenantId}-part`);
    }
  });

  it('fails at its own path, naming the row, if nothing was written at all', async () => {
    const data = [customer('m2', 'fresh'), customer('m2', 'm2-1')];
    const { data: answer, errors } = await cluster.run(CUSTOMERS, { data });
    expect(answer).toEqual({ m: null });
    expect(errors[0]!.path).toEqual(['m']);
    expect(errors[0]!.extensions).toMatchObject({ code: 'UNIQUE_VIOLATION', inputPath: ['data', 1, 'email'] });
    expect(await namesOf('m2')).not.toHaveProperty('fresh');
  });

  it.each([
    ['a reference that is missing', { totalCents: 1, shipping: {}, tenantId: 'm1' }, 'NOT_NULL_VIOLATION', []],
    ['a shard key that is missing', { totalCents: 1, shipping: {}, customerId: 'm1-0' }, 'NOT_NULL_VIOLATION', []],
    [
      'a value that does not fit',
      { totalCents: 1, shipping: {}, tenantId: 'm1', customerId: 'a', createdAt: '2026-01-01T00:00:00Z', id: null },
      'NOT_NULL_VIOLATION',
      ['id'],
    ],
  ])('names the row with %s before it asks a shard', async (_, row, code, given) => {
    const good = { tenantId: 'm1', customerId: 'm1-0', totalCents: 1, shipping: {} };
    const { errors, trace } = await cluster.run(
      'mutation ($data: [OrderCreateInput!]!) { m: createOrders(data: $data) { affectedCount } }',
      { data: [good, good, row] },
    );
    expect(errors[0]!.extensions).toMatchObject({ code, inputPath: ['data', 2, ...given] });
    expect(trace.rpcs).toBe(0);
  });

  it('refuses more than 10,000 rows before anything is sent', async () => {
    const data = Array.from({ length: 10_001 }, (_, at) => customer('m1', `many-${at}`));
    const { data: answer, errors, trace } = await cluster.run(CUSTOMERS, { data });
    expect(answer).toEqual({ m: null });
    expect(errors[0]!.path).toEqual(['m']);
    expect(errors[0]!.extensions.code).toBe('OPERATION_LIMIT_EXCEEDED');
    expect(trace.rpcs).toBe(0);
  });

  it('leaves out rows that are there with IGNORE, by any key or by the one that is named', async () => {
    await cluster.data(CUSTOMERS, { data: [customer('m3', 'ignored')] });
    const again = [
      customer('m3', 'ignored', { name: 'Other' }),
      customer('m3', 'm3-new'),
      customer('m3', 'm3-same', { email: 'ignored@bulk.test' }),
    ];
    const { m } = await cluster.data(CUSTOMERS, { data: again, onConflict: 'IGNORE' });
    expect(outcomesOf(m)).toEqual(['IGNORED', 'INSERTED', 'IGNORED']);
    expect(m.nodes).toEqual([{ id: 'm3-new', name: 'Customer m3-new' }]);
    expect(m.affectedCount).toBe(1);
    expect((await namesOf('m3')).ignored).toBe('Customer ignored');
    const { errors } = await cluster.run(CUSTOMERS, { data: again, onConflict: 'IGNORE', key: 'PRIMARY' });
    expect(errors[0]!.extensions).toMatchObject({ code: 'UNIQUE_VIOLATION', inputPath: ['data', 2, 'email'] });
  });

  it('sets the columns that are given in rows that are there with UPDATE, by the primary key or another', async () => {
    await cluster.data(CUSTOMERS, { data: [customer('m4', 'updated', { phone: '1' })] });
    const byPrimary = await cluster.data(CUSTOMERS, {
      data: [customer('m4', 'updated', { name: 'By id' })],
      onConflict: 'UPDATE',
    });
    expect(byPrimary.m.nodes).toEqual([{ id: 'updated', name: 'By id' }]);
    const byEmail = await cluster.data(CUSTOMERS, {
      data: [customer('m4', 'another-id', { name: 'By email', email: 'updated@bulk.test' })],
      onConflict: 'UPDATE',
      key: 'EMAIL',
    });
    expect(byEmail.m.nodes).toEqual([{ id: 'updated', name: 'By email' }]);
    expect(outcomesOf(byEmail.m)).toEqual(['UPDATED']);
    const { customer: row } = await cluster.data('{ customer(by: { id: "updated" }, shardKey: "m4") { phone } }');
    expect(row.phone).toBe('1');
  });

  it('refuses a key beside ERROR', async () => {
    const { errors, trace } = await cluster.run(CUSTOMERS, { data: [customer('m4', 'x')], key: 'EMAIL' });
    expect(errors[0]!.extensions.code).toBe('BAD_USER_INPUT');
    expect(trace.rpcs).toBe(0);
  });

  it('answers the same for a dry run, errors too, and writes nothing', async () => {
    const data = TENANTS.map((id) => customer(id, `${id}-dry`));
    const { m } = await cluster.data(CUSTOMERS, { data, dryRun: true });
    expect(m.affectedCount).toBe(6);
    expect(m.nodes.map(({ id }: { id: string }) => id)).toEqual(data.map(({ id }) => id));
    for (const id of TENANTS) expect(await namesOf(id)).not.toHaveProperty(`${id}-dry`);
    const { errors } = await cluster.run(CUSTOMERS, { data: [customer('m2', 'm2-1')], dryRun: true });
    expect(errors[0]!.extensions.code).toBe('UNIQUE_VIOLATION');
  });
});

describe('upsertXs', () => {
  it('creates rows or sets what is given of them, on several shards', async () => {
    await cluster.data(UPSERTS, { data: TENANTS.map((id) => customer(id, `${id}-up`, { phone: '1' })) });
    const { m } = await cluster.data(UPSERTS, {
      data: [...TENANTS.map((id) => customer(id, `${id}-up`, { name: 'Again' })), customer('m1', 'm1-first')],
    });
    expect(outcomesOf(m)).toEqual([...TENANTS.map(() => 'UPDATED'), 'INSERTED']);
    expect(m.nodes[0]).toMatchObject({ id: 'm1-up', name: 'Again', phone: '1' });
    expect(m.affectedCount).toBe(7);
  });

  it('does not overwrite by the default of one row what another gives', async () => {
    const createdAt = '2020-01-01T00:00:00.000Z';
    await cluster.data(UPSERTS, { data: ['a', 'b'].map((id) => customer('m5', id, { createdAt })) });
    await cluster.data(UPSERTS, {
      data: [customer('m5', 'a', { createdAt: '2021-01-01T00:00:00.000Z' }), customer('m5', 'b', { name: 'New' })],
    });
    const { a, b } = await cluster.data(
      '{ a: customer(by: { id: "a" }, shardKey: "m5") { createdAt } b: customer(by: { id: "b" }, shardKey: "m5") { name createdAt } }',
    );
    expect(a).toEqual({ createdAt: '2021-01-01T00:00:00.000Z' });
    expect(b).toEqual({ name: 'New', createdAt });
  });

  it('writes rows with an expected version only if they still have it', async () => {
    const { m } = await cluster.data(UPSERTS, { data: [customer('m6', 'v')] });
    const { version } = m.nodes[0];
    const next = await cluster.data(UPSERTS, {
      data: [customer('m6', 'v', { name: 'Next', expectedVersion: version })],
    });
    expect(next.m.nodes[0].name).toBe('Next');
    const { errors } = await cluster.run(UPSERTS, {
      data: [customer('m6', 'w'), customer('m6', 'v', { name: 'Late', expectedVersion: version })],
    });
    expect(errors[0]!.extensions).toMatchObject({
      code: 'CONFLICT',
      inputPath: ['data', 1],
      currentVersion: next.m.nodes[0].version,
    });
    expect(await namesOf('m6')).toMatchObject({ v: 'Next' });
    expect(await namesOf('m6')).not.toHaveProperty('w');
  });

  it('finds rows by another key than the primary one', async () => {
    await cluster.data(UPSERTS, { data: [customer('m6', 'mail')] });
    const { m } = await cluster.data(UPSERTS, {
      data: [customer('m6', 'other-id', { email: 'mail@bulk.test', name: 'By email' })],
      key: 'EMAIL',
    });
    expect(m.nodes).toEqual([expect.objectContaining({ id: 'mail', name: 'By email' })]);
  });

  it('refuses null as the key', async () => {
    const { errors } = await cluster.run(
      'mutation { m: upsertCustomers(data: [], conflictKey: null) { affectedCount } }',
    );
    expect(errors[0]!.extensions.code).toBe('BAD_USER_INPUT');
  });
});
