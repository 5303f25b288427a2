/**
 * F63–F66: a tenant is restored in place, and another one is copied as of an earlier time under another shard key, while others, and the
 * copied one, are written to, and the whole server, Node and workerd, is killed at random moments of it. After each start the shards go on
 * by themselves: in the end the tenant's rows and the copy are what they were, nobody has seen a half of a copy, acknowledged writes
 * of others are there, and the databases are sound. And nothing that was restored away is shown, in no mode.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { postGraphQL } from '../support/graphql.ts';
import { killTree } from '../support/node/kill-tree.ts';
import { unsoundDatabases } from '../support/node/unsound-databases.ts';
import { confirmed } from '../support/operator/confirmed.ts';
import { below, createRandom, seedOfRun } from '../support/random.ts';
import { type ServerProcess, startProcess } from '../support/server.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 1);
/** Rows of a commit. */
const ROWS = 100;
/** After the moment, of the tenant that is restored and of the one that is copied. */
const COMMITS = { restored: 25, copied: 10 };
/** That the copied tenant has. */
const COPIED_ROWS = 2_000;
/** The second one costs as much as all the rest. */
const KILLS = ROUNDS > 1 ? 2 : 1;
/** Longest lag of invalidations, and what memory may go by: see `docs/consistency.md`. In milliseconds. */
const LAG_MS = 35_000;

const seed = seedOfRun();
const random = createRandom(seed);
const data = mkdtempSync(join(tmpdir(), 'shardql-restore-'));
let server: ServerProcess | undefined;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const start = async (): Promise<ServerProcess> => {
  server = await startProcess({ data, shards: 4 });
  return server;
};

beforeAll(async () => {
  const running = await start();
  for (const id of ['restored', 'living', 'other']) {
    await ok(
      running,
      'mutation ($id: ID!) { createTenant(data: { id: $id, name: "T", plan: FREE, settings: {} }) { id } }',
      { id },
    );
  }
}, 90_000);
afterAll(async () => {
  await server?.stop();
  rmSync(data, { recursive: true, force: true });
});

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

const operate = (to: ServerProcess, query: string) => postGraphQL(`${to.origin}/operator`, query);

const customer = (tenantId: string, id: string, phone: string) => ({
  ...{ tenantId, id, name: 'N', email: `${id}@x.org`, phone, attributes: {} },
});

/** Rows of a commit: some are new, others there already. */
const restoredRows = (commit: number, phone: string) =>
  Array.from({ length: ROWS }, (_, at) => customer('restored', `c${(commit * 37 + at) % 1_500}`, phone));

const livingRows = (from: number, count: number, phone: string) =>
  Array.from({ length: count }, (_, at) => customer('living', `c${from + at}`, phone));

/** What is under a shard key, the shard key itself aside. */
async function contentOf(from: ServerProcess, tenant: string): Promise<string> {
  const rows: unknown[] = [];
  for (let after: string | null = null; ; ) {
    const { customers: list } = (await ok(from, READ, { tenant, after })) as {
      customers: { nodes: unknown[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
    };
    rows.push(...list.nodes);
    if (!list.pageInfo.hasNextPage) return JSON.stringify(rows);
    after = list.pageInfo.endCursor;
  }
}

interface Restore {
  readonly id: string;
  /** Null: in place. */
  readonly as: string | null;
  readonly state: string;
  readonly endedAt: string | null;
  readonly problem: { readonly message: string } | null;
}

/** The latest one in place, and the copy under this shard key. Null: there is none. */
async function restoresOf(
  from: ServerProcess,
  key: string,
): Promise<{ restore: Restore | null; copy: Restore | null }> {
  const { data: found, errors } = await operate(from, '{ restores { id as state endedAt problem { message } } }');
  expect(errors).toEqual([]);
  const restores = found.restores as Restore[];
  const first = (as: string | null) => restores.find((restore) => restore.as === as) ?? null;
  return { restore: first(null), copy: first(key) };
}

it('shows nothing that was restored away: STRONG, BOUNDED and SESSION at once, CACHED after the lag', async () => {
  const running = server!;
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
  const { errors, headers } = await confirmed(
    (query) => operate(running, query),
    `restore(shardKeys: ["other"], time: "${time}")`,
    'restore { state }',
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

it(
  `gives a tenant its rows back, and copies another one whole, in ${ROUNDS} rounds, each killed ${KILLS} times (SEED=${seed})`,
  async () => {
    let running = server!;
    for (let commit = 0; commit < 10; commit++) await ok(running, UPSERT, { data: restoredRows(commit, 'old') });
    for (let from = 0; from < COPIED_ROWS; from += ROWS) {
      await ok(running, UPSERT, { data: livingRows(from, ROWS, 'old') });
    }
    let acknowledged = 0;
    const interrupted = { restores: 0, copies: 0 };
    for (let round = 0; round < ROUNDS; round++) {
      const as = `copy-${round}`;
      const [restored, copied] = [await contentOf(running, 'restored'), await contentOf(running, 'living')];
      await pause(10);
      const time = new Date().toISOString();
      await pause(600);
      for (let commit = 0; commit < COMMITS.restored; commit++) {
        await ok(running, UPSERT, { data: restoredRows(commit, `new ${round} ${commit}`) });
      }
      await ok(
        running,
        'mutation { deleteCustomers(where: { id: { contains: "5" } }, shardKey: "restored", atMost: 1000) { affectedCount } }',
      );
      for (let commit = 0; commit < COMMITS.copied; commit++) {
        await ok(running, UPSERT, { data: livingRows(below(random, COPIED_ROWS), ROWS, `new ${round} ${commit}`) });
      }
      const { restore: before } = await restoresOf(running, as);
      /** What has not begun yet. */
      const begin = async (to: ServerProcess) => {
        const { restore, copy } = await restoresOf(to, as);
        await Promise.all([
          restore?.id === before?.id &&
            confirmed(
              (query) => operate(to, query),
              `restore(shardKeys: ["restored"], time: "${time}", withLaterChanges: true)`,
              'restore { id }',
            ),
          copy === null &&
            confirmed(
              (query) => operate(to, query),
              `restoreAs(shardKey: "living", as: "${as}", time: "${time}")`,
              'restore { id }',
            ),
        ]);
      };
      for (let kill = 0; kill < KILLS; kill++) {
        const killed: ServerProcess = running;
        // Answers may be lost.
        const asked = begin(killed).catch(() => null);
        let alive = true;
        const write = async (rows: readonly unknown[]): Promise<boolean> => {
          const answer = await killed.graphql(UPSERT, { data: rows }).catch(() => null);
          if (answer !== null) expect(answer.errors).toEqual([]);
          return answer !== null;
        };
        const writers = [
          async () => {
            while (alive && (await write([customer('other', `o${acknowledged + 1}`, 'new')]))) acknowledged++;
          },
          async () => {
            for (let at = 0; alive; at++) {
              if (!(await write(livingRows(below(random, 2 * COPIED_ROWS), 20, `late ${at}`)))) return;
            }
          },
        ].map((writer) => writer());
        await pause(below(random, 600));
        await killTree(killed);
        alive = false;
        await Promise.all([...writers, asked]);
        running = await start();
        const { restore, copy } = await restoresOf(running, as);
        if (restore?.endedAt === null) interrupted.restores++;
        if (copy?.endedAt === null) interrupted.copies++;
      }
      await begin(running);
      // Nobody takes part: the shards go on by themselves. Until a copy has ended, nobody sees a part of it.
      for (;;) {
        const { restore, copy } = await restoresOf(running, as);
        if (restore!.endedAt !== null && copy!.endedAt !== null) {
          expect(restore).toMatchObject({ state: 'DONE', problem: null });
          expect(copy).toMatchObject({ state: 'DONE', problem: null });
          break;
        }
        const { data: seen, errors } = await running.graphql(`{ customers(shardKey: "${as}") { totalCount } }`);
        if (errors.length === 0) expect(seen.customers.totalCount).toBe(JSON.parse(copied).length);
        else expect(errors[0]!.extensions?.code).toBe('SHARD_UNAVAILABLE');
        await pause(50);
      }
      expect(await contentOf(running, 'restored')).toBe(restored);
      expect(await contentOf(running, as)).toBe(copied);
      const others = await ok(running, '{ customers(shardKey: "other") { totalCount } }');
      expect(others.customers.totalCount).toBeGreaterThanOrEqual(acknowledged);
      acknowledged = others.customers.totalCount;
    }
    const kills = ROUNDS * KILLS;
    console.log(`of ${kills} kills, ${interrupted.restores} came amid a restore, ${interrupted.copies} amid a copy`);
    if (ROUNDS > 3) {
      expect(interrupted.restores).toBeGreaterThan(0);
      expect(interrupted.copies).toBeGreaterThan(0);
    }
    await server!.stop();
    server = undefined;
    expect(unsoundDatabases(data)).toEqual([]);
  },
  60_000 + ROUNDS * 150_000,
);
