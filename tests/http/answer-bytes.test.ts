/** Answers of megabytes, from real shards: what a request may have of them, and that they come whole. */
import { beforeAll, describe, expect, it } from 'vitest';
import demo from '../../src/schema/model.ts';
import { createLabWorker, type LabWorker } from '../support/lab-worker.ts';

const MEGABYTE = 1_000_000;
const MEBIBYTE = 1024 * 1024;
const TENANTS = 10;

const LIST = `query ($first: Int!, $shardKey: ID) {
  products(first: $first, shardKey: $shardKey, orderBy: [{ sku: ASC }]) { nodes { sku description } pageInfo { hasNextPage } }
}`;
const CREATE = 'mutation ($data: ProductCreateInput!) { createProduct(data: $data) { id } }';

interface Page {
  readonly nodes: readonly { readonly sku: string; readonly description: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean };
}

const skuOf = (at: number): string => `s${String(at).padStart(3, '0')}`;
const textOf = (at: number, length: number): string => `${skuOf(at)} `.padEnd(length, 'é"a');

async function fill(worker: LabWorker, rows: number, length: number): Promise<void> {
  for (let at = 0; at < TENANTS; at++) {
    const data = { id: `t${at}`, name: 'T', plan: 'FREE', settings: {} };
    const { errors } = await worker.graphql('mutation ($data: TenantCreateInput!) { createTenant(data: $data) { id } }', { data }); // biome-ignore format: one line
    expect(errors).toEqual([]);
  }
  for (let at = 0; at < rows; at++) {
    const sku = skuOf(at);
    const data = {
      tenantId: `t${at % TENANTS}`,
      id: sku,
      sku,
      name: sku,
      priceCents: 1,
      description: textOf(at, length),
    };
    expect((await worker.graphql(CREATE, { data })).errors).toEqual([]);
  }
}

async function expectPage(worker: LabWorker, first: number, rows: number, length: number): Promise<void> {
  const { data, errors } = await worker.graphql(LIST, { first });
  expect(errors).toEqual([]);
  const { nodes, pageInfo } = data!.products as Page;
  expect(nodes.map(({ sku }) => sku)).toEqual(Array.from({ length: Math.min(first, rows) }, (_, at) => skuOf(at)));
  for (const [at, { description }] of nodes.entries()) expect(description === textOf(at, length), skuOf(at)).toBe(true);
  expect(pageInfo.hasNextPage).toBe(first < rows);
}

describe('rows of 100,000 characters', () => {
  const worker = createLabWorker(demo, 4);
  beforeAll(() => fill(worker, 24, MEGABYTE / 10), 60_000);

  it.each([19, 21])('come whole: %i', (rows) => expectPage(worker, rows, 24, MEGABYTE / 10));
});

describe('rows of a megabyte', () => {
  const options = { router: { maxAnswerBytes: 192 * MEBIBYTE }, limits: { answerBytes: 64 * MEBIBYTE } };
  const [worker, generous] = [createLabWorker(demo, 4), createLabWorker(demo, 4, undefined, options)];
  const ROWS = 24;
  beforeAll(async () => {
    await fill(worker, ROWS, MEGABYTE);
    await fill(generous, ROWS, MEGABYTE);
  }, 120_000);

  it('are refused beyond what a request may have', async () => {
    const { data, errors } = await worker.graphql(LIST, { first: 20 });
    expect(data).toEqual({ products: null });
    expect(errors).toMatchObject([{ path: ['products'], extensions: { code: 'COST_LIMIT_EXCEEDED' } }]);
    expect(errors[0]!.message).toContain('at most 16,777,216 bytes together');
    await expectPage(worker, 5, ROWS, MEGABYTE);
  });

  it('count together in all fields of a request', async () => {
    const list = '(shardKey: "t0") { nodes { description } }';
    const other = '(shardKey: "t1") { nodes { description } }';
    const { errors } = await worker.graphql(`{ ${[1, 2, 3, 4, 5].map((n) => `p${n}: products${n % 2 ? list : other}`).join(' ')} more: products(first: 5) { nodes { description } } }`); // biome-ignore format: one line
    expect(errors.every(({ extensions }) => extensions?.code === 'COST_LIMIT_EXCEEDED')).toBe(true);
    expect(errors.length).toBeGreaterThan(0);
  });

  it('come whole where the setting allows it', () => expectPage(generous, ROWS, ROWS, MEGABYTE), 30_000);
});
