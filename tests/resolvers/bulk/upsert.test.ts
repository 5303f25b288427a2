import { beforeAll, describe, expect, it } from 'vitest';
import { Cluster, SHOP } from '../support/cluster.ts';
import { summary } from '../support/run.ts';
import { shop } from '../support/shop.ts';

const cluster = new Cluster(shop, SHOP);

beforeAll(async () => {
  await cluster.data(`mutation {
    createTenant(data: { id: "u", name: "U", plan: FREE, settings: {} }) { id }
    createCustomer(data: { tenantId: "u", id: "c", name: "C", email: "c@x", attributes: {} }) { id }
  }`);
}, 60_000);

const CUSTOMER = 'name: "New", email: "EMAIL", attributes: {}';
const create = (email: string, more = '') => `create: { ${CUSTOMER.replace('EMAIL', email)} ${more} }`;
const upsert = (args: string) => cluster.run(`mutation { m: upsertCustomer(${args}) { id name phone version } }`);

describe('upsertX', () => {
  it('creates the row with the key that names it, then changes it', async () => {
    const args = `by: { id: "one" }, shardKey: "u", ${create('one@x')}, update: { name: "Changed" }`;
    const { data: first } = await upsert(args);
    expect(first.m).toMatchObject({ id: 'one', name: 'New' });
    const { data: second } = await upsert(args);
    expect(second.m).toMatchObject({ id: 'one', name: 'Changed' });
  });

  it('leaves a row that is there as it is without update', async () => {
    await upsert(`by: { id: "kept" }, shardKey: "u", ${create('kept@x')}`);
    const { data: before } = await upsert(`by: { id: "kept" }, shardKey: "u", ${create('kept@x', 'phone: "1"')}`);
    const { data: after } = await upsert(`by: { id: "kept" }, shardKey: "u", ${create('kept@x', 'phone: "2"')}`);
    expect(after).toEqual(before);
    expect(after.m.phone).toBeNull();
  });

  it('takes the shard key from the new row, and finds it by another key', async () => {
    const { data } = await upsert(`by: { email: "mail@x" }, ${create('mail@x', 'tenantId: "u"')}`);
    const { data: again } = await upsert(
      `by: { email: "mail@x" }, ${create('mail@x', 'tenantId: "u"')}, update: { phone: "3" }`,
    );
    expect(again.m).toMatchObject({ id: data.m.id, phone: '3' });
  });

  it('is CONFLICT for a row of another version', async () => {
    const args = `by: { id: "versioned" }, shardKey: "u", ${create('versioned@x')}, update: { name: "Changed" }`;
    const { data } = await upsert(args);
    await upsert(args);
    const { errors } = await upsert(`${args}, expectedVersion: "${data.m.version}"`);
    expect(summary(errors)).toEqual(['m CONFLICT']);
  });

  it.each([
    ['another key in create', `by: { id: "a" }, shardKey: "u", ${create('a@x', 'id: "b"')}`, 'BAD_USER_INPUT'],
    [
      'another shard key in create',
      `by: { id: "a" }, shardKey: "u", ${create('a@x', 'tenantId: "v"')}`,
      'BAD_USER_INPUT',
    ],
    ['another unique key in create', `by: { email: "a@x" }, shardKey: "u", ${create('b@x')}`, 'BAD_USER_INPUT'],
    ['no shard key at all', `by: { id: "a" }, ${create('a@x')}`, 'NOT_NULL_VIOLATION'],
    ['null for update', `by: { id: "a" }, shardKey: "u", ${create('a@x')}, update: null`, 'BAD_USER_INPUT'],
    ['null as the shard key', `by: { id: "a" }, shardKey: null, ${create('a@x')}`, 'BAD_USER_INPUT'],
    [
      'a key column in update',
      `by: { id: "a" }, shardKey: "u", ${create('a@x')}, update: { id: "b" }`,
      'BAD_USER_INPUT',
    ],
  ])('refuses %s', async (_, args, code) => {
    const { errors, trace } = await upsert(args);
    expect(summary(errors)).toEqual([`m ${code}`]);
    expect(trace.rpcs).toBe(0);
  });
});
