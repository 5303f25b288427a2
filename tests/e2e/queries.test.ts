/**
 * Random filters, orders, pages, aggregates and groups, nested and across shards, over three models on 1 and on 4 shards
 * must be answered as a plain evaluation in memory answers them. `SEED` repeats a run; `QUERIES` sets how many lists are
 * asked for (default 480).
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boundariesOf } from '../support/queries/boundaries.ts';
import { shorten } from '../support/queries/difference.ts';
import { QueryGenerator } from '../support/queries/generate-query.ts';
import type { LoadedWorld } from '../support/queries/loaded-world.ts';
import { Oracle } from '../support/queries/oracle.ts';
import type { ListQuery, RowSelect } from '../support/queries/query.ts';
import { mustRefuse } from '../support/queries/refusals.ts';
import { shrink } from '../support/queries/shrink.ts';
import { startWorld } from '../support/queries/start-world.ts';
import { allTypesWorld } from '../support/queries/worlds/all-types.ts';
import { flightsWorld } from '../support/queries/worlds/flights.ts';
import { shopWorld } from '../support/queries/worlds/shop.ts';
import { createRandom, seedOfRun } from '../support/random.ts';
import type { Server } from '../support/server.ts';

const QUERIES = Number(process.env.QUERIES ?? 480);
const seed = seedOfRun();
const WORLDS = [shopWorld, allTypesWorld, flightsWorld].map((make) => make(createRandom(seed)));
const PER_WORLD = Math.ceil(QUERIES / WORLDS.length);
const WALKS = Math.ceil(PER_WORLD / 50);
/** Lists in one document. */
const BATCH = 8;
/** Documents on their way at a time. */
const LANES = 3;
/** Documents of which RPCs are counted. */
const TRACED = Math.ceil(PER_WORLD / 3);
const MAX_FAILURES = 3;

describe.each(WORLDS)('over the model of $name', (world) => {
  const oracle = new Oracle(world);
  let loaded: LoadedWorld<Server>[] = [];

  beforeAll(async () => {
    const starts = await Promise.allSettled([1, 4].map((shards) => startWorld(world, oracle, shards)));
    // Whatever has started must be stopped, also if the other has not.
    loaded = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
    for (const start of starts) if (start.status === 'rejected') throw start.reason;
  });
  afterAll(() => Promise.all(loaded.map(({ server }) => server.stop())));

  it(
    `answers ${PER_WORLD} of ${QUERIES} lists as a plain evaluation does (SEED=${seed})`,
    async () => {
      const failures: string[] = [];
      const generator = new QueryGenerator(world, oracle.related, createRandom(seed));
      let left = PER_WORLD;
      const lane = async () => {
        while (left > 0 && failures.length < MAX_FAILURES) {
          const queries = Array.from({ length: Math.min(BATCH, left) }, () => generator.query());
          left -= queries.length;
          const expected = queries.map((query) => (mustRefuse(world, query) ? null : oracle.answer(query)));
          const found = await Promise.all(loaded.map((one) => one.check(queries, expected)));
          for (const [index, one] of loaded.entries()) {
            const wrong = queries.filter((_, at) => found[index]![at] !== null);
            if (wrong.length === 0) continue;
            const alone = await Promise.all(wrong.map((query) => explain(one, query)));
            const shown = alone.filter((failure) => failure !== null);
            failures.push(...(shown.length > 0 ? shown : [`only together: ${JSON.stringify({ found, queries })}`]));
            break;
          }
        }
      };
      await Promise.all(Array.from({ length: LANES }, lane));
      expect(failures.join('\n\n')).toBe('');
    },
    60_000 + PER_WORLD * 1_000,
  );

  it(
    `takes at most one RPC per shard and consistency boundary, in ${TRACED} documents (SEED=${seed})`,
    async () => {
      const generator = new QueryGenerator(world, oracle.related, createRandom(seed));
      let reached = 0;
      const scattered = loaded.find(({ shards }) => shards > 1)!;
      for (let document = 0; document < TRACED; document++) {
        const queries = Array.from({ length: 1 + (document % 3) }, () => withoutCursors(generator.query()));
        const { rpcs, shards } = await scattered.trace(queries);
        const bound = shards.length * boundariesOf(world, queries);
        expect(rpcs, shorten(JSON.stringify(queries))).toBeLessThanOrEqual(bound);
        if (rpcs === bound) reached++;
      }
      // Else the bound would say little.
      expect(reached).toBeGreaterThan(TRACED / 3);
    },
    60_000 + TRACED * 3_000,
  );

  it.each(['forward', 'backward'] as const)(
    `shows each row once and in order, page by page %s (SEED=${seed})`,
    async (way) => {
      const generator = new QueryGenerator(world, oracle.related, createRandom(seed));
      for (let walk = 0; walk < WALKS; walk++) {
        const { type, args, pageRows } = generator.walk();
        const found = await Promise.all(loaded.map((one) => one.checkWalk(type, args, pageRows, way)));
        expect(found, shorten(JSON.stringify({ type, args, pageRows }))).toEqual(loaded.map(() => null));
      }
    },
    60_000 + WALKS * 4_000,
  );

  /** The failing list, without whatever it fails without too; null if it does not fail alone. */
  async function explain(on: LoadedWorld<Server>, query: ListQuery): Promise<string | null> {
    const check = async (one: ListQuery) => {
      try {
        return (await on.check([one], [mustRefuse(world, one) ? null : oracle.answer(one)]))[0] ?? null;
      } catch {
        // Left out what a query cannot be without.
        return null;
      }
    };
    const kindOf = async (one: ListQuery) => failureKind(await check(one));
    const was = await kindOf(query);
    if (was === null) return null;
    const least = await shrink(query, async (one) => (await kindOf(one)) === was);
    const shown = shorten(JSON.stringify(least, null, 1));
    return `${world.name} on ${on.shards} shards: ${await check(least)}\n${shown}`;
  }
});

/** A cursor would have to be asked for first. */
function withoutCursors(query: ListQuery): ListQuery {
  const { after: _, before: __, ...args } = query.args;
  const { rows } = query.select;
  return { ...query, args, select: { ...query.select, ...(rows && { rows: rowWithoutCursors(rows) }) } };
}

function rowWithoutCursors(row: RowSelect): RowSelect {
  const one = row.one.map((field) => ({ ...field, row: rowWithoutCursors(field.row) }));
  const many = row.many.map(({ relation, list }) => ({ relation, list: withoutCursors({ type: '', ...list }) }));
  return { ...row, one, many };
}

/** Equal for failures of one kind: differences, and errors with one code and the same first words. */
const failureKind = (failure: string | null): string | null =>
  failure && (/^error \{"message":"([^"\\]{0,30}).*"code":"(\w+)"/.exec(failure)?.slice(1).join() ?? 'difference');
