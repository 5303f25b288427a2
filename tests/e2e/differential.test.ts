/**
 * Random queries against the running product on 1 and on 4 shards must answer exactly as one plain SQLite database
 * with the same rows does. `SEED` repeats a run; `QUERIES` sets how many queries there are (default 400).
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRandom, seedOfRun } from '../support/random.ts';
import { arbitraryQuery, arbitraryWalk } from '../support/shop/arbitrary-query.ts';
import { LoadedShop } from '../support/shop/loaded-shop.ts';
import { Oracle } from '../support/shop/oracle.ts';
import { randomRows } from '../support/shop/rows.ts';

const QUERIES = Number(process.env.QUERIES ?? 400);
const WALKS = Math.ceil(QUERIES / 20);
/** Independent sequences of queries that run side by side: the servers are asked concurrently, as in life. */
const LANES = 4;

const seed = seedOfRun();
const rows = randomRows(createRandom(seed));

let shops: LoadedShop[] = [];
let oracle: Oracle;

beforeAll(async () => {
  const starts = await Promise.allSettled([1, 4].map((shards) => LoadedShop.start(rows, { shards })));
  // Whatever has started must be stopped, also if the other has not.
  shops = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  for (const start of starts) if (start.status === 'rejected') throw start.reason;
  oracle = new Oracle(rows, shops[0]!.nodeIds);
});
afterAll(() => Promise.all(shops.map((shop) => shop.server.stop())));

it('gives a row the same node id wherever it lies', () => {
  const [one, four] = shops.map((shop) => shop.nodeIds.all);
  expect(four).toEqual(one);
});

it(
  `answers ${QUERIES} random queries as SQLite does (SEED=${seed})`,
  async () => {
    const property = fc.asyncProperty(arbitraryQuery(rows), async (query) => {
      const expected = oracle.answer(query);
      await Promise.all(shops.map((shop) => shop.check(query, expected)));
    });
    await holds(property, QUERIES);
  },
  QUERIES * 400,
);

it.each(['forward', 'backward'] as const)(
  `shows each row once and in order, page by page %s (SEED=${seed})`,
  async (way) => {
    const property = fc.asyncProperty(arbitraryWalk(rows), async (walk) => {
      const expected = oracle.rowsOf(walk.type, walk.args);
      await Promise.all(shops.map((shop) => shop.checkWalk(walk, way, expected)));
    });
    await holds(property, WALKS);
  },
  WALKS * 4_000,
);

async function holds<T>(property: fc.IAsyncProperty<T>, runs: number): Promise<void> {
  const lanes = Array.from({ length: LANES }, (_, lane) =>
    fc.check(property, { seed: seed + lane, numRuns: Math.ceil(runs / LANES) }),
  );
  for (const run of await Promise.all(lanes)) expect(run.failed ? `${run.errorInstance}` : '').toBe('');
}
