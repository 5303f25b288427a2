/**
 * Non-interference of writes: of two databases that differ only in what a caller may not see, its mutations of every kind are answered
 * alike, to the byte, and leave what it sees alike; repeated with their keys too, after hidden rows have changed in between.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { roleModel } from '../../src/model/access/role-model.ts';
import { buildSchema } from '../../src/schema/build-schema.ts';
import model from '../models/access/model.ts';
import { startAccessLab } from '../support/access/access-lab.ts';
import { type Change, hiddenChange, whatIsSeen, withChange } from '../support/access/hidden-changes.ts';
import { type Counts, Pair } from '../support/access/pair.ts';
import { type Operation, OperationGenerator } from '../support/access/random-operations.ts';
import type { Viewer } from '../support/access/roles.ts';
import { type AllRows, accessRows, accessWorld, randomViewer } from '../support/access/rows.ts';
import { seenWorld } from '../support/access/seen-world.ts';
import { WRITES } from '../support/access/write-rights.ts';
import { renderWrite } from '../support/access/writes/render-write.ts';
import { mayTell } from '../support/access/writes/told.ts';
import { KINDS, type Write } from '../support/access/writes/write.ts';
import { WriteGenerator } from '../support/access/writes/write-generator.ts';
import type { LabWorker } from '../support/lab-worker.ts';
import { describeRuns, propertyRuns } from '../support/property-runs.ts';
import type { Row } from '../support/queries/world.ts';
import { below, createRandom, pick, type Random } from '../support/random.ts';

const RUNS = propertyRuns(50);
/** Mutations of one pair of databases. */
const WRITES_OF_PAIR = 40;
/** Root fields of a document that is read in between. */
const FIELDS = 4;
const START = Date.UTC(2026, 5, 1);

const schemaOf = (role: string) => buildSchema(roleModel(model, role)!);

describe('what a caller may not see', () => {
  beforeAll(() => void vi.useFakeTimers({ now: START, toFake: ['Date'] }));
  afterAll(() => void vi.useRealTimers());

  it(
    `decides of nothing that it writes: ${describeRuns(RUNS)}`,
    async () => {
      const random = createRandom(RUNS.seed);
      const counts: Counts = { changes: 0, answers: 0, data: 0 };
      const done = new Map<string, number>();
      let written = 0;
      while (written < RUNS.numRuns)
        written += await comparePair(random, Math.min(WRITES_OF_PAIR, RUNS.numRuns - written), counts, done);
      expect(counts.changes).toBeGreaterThan(RUNS.numRuns / 16);
      const total = [...done.values()].reduce((sum, count) => sum + count, 0);
      expect(total).toBeGreaterThan(RUNS.numRuns / 10);
      // Every kind is not only refused.
      if (RUNS.numRuns >= 1_000) for (const kind of KINDS) expect([kind, done.get(kind) ?? 0]).not.toEqual([kind, 0]);
    },
    120_000 + RUNS.numRuns * 500,
  );
});

/** How many writes were compared. */
async function comparePair(random: Random, most: number, counts: Counts, done: Map<string, number>): Promise<number> {
  const viewer = randomWriter(random);
  let rows = accessRows(random);
  const workers: LabWorker[] = [];
  const left = rows;
  /** Rows of one database that the other one does not have, or not so: to name those would tell the two apart. */
  const hot: Record<string, Row[]> = {};
  const nextChange = (byMutation: boolean): Change | null => {
    const change = hiddenChange(rows, viewer, random, byMutation);
    if (change === null) return null;
    rows = withChange(rows, change);
    hot[change.type] = [...(hot[change.type] ?? []), change.row];
    counts.changes++;
    return change;
  };
  for (let more = 5 + below(random, 30); more > 0; more--) nextChange(false);
  for (const own of [left, rows]) {
    vi.setSystemTime(START);
    workers.push(await startAccessLab(own, 2));
  }
  const pair = new Pair(workers as [LabWorker, LabWorker], viewer, counts);
  const schema = schemaOf(viewer.role);
  const generator = new WriteGenerator(schema, viewer, random);
  const reads = new OperationGenerator(left, viewer, random);
  const keyed: (readonly [Write, Operation])[] = [];
  for (let written = 0; written < most; written++) {
    const change = random() < 0.4 ? nextChange(true) : null;
    if (change !== null) await pair.change(change);
    vi.setSystemTime(Date.now() + 1_000);
    const isRepeated = keyed.length > 0 && random() < 0.15;
    const write = isRepeated ? null : generator.write(rows, hot)!;
    const [again, repeated] = isRepeated ? pick(random, keyed) : [];
    const operation = repeated ?? operationOf(write!, rows, viewer, random);
    if (!isRepeated && operation.headers) keyed.push([write!, operation]);
    const answer = await pair.compare(operation, null, mayTell((write ?? again)!, rows, hot, viewer));
    // What is stored differs from here on.
    if (answer === null) return written + 1;
    const isDone = !answer.includes('\\"errors\\"');
    if (isDone && write !== null) for (const { kind } of write.steps) done.set(kind, (done.get(kind) ?? 0) + 1);
    if (isDone) {
      rows = await pair.stored(1);
      expect(whatIsSeen(await pair.stored(0), viewer)).toBe(whatIsSeen(rows, viewer));
    }
    if (random() < 0.3) await pair.compare(reads.operation(FIELDS, false));
  }
  return most;

  function operationOf(write: Write, of: AllRows, by: Viewer, chance: Random): Operation {
    const request = renderWrite(write, seenWorld(accessWorld(of), by), schema);
    const key = chance() < 0.3 ? { headers: { 'idempotency-key': `key-${keyed.length}` } } : {};
    return { path: '/graphql', method: 'POST', body: JSON.stringify(request), ...key };
  }
}

function randomWriter(random: Random): Viewer {
  for (;;) {
    const viewer = randomViewer(random);
    // There is nothing that the admin does not see.
    if (viewer.role in WRITES && viewer.role !== 'admin') return viewer;
  }
}
