import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../support/server.ts';
import { Workplace } from './run-cli.ts';

const workplace = new Workplace();
let shop: Server;
let other: Server;
/** Tenants of the demo. */
let ids: readonly string[];
beforeAll(async () => {
  [shop, other] = await Promise.all([startServer({ shards: 3, demo: true }), startServer({ shards: 2 })]);
  const { data } = await shop.graphql('{ tenants(first: 3) { nodes { id } } }');
  ids = data.tenants.nodes.map(({ id }: { readonly id: string }) => id);
});
afterAll(async () => {
  workplace.remove();
  await Promise.all([shop?.stop(), other?.stop()]);
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const ROWS = `query ($tenant: ID!) {
  tenant(by: { id: $tenant }) { name }
  orders(shardKey: $tenant, first: 100, orderBy: [{ id: ASC }]) { totalCount nodes { id status note items { totalCount } } }
  customers(shardKey: $tenant, first: 100, orderBy: [{ id: ASC }]) { totalCount nodes { id email phone } }
}`;
const rows = async (server: Server, tenant: string) => {
  const { data, errors } = await server.graphql(ROWS, { tenant });
  expect(errors).toEqual([]);
  return data;
};
const mutate = async (query: string) => expect((await shop.graphql(`mutation { ${query} }`)).errors).toEqual([]);
const run = (...args: readonly string[]) => workplace.run(['restore', ...args, '--url', shop.origin]);

describe('shardql restore --as <url>', () => {
  it('writes rows of then into another installation with other shards, which may have rows of other shard keys', async () => {
    const [key, otherKey] = ids as [string, string];
    const [first, second] = [await rows(shop, key), await rows(shop, otherKey)];
    const time = new Date(Date.now() + 2).toISOString();
    await pause(10);
    await mutate(`updateTenant(by: { id: "${key}" }, data: { name: "Later" }) { id }`);
    await mutate(`deleteReviews(where: { rating: { gte: 1 } }, shardKey: "${key}", atMost: 1000) { affectedCount }`);
    await mutate(
      `deleteOrderItems(where: { quantity: { gte: 1 } }, shardKey: "${key}", atMost: 1000) { affectedCount }`,
    );
    await mutate(
      `createCustomer(data: { tenantId: "${key}", id: "late", name: "L", email: "late@x.org", attributes: {} }) { id }`,
    );
    await pause(600);
    const scope = (shardKey: string) => ['--shard-key', shardKey, '--to', time, '--as', other.origin];

    const preview = await run(...scope(key), '--preview');
    expect(preview).toMatchObject({ code: 0, stderr: '' });
    expect(preview.stdout).toMatch(/^table +rows\nTenant +1\n/);
    expect((await other.graphql('{ customers { totalCount } }')).data.customers.totalCount).toBe(0);

    const done = await run(...scope(key), '--yes');
    expect([done.code, done.stdout]).toEqual([
      0,
      expect.stringMatching(/^[\d,]+ rows as of .* content hash [0-9a-f]{64}\n$/),
    ]);
    expect(await rows(other, key)).toEqual(first);
    expect((await rows(shop, key)).tenant.name).toBe('Later');

    expect(await run(...scope(key), '--yes')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Expected an API without rows of these shard keys, but got one with 1 of Tenant'),
    });
    const again = await run(...scope(key), '--yes', '--resume', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ ok: true, problems: [] });

    expect((await run(...scope(otherKey), '--yes')).code).toBe(0);
    expect([await rows(other, key), await rows(other, otherKey)]).toEqual([first, second]);
    expect(await run('--all', '--to', time, '--as', other.origin, '--yes')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Expected an API without rows, but got one with'),
    });
  });

  it('writes everything of then into an empty one', async () => {
    const empty = await startServer({ shards: 5 });
    try {
      const { data } = await shop.graphql('{ customers { totalCount } }');
      const time = new Date(Date.now() + 2).toISOString();
      await pause(10);
      await mutate(
        `deleteReviews(where: { rating: { gte: 1 } }, shardKey: "${ids[2]}", atMost: 1000) { affectedCount }`,
      );
      await pause(600);
      const done = await run('--all', '--to', time, '--as', empty.origin, '--yes', '--json');
      expect(JSON.parse(done.stdout)).toMatchObject({ ok: true, problems: [] });
      expect((await empty.graphql('{ customers { totalCount } }')).data).toEqual(data);
      const reviews = async (server: Server) =>
        (await server.graphql(`{ reviews(shardKey: "${ids[2]}") { totalCount } }`)).data.reviews.totalCount;
      expect(await reviews(shop)).toBe(0);
      expect(await reviews(empty)).toBeGreaterThan(0);
    } finally {
      await empty.stop();
    }
  });

  it.each([
    [['--shard-key', 't1', '--as', 'http://127.0.0.1:1'], 'Expected --to <time>'],
    [['--to', '2026-01-31T09:00:00Z', '--as', 'http://127.0.0.1:1'], 'Expected one of --shard-key, --shard and --all'],
    [['--all', '--to', '2090-01-31T09:00:00Z', '--as', 'http://127.0.0.1:1'], 'BAD_USER_INPUT'],
    [['--shard', 'no-such', '--to', '2026-01-31T09:00:00Z', '--as', 'http://127.0.0.1:1'], 'NOT_FOUND'],
    [['--shard-key', 't1', '--to', '2026-01-31T09:00:00Z', '--as', 'k', '--resume'], 'with the URL of an API'],
  ])('refuses %j', async (args, message) => {
    expect(await run(...args, '--yes')).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });
});
