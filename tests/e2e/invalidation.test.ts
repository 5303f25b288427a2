/** From a write to the cached answer that it makes worthless: through the real queue, consumer, shard and KV. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace } from '../scripts/run-cli.ts';
import { parsePrometheus } from '../support/metrics/parse-prometheus.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
let place: Workplace;
beforeAll(async () => {
  place = new Workplace();
  server = await startServer({
    config: 'tests/e2e/dead-letters-worker/wrangler.toml',
    shards: 2,
    env: { SHARDQL_AUDIT_SHARE: '1' },
  });
});
afterAll(async () => {
  await server?.stop();
  place.remove();
});

const CREATE = 'mutation ($data: TenantCreateInput!) { createTenant(data: $data) { id } }';
const READ = 'query ($id: ID!) @consistency(mode: CACHED) { tenant(by: { id: $id }) { name } }';
const RENAME = 'mutation ($id: ID!, $name: String!) { updateTenant(by: { id: $id }, data: { name: $name }) { id } }';

/** For so long memory does not look again: see `CacheSettings`. In milliseconds. */
const RECHECK_MS = 2_100;

/** Number of shard keys with changes that are not published. */
async function unpublished(): Promise<number> {
  const response = await fetch(`${server.origin}/status?live=1`);
  const { shards } = (await response.json()) as { shards: { figures: { unpublishedKeys: number } }[] };
  return shards.reduce((sum, { figures }) => sum + figures.unpublishedKeys, 0);
}

/** Number of changes whose stamps were put. */
async function published(): Promise<number> {
  const text = await (await fetch(`${server.origin}/metrics?live=1`)).text();
  const lags = parsePrometheus(text).get('shardql_invalidation_lag_seconds')!.samples;
  return lags.filter(({ name }) => name.endsWith('_count')).reduce((sum, { value }) => sum + value, 0);
}

async function eventually(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 100));
}

const sourceOf = (answer: { extensions?: unknown }): string =>
  (answer.extensions as { consistency: { fields: { source: string }[] } }).consistency.fields[0]!.source;

describe('a write to a row that is cached', () => {
  it('is published by way of the queue, and then seen by cached reads', async () => {
    await server.graphql(CREATE, { data: { id: 'hot', name: 'Old', plan: 'FREE', settings: {} } });
    await server.graphql(READ, { id: 'hot' });
    expect(sourceOf(await server.graphql(READ, { id: 'hot' }))).toBe('memory');
    await new Promise((resolve) => setTimeout(resolve, RECHECK_MS));
    // The shard is asked again, for KV: from now on changes are published.
    expect(sourceOf(await server.graphql(READ, { id: 'hot' }))).toBe('shard');
    await eventually(async () => (await unpublished()) === 0);
    const before = await published();
    const writtenMs = Date.now();
    await server.graphql(RENAME, { id: 'hot', name: 'New' });
    await eventually(async () => (await unpublished()) === 0 && (await published()) === before + 1);
    // The shard's own alarm would take 20 s.
    expect(Date.now() - writtenMs).toBeLessThan(15_000);
    await eventually(async () => (await server.graphql(READ, { id: 'hot' })).data.tenant.name === 'New');
  });

  it('leaves nothing to publish where nobody caches', async () => {
    await server.graphql(CREATE, { data: { id: 'cold', name: 'Old', plan: 'FREE', settings: {} } });
    await server.graphql(RENAME, { id: 'cold', name: 'New' });
    expect(await unpublished()).toBe(0);
  });
});

describe('audits', () => {
  it('come after sampled writes, by way of the queue, and find nothing wrong', async () => {
    await server.graphql(CREATE, { data: { id: 'audited', name: 'Old', plan: 'FREE', settings: {} } });
    for (let time = 0; time < 3; time++) await server.graphql(READ, { id: 'audited' });
    await server.graphql(RENAME, { id: 'audited', name: 'New' });
    const audits = async () => {
      const text = await (await fetch(`${server.origin}/metrics?live=1`)).text();
      return parsePrometheus(text).get('shardql_cache_audits_total')!.samples;
    };
    await eventually(async () => (await audits()).some(({ labels, value }) => labels.age_seconds === '5' && value > 0));
    expect((await audits()).filter(({ labels, value }) => labels.result === 'inconsistent' && value > 0)).toEqual([]);
  });
});

describe('npm run shardql -- warm', () => {
  it('fills the cache', async () => {
    await server.graphql(CREATE, { data: { id: 'warmed', name: 'Old', plan: 'FREE', settings: {} } });
    const warmed = await place.run(['warm', 'tenants', '--id', 'warmed', '--url', server.origin]);
    expect(warmed).toMatchObject({ code: 0, stdout: '1 entries put, 0 failed\n' });
    expect(sourceOf(await server.graphql(READ, { id: 'warmed' }))).not.toBe('shard');
    const refused = await place.run(['warm', '--url', server.origin]);
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Expected a table, --node-id or --query'),
    });
  });

  it('refuses variables that are no JSON, and a query that is not there, in one line', async () => {
    const query = place.write('warm.graphql', '{ tenants { totalCount } }');
    const warm = (...args: string[]) => place.run(['warm', '--url', server.origin, ...args]);
    expect(await warm('--query', query, '--variables', '{ tenant: "t1" }')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'Expected --variables to be JSON, but got "{ tenant: "t1" }".\n',
    });
    const { code, stderr } = await warm('--query', 'nowhere.graphql');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^ENOENT: no such file or directory, open 'nowhere\.graphql'\n$/);
  });
});

describe('npm run shardql -- dead-letters', () => {
  it('shows that there are none, and replays none', async () => {
    const shown = await place.run(['dead-letters', '--url', server.origin]);
    expect(shown).toMatchObject({ code: 0, stdout: 'no dead letters\n' });
    const replayed = await place.run(['dead-letters', '--replay', '--json', '--url', server.origin]);
    expect(replayed.code).toBe(0);
    expect(JSON.parse(replayed.stdout)).toEqual({ replayed: 0, kept: 0 });
  });
});
