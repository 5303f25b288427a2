/**
 * Non-interference: two databases that differ only in what a caller may not see answer alike, to the byte: data, errors, extensions,
 * cursors, headers and the length of tokens; with caches that are cold, warm, and changed behind.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startAccessLab } from '../support/access/access-lab.ts';
import { type Change, hiddenChange, withChange } from '../support/access/hidden-changes.ts';
import { type Counts, Pair } from '../support/access/pair.ts';
import { type Operation, OperationGenerator } from '../support/access/random-operations.ts';
import { accessRows, randomViewer } from '../support/access/rows.ts';
import type { LabWorker } from '../support/lab-worker.ts';
import { describeRuns, propertyRuns } from '../support/property-runs.ts';
import { below, createRandom, pick, type Random } from '../support/random.ts';

const RUNS = propertyRuns(1_000);
/** Root fields of a document. */
const FIELDS = 8;
/** Answers that are compared of one pair of databases: it takes long to make them. */
const COMPARED = 200;
/** Documents of a pair, each asked again and again: what is compiled once is asked fast. */
const DOCUMENTS = 24;
/** Those that are asked after each change. */
const AFTER_CHANGE = 8;
const START = Date.UTC(2026, 5, 1);

describe('what a caller may not see', () => {
  beforeAll(() => void vi.useFakeTimers({ now: START, toFake: ['Date'] }));
  afterAll(() => void vi.useRealTimers());

  it(
    `changes nothing in any answer: ${describeRuns(RUNS)}`,
    async () => {
      const random = createRandom(RUNS.seed);
      const counts: Counts = { changes: 0, answers: 0, data: 0 };
      for (
        let left = Math.ceil(RUNS.numRuns / FIELDS);
        left > 0;
        left = Math.ceil(RUNS.numRuns / FIELDS) - counts.answers
      ) {
        await comparePair(random, Math.min(left, COMPARED), counts);
      }
      expect(counts.changes).toBeGreaterThan(counts.answers / 20);
      expect(counts.data).toBeGreaterThan(counts.answers / 2);
    },
    120_000 + RUNS.numRuns * 100,
  );
});

/** Compares so many answers, more or less. */
async function comparePair(random: Random, answers: number, counts: Counts): Promise<void> {
  const left = accessRows(random);
  const viewer = randomViewer(random);
  let right = left;
  const nextChange = (byMutation: boolean): Change | null => {
    const change = hiddenChange(right, viewer, random, byMutation);
    if (change === null) return null;
    right = withChange(right, change);
    counts.changes++;
    return change;
  };
  for (let more = 1 + below(random, 12); more > 0; more--) nextChange(false);
  // Versions are moments: commits of both are made at the same.
  const workers: LabWorker[] = [];
  for (const rows of [left, right]) {
    vi.setSystemTime(START);
    workers.push(await startAccessLab(rows, 2));
  }
  const pair = new Pair(workers as [LabWorker, LabWorker], viewer, counts);
  const generator = new OperationGenerator(left, viewer, random);
  const until = counts.answers + answers;
  /** To be asked time and again, with the last answer of the first one. */
  const asked = new Map<Operation, string | null>();
  /** The first one has not changed: what it answered once, it would answer again. */
  const askAgain = async (): Promise<void> => {
    const operations = [...asked.keys()];
    for (let count = 0; count < AFTER_CHANGE; count++) {
      const operation = pick(random, operations);
      const known = random() < 0.1 ? null : asked.get(operation)!;
      asked.set(operation, await pair.compare(operation, known));
    }
  };
  for (let document = 0; document < Math.min(DOCUMENTS, answers / 2); document++) {
    // A hidden column's change moves its row's version: that is compared of rows that were stored as they are.
    asked.set(generator.operation(FIELDS, false), null);
    generator.learn((await pair.compare(generator.operation(FIELDS, true)))!);
  }
  while (counts.answers < until) {
    const change = nextChange(true);
    if (change !== null) await pair.change(change);
    vi.setSystemTime(Date.now() + below(random, 40_000));
    await askAgain();
  }
}
