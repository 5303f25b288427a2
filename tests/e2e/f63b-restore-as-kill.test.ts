/**
 * F63: a tenant is copied as of an earlier time under another shard key, while it is written to, and the whole server, Node and workerd,
 * is killed at random moments of it. After each start the shards go on by themselves: the copy is in the end what the tenant was,
 * nobody has seen a half of it, and the databases are sound.
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
/** Rows that are there then; commits of 100 rows each that come later. */
const ROWS = 2_000;
const COMMITS = 10;
/** The second one costs as much as all the rest. */
const KILLS = ROUNDS > 1 ? 2 : 1;

const seed = seedOfRun();
const random = createRandom(seed);
const data = mkdtempSync(join(tmpdir(), 'shardql-restore-as-'));
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

const ok = async (to: ServerProcess, query: string, variables = {}) => {
  const { data: found, errors } = await to.graphql(query, variables);
  expect(errors).toEqual([]);
  return found;
};

const operate = (to: ServerProcess, query: string) => postGraphQL(`${to.origin}/operator`, query);

const customers = (from: number, count: number, phone: string) =>
  Array.from({ length: count }, (_, at) => {
    const id = `c${from + at}`;
    return { tenantId: 'living', id, name: 'N', email: `${id}@x.org`, phone, attributes: {} };
  });

/** What is under a shard key, shard keys aside. */
async function contentOf(from: ServerProcess, tenant: string): Promise<string> {
  const rows: unknown[] = [];
  for (let after: string | null = null; ; ) {
    const { customers: list } = (await ok(
      from,
      `query ($tenant: ID!, $after: String) {
        customers(shardKey: $tenant, first: 100, after: $after) { nodes { id name phone } pageInfo { hasNextPage endCursor } }
      }`,
      { tenant, after },
    )) as { customers: { nodes: unknown[]; pageInfo: { hasNextPage: boolean; endCursor: string } } };
    rows.push(...list.nodes);
    if (!list.pageInfo.hasNextPage) return JSON.stringify(rows);
    after = list.pageInfo.endCursor;
  }
}

async function copyAs(from: ServerProcess, as: string) {
  const { data: found, errors } = await operate(from, '{ restores { id as state endedAt problem { message } } }');
  expect(errors).toEqual([]);
  return found.restores.find((restore: { as: string | null }) => restore.as === as) ?? null;
}

it(
  `copies a tenant whole in ${ROUNDS} restores, each killed ${KILLS} times (SEED=${seed})`,
  async () => {
    let running = await start();
    await ok(running, 'mutation { createTenant(data: { id: "living", name: "T", plan: FREE, settings: {} }) { id } }');
    for (let from = 0; from < ROWS; from += 100) await ok(running, UPSERT, { data: customers(from, 100, 'old') });
    let interrupted = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const as = `copy-${round}`;
      const expected = await contentOf(running, 'living');
      await pause(10);
      const time = new Date().toISOString();
      await pause(600);
      for (let commit = 0; commit < COMMITS; commit++) {
        await ok(running, UPSERT, { data: customers(below(random, ROWS), 100, `new ${round} ${commit}`) });
      }
      const begin = (to: ServerProcess) =>
        operate(to, `mutation { restoreAs(shardKey: "living", as: "${as}", time: "${time}") { id } }`);
      for (let kill = 0; kill < KILLS; kill++) {
        const killed: ServerProcess = running;
        // Its answer may be lost.
        const asked = (await copyAs(killed, as)) === null ? begin(killed).catch(() => null) : null;
        let alive = true;
        const writer = (async () => {
          for (let at = 0; alive; at++) {
            const written = await killed
              .graphql(UPSERT, { data: customers(below(random, 2 * ROWS), 20, `late ${at}`) })
              .catch(() => null);
            if (written === null) return;
            expect(written.errors).toEqual([]);
          }
        })();
        await pause(below(random, 600));
        await killTree(killed);
        alive = false;
        await Promise.all([writer, asked]);
        running = await start();
        if ((await copyAs(running, as))?.endedAt === null) interrupted++;
      }
      if ((await copyAs(running, as)) === null) await begin(running);
      // Nobody takes part: the shard goes on by itself. Until it has ended, nobody sees a part of it.
      for (let copy = await copyAs(running, as); copy.endedAt === null; copy = await copyAs(running, as)) {
        const { data: seen, errors } = await running.graphql(`{ customers(shardKey: "${as}") { totalCount } }`);
        if (errors.length === 0) expect(seen.customers.totalCount).toBe(JSON.parse(expected).length);
        else expect(errors[0]!.extensions?.code).toBe('SHARD_UNAVAILABLE');
        await pause(50);
      }
      expect(await copyAs(running, as)).toMatchObject({ state: 'DONE', problem: null });
      expect(await contentOf(running, as)).toBe(expected);
    }
    console.log(`${interrupted} of ${ROUNDS * KILLS} kills came in the middle of a copy`);
    if (ROUNDS > 3) expect(interrupted).toBeGreaterThan(0);
    await server!.stop();
    server = undefined;
    expect(unsoundDatabases(data)).toEqual([]);
  },
  60_000 + ROUNDS * 120_000,
);
