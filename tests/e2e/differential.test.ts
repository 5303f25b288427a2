/**
 * Random queries against the running product on 1 and on 4 shards must answer exactly as one plain SQLite database
 * with the same rows does. `SEED` repeats a run; `QUERIES` sets how many queries there are (default 2,000).
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom, seedOfRun } from '../support/random.ts';
import { arbitraryQuery } from '../support/shop/arbitrary-query.ts';
import { LoadedShop } from '../support/shop/loaded-shop.ts';
import { randomRows } from '../support/shop/rows.ts';

const QUERIES = Number(process.env.QUERIES ?? 2_000);
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
      const query = arbitraryQuery(rows);
      const property = fc.asyncProperty(query, (one) => shop.check(one));
      const lanes = Array.from({ length: LANES }, (_, lane) =>
        fc.check(property, { seed: seed + lane, numRuns: Math.ceil(QUERIES / LANES), endOnFailure: false }),
      );
      for (const run of await Promise.all(lanes)) {
        expect(run.failed ? `${run.errorInstance}` : '', `SEED=${seed}`).toBe('');
      }
    },
    QUERIES * 200,
  );
});
