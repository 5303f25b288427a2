/**
 * F63–F66: a tenant is restored while others write, and the whole server, Node and workerd, is killed at random moments of it. After
 * each start the shards go on by themselves: the tenant's rows are in the end what they were, acknowledged writes of others are
 * there, the databases are sound; and nothing that was restored away is shown, in no mode.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { postGraphQL } from '../support/graphql.ts';
import { killTree } from '../support/node/kill-tree.ts';
import { unsoundDatabases } from '../support/node/unsound-databases.ts';
import { below, createRandom, seedOfRun } from '../support/random.ts';
import { type ServerProcess, startProcess } from '../support/server.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 1);
/** Commits after the moment that is restored, of so many rows each. */
const COMMITS = 25;
const ROWS = 100;
/** The second one costs as much as all the rest. */
const KILLS = ROUNDS > 1 ? 2 : 1;
/** Longest lag of invalidations, and what memory may go by: see `docs/consistency.md`. In milliseconds. */
const LAG_MS = 35_000;

const seed = seedOfRun();
const random = createRandom(seed);
const data = mkdtempSync(join(tmpdir(), 'shardql-restore-'));
let server: ServerProcess | undefined;
afterAll(async () => {
  await server?.stop();
  rmSync(data, { recursive: true, force: true });
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const start = async (): Promise<ServerProcess> => {
  server = await startProcess({ data, shards: 4 });
  return server;
};

const UPSERT = `mutation ($data: [CustomerCreateInput!]!) {
  createCustomers(data: $data, onConflict: UPDATE) { affectedCount }
}`;
const READ = `query ($tenant: ID!, $after: String) {
  customers(shardKey: $tenant, first: 100, after: $after) { nodes { id name phone } pageInfo { hasNextPage endCursor } }
}`;

const ok = async (to: ServerProcess, query: string, variables = {}) => {
  const { data: found, errors } = await to.graphql(query, variables);
  expect(errors).toEqual([]);
  return found;
};

const operate = (to: ServerProcess, query: string, variables = {}) =>
  postGraphQL(`${to.origin}/operator`, query, variables);

/** Rows of a commit: some are new, others there already. */
const customers = (commit: number, phone: string) =>
  Array.from({ length: ROWS }, (_, at) => {
    const id = `c${(commit * 37 + at) % 1_500}`;
    return { tenantId: 'restored', id, name: 'N', email: `${id}@x.org`, phone, attributes: {} };
  });

async function contentOf(from: ServerProcess, tenant: string): Promise<string> {
  const rows: unknown[] = [];
  for (let after: string | null = null; ; ) {
    const {
      customers: list,
    }: { customers: { nodes: unknown[]; pageInfo: { hasNextPage: boolean; endCursor: string } } } = await ok(
      from,
      READ,
      { tenant, after },
    );
    rows.push(...list.nodes);
    if (!list.pageInfo.hasNextPage) return JSON.stringify(rows);
    after = list.pageInfo.endCursor;
  }
}

/** The latest restore; null: there is none. */
async function latest(from: ServerProcess): Promise<{ id: string; state: string; endedAt: string | null } | null> {
  const { data: found, errors } = await operate(from, '{ restores { id state endedAt } }');
  expect(errors).toEqual([]);
  return found.restores[0] ?? null;
}

it(
  `gives a tenant its rows back in ${ROUNDS} restores, each killed ${KILLS} times (SEED=${seed})`,
  async () => {
    let running = await start();
    for (const id of ['restored', 'other']) {
      await ok(
        running,
        'mutation ($id: ID!) { createTenant(data: { id: $id, name: "T", plan: FREE, settings: {} }) { id } }',
        { id },
      );
    }
    for (let commit = 0; commit < 10; commit++) await ok(running, UPSERT, { data: customers(commit, 'old') });
    let acknowledged = 0;
    let interrupted = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const expected = await contentOf(running, 'restored');
      await pause(10);
      const time = new Date().toISOString();
      await pause(600);
      for (let commit = 0; commit < COMMITS; commit++) {
        await ok(running, UPSERT, { data: customers(commit, `new ${round} ${commit}`) });
      }
      await ok(
        running,
        'mutation { deleteCustomers(where: { id: { contains: "5" } }, shardKey: "restored", atMost: 1000) { affectedCount } }',
      );
      const before = await latest(running);
      for (let kill = 0; kill < KILLS; kill++) {
        const killed: ServerProcess = running;
        const begun = await latest(killed);
        // Its answer may be lost.
        const asked =
          begun?.id === before?.id
            ? operate(killed, `mutation { restore(shardKeys: ["restored"], time: "${time}") { id } }`).catch(() => null)
            : null;
        let alive = true;
        const writer = (async () => {
          while (alive) {
            const id = `o${acknowledged + 1}`;
            const answer = await killed
              .graphql(UPSERT, { data: [{ tenantId: 'other', id, name: 'O', email: `${id}@x.org`, attributes: {} }] })
              .catch(() => null);
            if (answer === null) return;
            expect(answer.errors).toEqual([]);
            acknowledged++;
          }
        })();
        await pause(below(random, 400));
        await killTree(killed);
        alive = false;
        await Promise.all([writer, asked]);
        running = await start();
        if ((await latest(running))?.endedAt === null) interrupted++;
      }
      if ((await latest(running))?.id === before?.id) {
        await operate(running, `mutation { restore(shardKeys: ["restored"], time: "${time}") { id } }`);
      }
      // Nobody takes part: the shard goes on by itself.
      for (let restore = await latest(running); restore?.endedAt === null; restore = await latest(running))
        await pause(50);
      expect((await latest(running))?.state).toBe('DONE');
      expect(await contentOf(running, 'restored')).toBe(expected);
      const others = await ok(running, '{ customers(shardKey: "other") { totalCount } }');
      expect(others.customers.totalCount).toBeGreaterThanOrEqual(acknowledged);
      acknowledged = others.customers.totalCount;
    }
    console.log(`${interrupted} of ${ROUNDS * KILLS} kills came in the middle of a restore`);
    if (ROUNDS > 3) expect(interrupted).toBeGreaterThan(0);
    await server!.stop();
    server = undefined;
    expect(unsoundDatabases(data)).toEqual([]);
  },
  ROUNDS * 120_000,
);

it('shows nothing that was restored away: STRONG, BOUNDED and SESSION at once, CACHED after the lag', async () => {
  const running = await start();
  const row = 'by: { id: "m" }, shardKey: "other"';
  await ok(
    running,
    'mutation { createCustomer(data: { tenantId: "other", id: "m", name: "right", email: "m@x.org", attributes: {} }) { id } }',
  );
  await pause(10);
  const time = new Date().toISOString();
  await pause(600);
  await ok(running, `mutation { updateCustomer(${row}, data: { name: "wrong" }) { id } }`);
  const read = async (directive: string, headers = {}) => {
    const { data: found, errors } = await running.graphql(
      `query @consistency(${directive}) { customer(${row}) { name } customers(shardKey: "other", where: { name: { eq: "wrong" } }) { totalCount } }`,
      {},
      headers,
    );
    expect(errors).toEqual([]);
    return `${found.customer.name} ${found.customers.totalCount}`;
  };
  // Both are cached as they are before the restore.
  for (let times = 0; times < 3; times++) expect(await read('mode: CACHED')).toBe('wrong 1');
  const { errors, headers } = await operate(
    running,
    `mutation { restore(shardKeys: ["other"], time: "${time}") { state } }`,
  );
  expect(errors).toEqual([]);
  const restoredAtMs = Date.now();
  const token = { 'x-shardql-token': headers.get('x-shardql-token')! };
  expect(token['x-shardql-token']).toBeTruthy();
  expect(await read('mode: STRONG')).toBe('right 0');
  expect(await read('mode: SESSION', token)).toBe('right 0');
  await pause(50);
  expect(await read('mode: BOUNDED, maxStalenessMs: 20')).toBe('right 0');
  for (;;) {
    if ((await read('mode: CACHED')) === 'right 0') break;
    expect(Date.now() - restoredAtMs).toBeLessThan(LAG_MS);
    await pause(200);
  }
}, 90_000);
