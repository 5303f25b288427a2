/** Random lists as of earlier moments, against plain JavaScript over the rows that there were then. */
import { beforeAll, describe, expect, it } from 'vitest';
import { systemTimers, wait } from '../../src/lib/timers.ts';
import model from '../models/projects/model.ts';
import type { GraphQLApi } from '../support/graphql.ts';
import { createLabWorker, type LabWorker } from '../support/lab-worker.ts';
import { describeRuns, propertyRuns } from '../support/property-runs.ts';
import { QueryGenerator } from '../support/queries/generate-query.ts';
import { LoadedWorld } from '../support/queries/loaded-world.ts';
import { Oracle } from '../support/queries/oracle.ts';
import { mustRefuse } from '../support/queries/refusals.ts';
import { rowsOf, type World } from '../support/queries/world.ts';
import { projectsWorld } from '../support/queries/worlds/projects.ts';
import { below, createRandom, pick, type Random } from '../support/random.ts';
import { loadWorld, storedWorld } from './support/stored-world.ts';

const RUNS = propertyRuns(200);
/** Lists in one document. */
const BATCH = 8;
const MOMENTS = 8;

/** Reads as of a moment. */
const clientAt = (worker: LabWorker, time: string): GraphQLApi => ({
  graphql: (query, variables) =>
    worker.graphql(
      query.replace(/\) \{|\{/, (found) => `${found.replace('{', '')}@asOf(time: "${time}") {`),
      variables,
    ),
});

const KINDS = ['update', 'update', 'update', 'create', 'delete', 'delete', 'restore', 'purge'] as const;
const TEXT: Readonly<Record<string, string>> = { Person: 'name', Project: 'name', Task: 'title', Comment: 'body' };

/** Writes some random row in some random way. */
async function writeSome(worker: LabWorker, now: World, random: Random): Promise<void> {
  const kind = pick(random, KINDS);
  const type = pick(random, Object.keys(TEXT));
  const rows = (kind === 'restore' || kind === 'purge' ? now.deleted! : now.rows)[type]!;
  if (rows.length === 0) return;
  const row = pick(random, rows);
  const { id, teamId } = row;
  const text = `${TEXT[type]}: ${JSON.stringify(`${row[TEXT[type]!]} ${below(random, 100)}`)}`;
  const key = teamId === undefined ? '' : `, shardKey: "${teamId}"`;
  const team = teamId === undefined ? '' : `, teamId: "${teamId}"`;
  const task = type === 'Comment' ? `, taskId: "${row.taskId}"` : '';
  const data =
    kind === 'create' ? `data: { id: "n${below(random, 1e9)}", ${text}${team}${task} }` : `by: { id: "${id}" }${key}`;
  const changes = kind === 'update' ? `, data: { ${text} }` : '';
  const { errors } = await worker.graphql(`mutation { ${kind}${type}(${data}${changes}) { id } }`);
  const isExpected = (code: unknown) =>
    ['UNIQUE_VIOLATION', 'FOREIGN_KEY_VIOLATION', 'NOT_FOUND'].includes(String(code));
  expect(errors.filter(({ extensions }) => !isExpected(extensions?.code))).toEqual([]);
}

describe.each([1, 4])('on %i shards', (shards) => {
  const random = createRandom(RUNS.seed + shards);
  const world = projectsWorld(random);
  const worker = createLabWorker(model, shards);
  beforeAll(() => loadWorld(worker, world));

  it(
    `lists are as of their moment what they were then: ${describeRuns(RUNS)}`,
    async () => {
      const moments: { readonly time: string; readonly world: World }[] = [];
      for (let at = 0; at < MOMENTS; at++) {
        const now = await storedWorld(worker, world);
        moments.push({ time: new Date().toISOString(), world: now });
        // What is written now is not of the same millisecond.
        await wait(systemTimers, 2);
        for (let write = 0; write < 12; write++) await writeSome(worker, now, random);
      }
      await wait(systemTimers, 600);
      const rows = () =>
        worker.inShards(({ storage }) => [...storage.sql.exec('SELECT max(seq), count(*) FROM _log').raw()]);
      const before = await rows();
      for (let left = RUNS.numRuns / 2; left > 0; left -= BATCH) {
        const moment = pick(random, moments);
        const oracle = new Oracle(moment.world);
        const generator = new QueryGenerator(moment.world, oracle.related, random);
        const queries = Array.from({ length: BATCH }, () => generator.query());
        const loaded = new LoadedWorld(clientAt(worker, moment.time), shards, moment.world, oracle);
        const expected = queries.map((query) => (mustRefuse(moment.world, query) ? null : oracle.answer(query)));
        const found = await loaded.check(queries, expected);
        expect(found.map((one) => one && `${moment.time}: ${one}`)).toEqual(queries.map(() => null));
      }
      expect(await rows()).toEqual(before);
      expect(rowsOf(await storedWorld(worker, world), 'Task')).not.toEqual(rowsOf(moments[0]!.world, 'Task'));
    },
    60_000 + RUNS.numRuns * 100,
  );
});
