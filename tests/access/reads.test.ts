/**
 * What callers of every role read: random lists as a plain evaluation answers them that has only the rows and columns that the
 * caller may see.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { CONSISTENCY_MODES } from '../../src/model/types.ts';
import { clientOf, startAccessLab } from '../support/access/access-lab.ts';
import type { Viewer } from '../support/access/roles.ts';
import { accessRows, accessWorld, randomViewer } from '../support/access/rows.ts';
import { seenWorld } from '../support/access/seen-world.ts';
import type { LabWorker } from '../support/lab-worker.ts';
import { describeRuns, propertyRuns } from '../support/property-runs.ts';
import { shorten } from '../support/queries/difference.ts';
import { QueryGenerator } from '../support/queries/generate-query.ts';
import { LoadedWorld } from '../support/queries/loaded-world.ts';
import { Oracle } from '../support/queries/oracle.ts';
import type { ListQuery } from '../support/queries/query.ts';
import { mustRefuse } from '../support/queries/refusals.ts';
import { shrink } from '../support/queries/shrink.ts';
import { createRandom, pick, type Random } from '../support/random.ts';

const RUNS = propertyRuns(240);
/** Lists in one document. */
const BATCH = 8;
/** Documents of one caller. */
const DOCUMENTS = 3;

describe.each([1, 3])('on %i shards', (shards) => {
  const rows = accessRows(createRandom(RUNS.seed));
  const world = accessWorld(rows);
  let worker: LabWorker;
  beforeAll(async () => {
    worker = await startAccessLab(rows, shards);
  });

  it(
    `lists show what the caller may see, and nothing else: ${describeRuns(RUNS)}`,
    async () => {
      const random = createRandom(RUNS.seed);
      let shown = 0;
      for (let left = Math.ceil(RUNS.numRuns / 2); left > 0; left -= BATCH * DOCUMENTS) {
        const viewer = randomViewer(random);
        shown += await checkViewer(viewer, random);
      }
      // Callers who see nothing would pass whatever is wrong.
      expect(shown).toBeGreaterThan(RUNS.numRuns / 20);
    },
    60_000 + RUNS.numRuns * 100,
  );

  /** How many lists had rows. */
  async function checkViewer(viewer: Viewer, random: Random): Promise<number> {
    const seen = seenWorld(world, viewer);
    const oracle = new Oracle(seen);
    const mode = pick(random, CONSISTENCY_MODES);
    const loaded = new LoadedWorld(clientOf(worker, viewer, mode), shards, seen, oracle);
    const generator = new QueryGenerator(seen, oracle.related, random);
    const answerOf = (query: ListQuery) => (mustRefuse(seen, query) ? null : oracle.answer(query));
    let shown = 0;
    for (let document = 0; document < DOCUMENTS; document++) {
      const queries = Array.from({ length: BATCH }, () => generator.query());
      const expected = queries.map(answerOf);
      shown += queries.filter(({ type }) => seen.rows[type]!.length > 0).length;
      const found = await loaded.check(queries, expected);
      const wrong = queries.find((_, at) => found[at] !== null);
      if (wrong === undefined) continue;
      const check = async (one: ListQuery) => {
        try {
          return (await loaded.check([one], [answerOf(one)]))[0] ?? null;
        } catch {
          // Left out what a query cannot be without.
          return null;
        }
      };
      const isError = (await check(wrong))?.startsWith('error');
      const least = await shrink(wrong, async (one) => (await check(one))?.startsWith('error') === isError);
      const failure = (await check(least)) ?? `only together with others: ${found.find((one) => one !== null)}`;
      throw new Error(`${JSON.stringify(viewer)} ${mode}: ${failure}\n${shorten(JSON.stringify(least, null, 1))}`);
    }
    return shown;
  }
});
