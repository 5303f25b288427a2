/** Random lists of tables that keep deleted rows, against plain JavaScript that has never seen those unless they are asked for. */
import { beforeAll, describe, expect, it } from 'vitest';
import model from '../models/projects/model.ts';
import { createLabWorker, type LabWorker } from '../support/lab-worker.ts';
import { describeRuns, propertyRuns } from '../support/property-runs.ts';
import { shorten } from '../support/queries/difference.ts';
import { QueryGenerator } from '../support/queries/generate-query.ts';
import { LoadedWorld } from '../support/queries/loaded-world.ts';
import { Oracle } from '../support/queries/oracle.ts';
import type { ListQuery } from '../support/queries/query.ts';
import { mustRefuse } from '../support/queries/refusals.ts';
import { shrink } from '../support/queries/shrink.ts';
import { rowsOf } from '../support/queries/world.ts';
import { projectsWorld } from '../support/queries/worlds/projects.ts';
import { createRandom } from '../support/random.ts';

const RUNS = propertyRuns(240);
/** Lists in one document. */
const BATCH = 8;

const world = projectsWorld(createRandom(RUNS.seed));
const oracle = new Oracle(world);

/** As a file brings them: deleted rows come back deleted. */
async function load(worker: LabWorker): Promise<void> {
  for (const { type, columns } of world.entities) {
    const given = columns.filter(({ generated }) => !generated);
    const lines = rowsOf(world, type, true).map((row) =>
      JSON.stringify(Object.fromEntries(given.map(({ name }) => [name, row[name]]))),
    );
    const response = await worker.fetch(`/import?table=${type}`, { method: 'POST', body: lines.join('\n') });
    expect(await response.json()).toMatchObject({ inserted: lines.length, failed: 0 });
  }
}

const answerOf = (query: ListQuery): unknown => (mustRefuse(world, query) ? null : oracle.answer(query));

describe.each([1, 4])('on %i shards', (shards) => {
  const worker = createLabWorker(model, shards);
  const loaded = new LoadedWorld(worker, shards, world, oracle);
  beforeAll(() => load(worker));

  it(`lists show what they would without deleted rows, or with those that were asked for: ${describeRuns(RUNS)}`, async () => {
    const generator = new QueryGenerator(world, oracle.related, createRandom(RUNS.seed));
    for (let left = RUNS.numRuns / 2; left > 0; left -= BATCH) {
      const queries = Array.from({ length: BATCH }, () => generator.query());
      const found = await loaded.check(queries, queries.map(answerOf));
      const wrong = queries.find((_, at) => found[at] !== null);
      if (wrong) throw new Error(await explained(wrong, found.find((one) => one !== null)!));
    }
  });

  /** The failing list without whatever it fails without too. */
  async function explained(query: ListQuery, found: string): Promise<string> {
    const check = async (one: ListQuery) => {
      try {
        return (await loaded.check([one], [answerOf(one)]))[0] ?? null;
      } catch {
        // Left out what a query cannot be without.
        return null;
      }
    };
    const isError = found.startsWith('error');
    const least = await shrink(query, async (one) => {
      const failure = await check(one);
      return failure !== null && failure.startsWith('error') === isError;
    });
    return `${(await check(least)) ?? found}\n${shorten(JSON.stringify(least, null, 1))}`;
  }
});
