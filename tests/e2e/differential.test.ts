/**
 * Random queries against the running product on 1 and on 4 shards must answer exactly as one plain SQLite database
 * with the same rows does. `SEED` repeats a run; `QUERIES` sets how many queries there are (default 2,000).
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom, seedOfRun } from '../support/random.ts';
import { arbitraryQuery, arbitraryWalk } from '../support/shop/arbitrary-query.ts';
import { LoadedShop } from '../support/shop/loaded-shop.ts';
import { randomRows } from '../support/shop/rows.ts';

const QUERIES = Number(process.env.QUERIES ?? 2_000);
const WALKS = QUERIES / 20;
/** Independent sequences of queries that run side by side: the server is asked concurrently, as in life. */
const LANES = 4;

const seed = seedOfRun();
const rows = randomRows(createRandom(seed));

describe.each([{ shards: 1 }, { shards: 4 }])('on $shards shards', ({ shards }) => {
  let shop: LoadedShop;
  beforeAll(async () => {
    shop = await LoadedShop.start(rows, { shards });
  });
  afterAll(() => shop?.server.stop());

  it(
    `answers ${QUERIES} random queries as SQLite does (SEED=${seed})`,
    async () => {
      await holds(
        fc.asyncProperty(arbitraryQuery(rows), (query) => shop.check(query)),
        QUERIES,
      );
    },
    QUERIES * 200,
  );

  it.each(['forward', 'backward'] as const)(
    `shows each row once and in order, page by page %s (SEED=${seed})`,
    async (way) => {
      await holds(
        fc.asyncProperty(arbitraryWalk(rows), (walk) => shop.checkWalk(walk, way)),
        WALKS,
      );
    },
    WALKS * 2_000,
  );
});

async function holds<T>(property: fc.IAsyncProperty<T>, runs: number): Promise<void> {
  const lanes = Array.from({ length: LANES }, (_, lane) =>
    fc.check(property, { seed: seed + lane, numRuns: Math.ceil(runs / LANES) }),
  );
  for (const run of await Promise.all(lanes)) expect(run.failed ? `${run.errorInstance}` : '').toBe('');
}
