/**
 * F38: a shard fills up to the limit of its settings, and to that of the platform. In the real runtime, which bounds the pages of the
 * database as the platform does.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { runScript } from '../support/run-script.ts';
import { type Server, startServer } from '../support/server.ts';

const MIB = 2 ** 20;
const PAGE_BYTES = 4_096;

let server: Server;
afterEach(() => server?.stop());

const start = async (pages: number) => {
  server = await startServer({
    shards: 1,
    config: 'tests/e2e/full-worker/wrangler.toml',
    env: { SHARDQL_TEST_PAGES: String(pages), SHARDQL_TEST_SMALL: 'true' },
  });
  await ask('mutation { createTenant(data: { id: "t", name: "T", plan: FREE, settings: {} }) { id } }');
};

async function ask(query: string, variables: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  const answer = await server.graphql(query, variables);
  expect(answer.errors).toEqual([]);
  return answer.data as Record<string, unknown>;
}

const CREATE = `mutation ($data: [ProductCreateInput!]!) { createProducts(data: $data) { affectedCount } }`;

/** Products of about 10 kB each. */
const products = (count: number, round: number) =>
  Array.from({ length: count }, (_, index) => ({
    tenantId: 't',
    id: `p${round}-${index}`,
    sku: `s${round}-${index}`,
    name: 'P',
    priceCents: 1,
    description: 'x'.repeat(10_000),
  }));

const count = async () => ((await ask('{ products { totalCount } }')).products as { totalCount: number }).totalCount;

/** Creates products until one commit fails; gives its error, and how many there are. */
async function fill(each: number) {
  for (let round = 0, total = 0; ; round++, total += each) {
    const { errors } = await server.graphql(CREATE, { data: products(each, round) });
    if (errors.length > 0) return { error: errors[0]!, total };
    expect(round).toBeLessThan(500);
  }
}

/** Deletes what one round has created; gives how many rows that were. */
async function remove(each: number, round: number): Promise<number> {
  const ids = Array.from({ length: each }, (_, index) => `p${round}-${index}`);
  const { deleteProducts } = await ask(
    `mutation ($ids: [ID!]) { deleteProducts(where: { tenantId: { eq: "t" }, id: { in: $ids } }, atMost: ${each}) { affectedCount } }`,
    { ids },
  );
  return (deleteProducts as { affectedCount: number }).affectedCount;
}

const operator = async (query: string) => {
  const response = await fetch(`${server.origin}/operator`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as { data: { shards: Record<string, unknown>[] } };
};

describe('a shard that is full by its settings', () => {
  it('refuses writes that may grow it and can be emptied, and everybody who asks is told', async () => {
    await start((2 * MIB) / PAGE_BYTES);
    const { error, total } = await fill(5);
    expect(error.extensions).toMatchObject({ code: 'SHARD_FULL', retryable: false });
    expect(error.message).toMatch(
      /^Expected a shard with room .* got shard-0, which holds 1,[\d,]+ bytes and is full from 1,200,000 on/,
    );
    expect(await count()).toBe(total);

    const [full] = (
      await operator('{ shards { name level liveBytes bytes rows growthPerDay largeShardKeys { shardKey share } } }')
    ).data.shards;
    expect(full).toMatchObject({ name: 'shard-0', level: 'FULL', rows: total + 1 });
    expect(full!.largeShardKeys).toMatchObject([{ shardKey: 't' }]);
    const metrics = await (await fetch(`${server.origin}/metrics`)).text();
    expect(metrics).toContain('shardql_shard_capacity_level{shard="shard-0"} 3');
    const status = await runScript('scripts/shardql.ts', 'status', '--url', server.origin);
    expect(status.stdout).toMatch(/shard-0 is full: .*SHARD_FULL/);
    expect(status.stdout).toMatch(/the shard key t has about/);

    // All of it, in commits of a few rows: the log takes what the table gives up.
    for (let round = 0; round < total / 5; round++) expect(await remove(5, round)).toBe(5);
    expect(await count()).toBe(0);
  });
});

describe('a database without room for a commit', () => {
  it('fails the commit as a whole with SHARD_FULL, and the shard goes on', async () => {
    // The platform's limit comes before that of the settings.
    await start((1 * MIB) / PAGE_BYTES);
    const { error, total } = await fill(10);
    expect(error.extensions).toMatchObject({ code: 'SHARD_FULL', retryable: false });
    expect(error.message).toMatch(/ Nothing of this write was made\.$/);
    expect(error.message).not.toMatch(/SQLITE|disk/);
    expect(await count()).toBe(total);
    const rename = 'mutation { updateTenant(by: { id: "t" }, data: { name: "U" }) { name } }';
    expect(await ask(rename)).toEqual({ updateTenant: { name: 'U' } });
  });
});
