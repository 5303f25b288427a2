/**
 * Imports that are killed at random moments and started again leave what an undisturbed import of the same files does:
 * the same rows by checksum, each written once. `SEED` repeats a run; `ROUNDS` sets how many imports are killed three
 * times each (default 1).
 */
import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeShop } from '../../scripts/demo/shop.ts';
import { below, createRandom, pick, seedOfRun } from '../support/random.ts';
import { type Server, startServer } from '../support/server.ts';
import { type Outcome, Workplace } from './run-cli.ts';
import { FORMATS, fileText } from './table-text.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 1);
const KILLS = 3;
/** A process is killed when the API has answered for so many of its requests at most, and up to so long after. */
const MAX_REQUESTS = 4;
const KILL_WITHIN_MS = 150;

const seed = seedOfRun();
const random = createRandom(seed);
const shop = makeShop({ tenants: 8, customers: 200, products: 40, orders: 1_500, reviews: 60 });
const tables = Object.keys(shop) as (keyof typeof shop)[];

let place: Workplace;
let server: Server;

beforeEach(async () => {
  place = new Workplace();
  for (const table of tables) {
    // One row fails, in a format in which the others still come in.
    const format = table === 'tenants' ? 'ndjson' : pick(random, FORMATS);
    const text = fileText(format, shop[table]);
    place.write(`shop/${table}.${format}`, table === 'tenants' ? `not a row\n${text}` : text);
  }
  server = await startServer({ shards: 4 });
});
afterEach(async () => {
  await server?.stop();
  place?.remove();
});

const runImport = (to: Server, watch?: (child: ChildProcess) => void) =>
  place.run(['import', 'shop', '--url', to.origin], watch);

/** Kills the process at a random moment after the API has answered for rows that it sent. Null: it was killed in time. */
async function runKilledImport(): Promise<Outcome | null> {
  let last = lastProgressMs();
  let requests = 1 + below(random, MAX_REQUESTS);
  const outcome = await runImport(server, (child) => {
    const timer = setInterval(() => {
      const now = lastProgressMs();
      if (now === 0 || now === last) return;
      last = now;
      requests--;
      if (requests > 0) return;
      clearInterval(timer);
      setTimeout(() => child.kill('SIGKILL'), random() * KILL_WITHIN_MS);
    }, 2);
    child.once('exit', () => clearInterval(timer));
  });
  return outcome.code === null ? null : outcome;
}

/** When the state that an import keeps was last written; 0 if there is none. */
function lastProgressMs(): number {
  try {
    const cache = join(place.folder, 'cache/shardql');
    return Math.max(0, ...readdirSync(cache).map((name) => statSync(join(cache, name)).mtimeMs));
  } catch {
    // Not there yet, or renamed at this moment.
    return 0;
  }
}

/** SHA-256 of all rows of each table. */
async function checksums(of: Server): Promise<Record<string, string>> {
  const { code, stdout } = await place.run(['export', '--out', 'out', '--url', of.origin, '--json']);
  expect(code).toBe(0);
  const exported: { table: string; file: string }[] = JSON.parse(stdout).tables;
  return Object.fromEntries(
    exported.map(({ table, file }) => [
      table,
      createHash('sha256')
        .update(readFileSync(join(place.folder, file)))
        .digest('hex'),
    ]),
  );
}

/** Versions of all orders and customers that are there, by node id. */
async function versions(): Promise<Map<string, string>> {
  const versionByNodeId = new Map<string, string>();
  for (const list of ['orders', 'customers']) {
    for (let after: string | null = null, more = true; more; ) {
      const query = `query ($after: String) {
        page: ${list}(first: 100, after: $after) { nodes { nodeId version } pageInfo { hasNextPage endCursor } }
      }`;
      const { data, errors } = await server.graphql(query, { after });
      expect(errors).toEqual([]);
      for (const { nodeId, version } of data.page.nodes) versionByNodeId.set(nodeId, version);
      after = data.page.pageInfo.endCursor;
      more = data.page.pageInfo.hasNextPage;
    }
  }
  return versionByNodeId;
}

const readRejects = () => readFileSync(join(place.folder, 'shardql-rejects.ndjson'), 'utf8').trim().split('\n');

describe('an import that is killed', () => {
  it.each(Array.from({ length: ROUNDS }, (_, round) => round))(
    `leaves what an undisturbed one does, and writes each row once (SEED=${seed}, round %i of ${ROUNDS})`,
    { timeout: 300_000 },
    async () => {
      const first = new Map<string, string>();
      const expectFirstVersions = async () => {
        for (const [id, version] of await versions()) {
          if (!first.has(id)) first.set(id, version);
          expect(version).toBe(first.get(id));
        }
      };
      let complete: Outcome | null = null;
      let kills = 0;
      while (complete === null && kills < KILLS) {
        complete = await runKilledImport();
        if (complete === null) kills++;
        await expectFirstVersions();
      }
      expect(kills).toBeGreaterThan(0);
      complete ??= await runImport(server);
      expect(complete.code).toBe(1);
      expect(complete.stderr).toContain('Going on where the last import of these files was cut off.');
      expect(complete.stderr).toContain('1 rows failed: see shardql-rejects.ndjson');
      expect(readRejects()).toHaveLength(1);
      await expectFirstVersions();
      // Before anything is imported again: that would mend what the resumed import left out.
      const sums = await checksums(server);

      const again = await runImport(server);
      for (const table of tables) {
        const failed = table === 'tenants' ? 1 : 0;
        expect(again.stdout).toContain(
          `${table}: 0 inserted, 0 updated, ${shop[table].length} unchanged, ${failed} failed\n`,
        );
      }
      await expectFirstVersions();
      expect(first.size).toBe(shop.orders.length + shop.customers.length);

      const undisturbed = await startServer({ shards: 4 });
      try {
        expect(await runImport(undisturbed)).toMatchObject({ code: 1 });
        expect(sums).toEqual(await checksums(undisturbed));
      } finally {
        await undisturbed.stop();
      }
    },
  );

  it('starts over if the rows are gone', { timeout: 180_000 }, async () => {
    expect(await runKilledImport()).toBe(null);
    const { port } = new URL(server.origin);
    await server.stop();
    server = await startServer({ env: { PORT: port } });
    const { stderr, stdout } = await runImport(server);
    expect(stderr).toContain('Starting over: ');
    for (const table of tables) expect(stdout).toContain(`${table}: ${shop[table].length} inserted, 0 updated,`);
  });
});
