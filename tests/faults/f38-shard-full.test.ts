/** F38: a shard that is full refuses whatever may grow it, and nothing else. What the platform's limit does: `../e2e/f38-full-database.test.ts`. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import shopModel from '../../src/schema/model.ts';
import { postGraphQL } from '../support/graphql.ts';
import { createLabWorker, type LabWorker } from '../support/lab-worker.ts';
import { confirmed } from '../support/operator/confirmed.ts';

const TENANT = 'full';
const settings = { warnBytes: 600_000, planBytes: 700_000, fullBytes: 800_000 };

let worker: LabWorker;
/** Shards take the function when their class is made. */
const clock = vi.spyOn(Date, 'now');
afterAll(() => clock.mockRestore());

const ask = (query: string, variables: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
  worker.graphql(query, variables, headers);

/** In no full-text index, whose size would be another matter. */
const customer = (id: string) => ({
  ...{ tenantId: TENANT, id, name: 'C', email: `${id}@example.com` },
  attributes: { padding: 'x'.repeat(5_000) },
});

const create = (id: string) =>
  ask('mutation ($data: CustomerCreateInput!) { createCustomer(data: $data) { id } }', { data: customer(id) });

const by = (id: string) => `by: { id: "${id}" }, shardKey: "${TENANT}"`;

const codes = ({ errors }: Awaited<ReturnType<typeof ask>>) => errors.map(({ extensions }) => extensions?.code);

const sizes = () => worker.inShards(({ storage }) => storage.sql.databaseSize);

/** Until the shard is full. */
async function fill(prefix: string): Promise<void> {
  for (let index = 1; ; index++) {
    const answer = await create(`${prefix}${index}`);
    if (answer.errors.length === 0) continue;
    expect(codes(answer)).toEqual(['SHARD_FULL']);
    break;
  }
}

let operationId: string;

beforeAll(async () => {
  worker = createLabWorker(shopModel, 1, undefined, { capacity: settings, log: { maxBytes: 100_000 } });
  const { errors } = await ask(
    `mutation { createTenant(data: { id: "${TENANT}", name: "T", plan: FREE, settings: {} }) { id }
       createCustomer(data: { tenantId: "${TENANT}", id: "c", name: "C", email: "c@example.com", attributes: {} }) { id } }`,
  );
  expect(errors).toEqual([]);
  const first = await create('p0');
  operationId = (first.extensions as { operations: { operationId: string }[] }).operations[0]!.operationId;
  await fill('p');
});

describe('a full shard', () => {
  it.each([
    ['a create', `createCustomer(data: $data) { id }`],
    ['a bulk create', `createCustomers(data: [$data]) { affectedCount }`],
    [
      'a nested create',
      `createCustomer(data: { tenantId: "${TENANT}", name: "N", email: "n@example.com", attributes: {}, orders: { create: [{ totalCents: 1, shipping: {} }] } }) { id }`,
    ],
    ['an upsert', `upsertCustomer(${by('new')}, create: { name: "N", email: "n@example.com", attributes: {} }) { id }`],
    ['an update that grows a row', `updateCustomer(${by('p1')}, data: { name: "CC" }) { id }`],
    ['an update in place that grows a row', `updateCustomer(${by('p1')}, atomic: { name: { append: "C" } }) { id }`],
    [
      'a bulk update of which the rows together grow',
      `updateCustomers(where: { tenantId: { eq: "${TENANT}" }, id: { in: ["p1", "p2"] } }, data: { name: "CC" }, atMost: 2) { affectedCount }`,
    ],
    [
      'an upsert that grows a row',
      `upsertCustomer(${by('p1')}, create: { name: "N", email: "n@example.com", attributes: {} }, update: { name: "CC" }) { id }`,
    ],
    ['a dry run of a create', `createCustomers(data: [$data], dryRun: true) { affectedCount }`],
    [
      'a transaction that deletes and creates',
      `transaction(operations: [{ deleteCustomer: { ${by('p1')} } }, { createCustomer: { data: { tenantId: "${TENANT}", name: "N", email: "n@example.com", attributes: {} } } }]) { results { __typename } }`,
    ],
  ])('refuses %s, and writes nothing of it', async (_, field) => {
    const before = await ask('{ customers { totalCount aggregate { countDistinct { name } } } }');
    const uses = field.includes('$data') ? '($data: CustomerCreateInput!)' : '';
    const answer = await ask(`mutation ${uses} { ${field} }`, uses ? { data: customer('new') } : {});
    expect(new Set(codes(answer)), JSON.stringify(answer.errors)).toEqual(new Set(['SHARD_FULL']));
    expect(answer.errors[0]!.extensions?.retryable).toBe(false);
    expect(await ask('{ customers { totalCount aggregate { countDistinct { name } } } }')).toMatchObject({
      data: before.data,
    });
  });

  it.each([
    ['an update', `updateCustomer(${by('p1')}, data: { name: "D" }) { name }`],
    ['an update in place', `updateCustomer(${by('p2')}, atomic: { name: { prepend: "" } }) { name }`],
    ['an update that makes a row smaller', `updateCustomer(${by('p3')}, data: { attributes: {} }) { name }`],
    [
      'a bulk update',
      `updateCustomers(where: { tenantId: { eq: "${TENANT}" }, id: { in: ["p1", "p2"] } }, data: { name: "E" }, atMost: 2) { affectedCount }`,
    ],
    [
      'a bulk update in place',
      `updateCustomers(where: { tenantId: { eq: "${TENANT}" }, id: { in: ["p1", "p2"] } }, atomic: { attributes: { unset: ["padding"] } }, atMost: 2) { affectedCount }`,
    ],
    [
      'an upsert of a row that is there',
      `upsertCustomer(${by('p1')}, create: { name: "N", email: "n@example.com", attributes: {} }, update: { name: "F" }) { name }`,
    ],
    [
      'a transaction of updates and deletes',
      `transaction(operations: [{ updateCustomer: { ${by('p1')}, data: { name: "G" } } }, { deleteCustomer: { ${by('p4')} } }]) { results { affectedCount } }`,
    ],
  ])('makes %s, as the rows take no more bytes than before', async (_, field) => {
    expect(codes(await ask(`mutation { ${field} }`))).toEqual([]);
  });

  it('refuses the rows of an import, and says so', async () => {
    const response = await worker.fetch('/import?table=customers', {
      method: 'POST',
      body: `${JSON.stringify(customer('imported'))}\n`,
    });
    expect(response.status).toBe(507);
    expect(await response.text()).toContain('SHARD_FULL');
  });

  it('says to operators which shard it is and how large, and to others that it is full', async () => {
    expect((await create('new')).errors[0]!.message).toMatch(
      /got \S+lab-.* which holds [\d,]+ bytes and is full from 800,000 on/,
    );
    const answer = await ask(
      'mutation { createCustomer(data: { name: "N", email: "n@example.com", attributes: {} }) { id } }',
      {},
      { 'x-shardql-as': `admin {"shardKey":"${TENANT}"}` },
    );
    expect(codes(answer)).toEqual(['SHARD_FULL']);
    expect(answer.errors[0]!.message).toMatch(/, but got one that is full\. Delete or purge rows first/);
    expect(answer.errors[0]!.message).not.toMatch(/\d{3}|lab-/);
  });

  it('answers reads, and undoes, deletes and empties', async () => {
    const [full] = await sizes();
    const undone = await confirmed(
      (query) => postGraphQL('/operator', query, {}, {}, (path, init) => worker.fetch(path, init)),
      `undo(operationId: "${operationId}")`,
      'deletedCount',
    );
    expect(undone.data).toEqual({ undo: { deletedCount: 1 } });
    const { data } = await ask('{ customers(first: 100) { totalCount nodes { id } } }');
    const { totalCount, nodes } = data!.customers as { totalCount: number; nodes: { id: string }[] };
    expect(totalCount).toBe(nodes.length);
    for (const { id } of nodes) expect(codes(await ask(`mutation { deleteCustomer(${by(id)}) { id } }`))).toEqual([]);
    const [emptied] = await sizes();
    // The rows are in the log now: what is added is what it says of each.
    expect(emptied! - full!).toBeLessThan(nodes.length * 1_000);
  });

  it('takes writes again once the log is trimmed', async () => {
    await fill('again');
    // What may be retried, and answers that are cached, need the log for some minutes yet.
    clock.mockReturnValue(Date.now() + 3_600_000);
    await worker.runDueTasks();
    const [trimmed] = await sizes();
    expect(trimmed).toBeLessThan(settings.fullBytes);
    expect(codes(await create('after'))).toEqual([]);
  });

  it('takes writes again also if the last one was a delete of everything, which the log does not give up', async () => {
    const data = Array.from({ length: 80 }, (_, index) => customer(`much${index}`));
    const much = 'mutation ($data: [CustomerCreateInput!]!) { createCustomers(data: $data) { affectedCount } }';
    expect(codes(await ask(much, { data }))).toEqual([]);
    const everything = `where: { tenantId: { eq: "${TENANT}" } }, atMost: 1000`;
    expect(codes(await ask(`mutation { deleteCustomers(${everything}) { affectedCount } }`))).toEqual([]);
    clock.mockReturnValue(Date.now() + 3_600_000);
    await worker.runDueTasks();
    expect((await sizes())[0]).toBeGreaterThan(settings.fullBytes);
    // A shard that nobody asks sleeps after some seconds.
    worker.restartShards();
    expect(codes(await create('first'))).toEqual([]);
    expect(codes(await create('second'))).toEqual(['SHARD_FULL']);
    // Nobody asks again for the delete, which was an hour ago.
    clock.mockReturnValue(Date.now() + 1_500);
    await worker.runDueTasks();
    expect((await sizes())[0]).toBeLessThan(settings.fullBytes);
    expect(codes(await create('third'))).toEqual([]);
  });
});
