/**
 * What callers of every role read of single rows and by search, and how lists go on from page to page: as a plain evaluation answers
 * that has only the rows and columns that the caller may see.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { CONSISTENCY_MODES } from '../../src/model/types.ts';
import { clientOf, startAccessLab } from '../support/access/access-lab.ts';
import { AMBIGUOUS, type RandomRead, ReadGenerator } from '../support/access/random-reads.ts';
import type { Viewer } from '../support/access/roles.ts';
import { accessRows, accessWorld, randomViewer } from '../support/access/rows.ts';
import { seenWorld } from '../support/access/seen-world.ts';
import type { GraphQLApi } from '../support/graphql.ts';
import type { LabWorker } from '../support/lab-worker.ts';
import { describeRuns, propertyRuns } from '../support/property-runs.ts';
import { QueryGenerator } from '../support/queries/generate-query.ts';
import { LoadedWorld } from '../support/queries/loaded-world.ts';
import { Oracle } from '../support/queries/oracle.ts';
import { mustRefuse } from '../support/queries/refusals.ts';
import { createRandom, pick, type Random } from '../support/random.ts';

const RUNS = propertyRuns(400);
/** Root fields of one document. */
const BATCH = 10;
/** Documents of one caller, and lists that it walks through. */
const DOCUMENTS = 4;
const WALKS = 1;

describe.each([1, 3])('on %i shards', (shards) => {
  const rows = accessRows(createRandom(RUNS.seed));
  const world = accessWorld(rows);
  let worker: LabWorker;
  beforeAll(async () => {
    worker = await startAccessLab(rows, shards);
  });

  it(
    `rows, searches and pages are those that the caller may see: ${describeRuns(RUNS)}`,
    async () => {
      const random = createRandom(RUNS.seed);
      const answered = new Map<string, number>();
      for (let left = Math.ceil(RUNS.numRuns / 2); left > 0; left -= BATCH * DOCUMENTS) {
        const viewer = randomViewer(random);
        const seen = seenWorld(world, viewer);
        const client = clientOf(worker, viewer, pick(random, CONSISTENCY_MODES));
        const generator = new ReadGenerator(world, seen, random);
        for (let document = 0; document < DOCUMENTS; document++) {
          const reads = Array.from({ length: BATCH }, () => generator.read());
          await checkReads(client, viewer, reads);
          for (const { form, expected } of reads)
            if (hasRows(expected)) answered.set(form, (answered.get(form) ?? 0) + 1);
        }
        for (let walk = 0; walk < WALKS; walk++) await checkWalk(client, viewer, random);
      }
      // Callers who see nothing would pass whatever is wrong.
      for (const form of ['key', 'node', 'nodes', 'search'])
        expect([form, answered.get(form) ?? 0]).not.toEqual([form, 0]);
    },
    60_000 + RUNS.numRuns * 100,
  );

  async function checkWalk(client: GraphQLApi, viewer: Viewer, random: Random): Promise<void> {
    const seen = seenWorld(world, viewer);
    const oracle = new Oracle(seen);
    const { type, args, pageRows } = new QueryGenerator(seen, oracle.related, random).walk();
    if (mustRefuse(seen, { type, args })) return;
    const { maxPage = pageRows } = seen.entities.find((entity) => entity.type === type)!;
    const loaded = new LoadedWorld(client, shards, seen, oracle);
    for (const way of ['forward', 'backward'] as const) {
      const wrong = await loaded.checkWalk(type, args, Math.min(pageRows, maxPage), way);
      expect(wrong, JSON.stringify({ viewer, type, args, pageRows })).toBeNull();
    }
  }
});

async function checkReads(client: GraphQLApi, viewer: Viewer, reads: readonly RandomRead[]): Promise<void> {
  const fields = reads.map(({ field }, at) => `f${at}: ${field}`);
  const { data, errors } = await client.graphql(`query {\n${fields.join('\n')}\n}`);
  for (const [at, { field, expected }] of reads.entries()) {
    const name = `f${at}`;
    const own = errors.filter(({ path }) => path === undefined || path[0] === name);
    const isAmbiguous = expected === AMBIGUOUS;
    const wanted = { data: isAmbiguous ? null : expected, codes: isAmbiguous ? ['BAD_USER_INPUT'] : [] };
    const found = { data: data?.[name], codes: own.map(({ extensions, message }) => extensions?.code ?? message) };
    expect(found, `${JSON.stringify(viewer)}: ${field}`).toEqual(wanted);
  }
}

const hasRows = (expected: unknown): boolean =>
  Array.isArray(expected)
    ? expected.some((row) => row !== null)
    : typeof expected === 'object' &&
      expected !== null &&
      !('nodes' in expected && (expected.nodes as []).length === 0);
