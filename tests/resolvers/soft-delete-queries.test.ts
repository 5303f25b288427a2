/** Random lists of tables that keep deleted rows, against plain JavaScript that has never seen those unless they are asked for. */
import { beforeAll, describe, expect, it } from 'vitest';
import { CONSISTENCY_MODES, type ConsistencyMode } from '../../src/model/types.ts';
import model from '../models/projects/model.ts';
import type { GraphQLApi } from '../support/graphql.ts';
import { createLabWorker, type LabWorker } from '../support/lab-worker.ts';
import { describeRuns, propertyRuns } from '../support/property-runs.ts';
import { shorten } from '../support/queries/difference.ts';
import { QueryGenerator } from '../support/queries/generate-query.ts';
import { LoadedWorld } from '../support/queries/loaded-world.ts';
import { Oracle } from '../support/queries/oracle.ts';
import type { ListQuery } from '../support/queries/query.ts';
import { mustRefuse } from '../support/queries/refusals.ts';
import { shrink } from '../support/queries/shrink.ts';
import { rowsOf, type World } from '../support/queries/world.ts';
import { projectsWorld } from '../support/queries/worlds/projects.ts';
import { createRandom, pick } from '../support/random.ts';
import { columnsOf, loadWorld, storedWorld } from './support/stored-world.ts';

const RUNS = propertyRuns(240);
/** Lists in one document. */
const BATCH = 8;
/** Writes after which lists are read again, for so many lists that are read once. */
const WRITES = Math.ceil(RUNS.numRuns / 40);

/** Headers that hold the session token, once there is one. */
type Token = Readonly<Record<string, string>>;

/** A client that has seen its own writes, and reads in one mode. */
const clientOf = (worker: LabWorker, mode: ConsistencyMode, token: Token): GraphQLApi => ({
  graphql: (query, variables) =>
    worker.graphql(query.replace(' {\n', ` @consistency(mode: ${mode}) {\n`), variables, token),
});

const KINDS = ['purge', 'delete', 'delete', 'restore', 'restore'];

/** So much was purged that there would soon be nothing left to read. */
function isHalved(now: World, before: World): boolean {
  const countOf = (of: World) => of.entities.reduce((sum, { type }) => sum + rowsOf(of, type, true).length, 0);
  return countOf(now) * 2 < countOf(before);
}

const answerOf = (world: World, oracle: Oracle, query: ListQuery): unknown =>
  mustRefuse(world, query) ? null : oracle.answer(query);

describe.each([1, 4])('on %i shards', (shards) => {
  const world = projectsWorld(createRandom(RUNS.seed));
  const worker = createLabWorker(model, shards);
  beforeAll(() => loadWorld(worker, world));

  it(
    `lists show what they would without deleted rows, or with those that were asked for: ${describeRuns(RUNS)}`,
    async () => {
      const oracle = new Oracle(world);
      const loaded = new LoadedWorld(worker, shards, world, oracle);
      const generator = new QueryGenerator(world, oracle.related, createRandom(RUNS.seed));
      for (let left = RUNS.numRuns / 2; left > 0; left -= BATCH) {
        const queries = Array.from({ length: BATCH }, () => generator.query());
        const expected = queries.map((query) => answerOf(world, oracle, query));
        const found = await loaded.check(queries, expected);
        const wrong = queries.find((_, at) => found[at] !== null);
        if (wrong) throw new Error(await explained(loaded, world, oracle, wrong));
      }
    },
    60_000 + RUNS.numRuns * 100,
  );

  it('an export brings all rows, deleted ones as such', async () => {
    for (const entity of world.entities) {
      const response = await worker.fetch(`/export?table=${entity.type}&limit=5000`);
      const text = new TextDecoder().decode(await response.arrayBuffer());
      const exported = text
        .trim()
        .split('\n')
        .map((line) => Object.values(JSON.parse(line)));
      const expected = rowsOf(world, entity.type, true).map((row) => columnsOf(entity).map((name) => row[name]));
      const sorted = (rows: unknown[][]) => rows.map((row) => JSON.stringify(row)).sort();
      expect(sorted(exported)).toEqual(sorted(expected));
    }
  });

  it(
    `after deletes, restores and purges, lists in all modes show their writer how rows are: ${WRITES} writes, SEED=${RUNS.seed}`,
    async () => {
      const random = createRandom(RUNS.seed);
      let token: Token = {};
      let now = await storedWorld(worker, world);
      for (let write = 0; write < WRITES; write++) {
        const generator = new QueryGenerator(now, new Oracle(now).related, random);
        // The row of a cursor may be gone afterwards.
        const lists = Array.from({ length: BATCH * 4 }, () => generator.query())
          .filter((query) => !/"(after|before)"/.test(JSON.stringify(query)))
          .slice(0, BATCH);
        const read = async (when: string) => {
          const oracle = new Oracle(now);
          const expected = lists.map((query) => answerOf(now, oracle, query));
          for (const mode of CONSISTENCY_MODES) {
            const loaded = new LoadedWorld(clientOf(worker, mode, token), shards, now, oracle);
            const found = await loaded.check(lists, expected);
            expect(found.map((one) => one && `${mode} ${when}: ${one}`)).toEqual(lists.map(() => null));
          }
        };
        // What is read before is what caches have.
        await read(`before write ${write}`);
        const kind = pick(random, isHalved(now, world) ? KINDS.slice(1) : KINDS);
        const type = pick(random, ['Person', 'Project', 'Task', 'Comment']);
        const rows = (kind === 'delete' ? now.rows : now.deleted!)[type]!;
        if (rows.length === 0) continue;
        const { id, teamId } = pick(random, rows);
        const key = teamId === undefined ? '' : `, shardKey: "${teamId}"`;
        const { errors, headers } = await worker.graphql(
          `mutation { ${kind}${type}(by: { id: "${id}" }${key}) { id } }`,
          {},
          token,
        );
        // Another project may have taken its slug.
        expect(errors.filter(({ extensions }) => extensions?.code !== 'UNIQUE_VIOLATION')).toEqual([]);
        const given = headers.get('x-shardql-token');
        if (given !== null) token = { 'x-shardql-token': given };
        now = await storedWorld(worker, world);
        await read(`after ${kind} of ${type} ${id}`);
      }
    },
    60_000 + WRITES * 5_000,
  );
});

/** The failing list without whatever it fails without too. */
async function explained(
  loaded: LoadedWorld<GraphQLApi>,
  world: World,
  oracle: Oracle,
  query: ListQuery,
): Promise<string> {
  const check = async (one: ListQuery) => {
    try {
      return (await loaded.check([one], [answerOf(world, oracle, one)]))[0] ?? null;
    } catch {
      // Left out what a query cannot be without.
      return null;
    }
  };
  const found = await check(query);
  if (found === null) return `only together with others: ${shorten(JSON.stringify(query))}`;
  const isError = found.startsWith('error');
  const least = await shrink(query, async (one) => (await check(one))?.startsWith('error') === isError);
  return `${(await check(least)) ?? found}\n${shorten(JSON.stringify(least, null, 1))}`;
}
