/** Random lists over shards that gather each other's answers, against a plain evaluation in memory. */
import { beforeAll, describe, expect, it } from 'vitest';
import allTypes from '../models/all-types/model.ts';
import { createLabWorker } from '../support/lab-worker.ts';
import { describeRuns, propertyRuns } from '../support/property-runs.ts';
import { createWorldRows } from '../support/queries/create-rows.ts';
import { shorten } from '../support/queries/difference.ts';
import { QueryGenerator } from '../support/queries/generate-query.ts';
import { LoadedWorld } from '../support/queries/loaded-world.ts';
import { Oracle } from '../support/queries/oracle.ts';
import { mustRefuse } from '../support/queries/refusals.ts';
import { allTypesWorld } from '../support/queries/worlds/all-types.ts';
import { createRandom } from '../support/random.ts';

const RUNS = propertyRuns(120);
const SHARDS = 7;
/** Lists in one document. */
const BATCH = 6;

describe(`on ${SHARDS} shards in groups`, () => {
  const world = allTypesWorld(createRandom(RUNS.seed));
  const worker = createLabWorker(allTypes, SHARDS, undefined, { router: { maxFlatScatterShards: 1 } });
  beforeAll(() => createWorldRows(worker, world));

  it(
    `lists, aggregates and groups are those of all rows: ${describeRuns(RUNS)}`,
    async () => {
      const oracle = new Oracle(world);
      const loaded = new LoadedWorld(worker, SHARDS, world, oracle);
      const generator = new QueryGenerator(world, oracle.related, createRandom(RUNS.seed));
      for (let left = RUNS.numRuns; left > 0; left -= BATCH) {
        const queries = Array.from({ length: BATCH }, () => generator.query());
        const expected = queries.map((query) => (mustRefuse(world, query) ? null : oracle.answer(query)));
        const found = await loaded.check(queries, expected);
        for (const [at, query] of queries.entries()) expect(found[at], shorten(JSON.stringify(query))).toBeNull();
      }
    },
    60_000 + RUNS.numRuns * 200,
  );
});
