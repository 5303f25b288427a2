/**
 * Non-interference: two databases that differ only in what a caller may not see answer alike, to the byte: data, errors, extensions,
 * cursors, headers and the length of tokens; with caches that are cold, warm, and changed behind;
 * and what the caller writes is done alike.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startAccessLab } from '../support/access/access-lab.ts';
import { type Change, hiddenChange, mutationOf, withChange } from '../support/access/hidden-changes.ts';
import { type Answer, type Operation, OperationGenerator, send } from '../support/access/random-operations.ts';
import { WriteGenerator } from '../support/access/random-writes.ts';
import type { Viewer } from '../support/access/roles.ts';
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
/** Mutations of the caller at the end of a pair. */
const WRITTEN = 10;
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

interface Counts {
  /** Of one database and not the other. */
  changes: number;
  /** Documents whose answers were compared. */
  answers: number;
  /** Those with data. */
  data: number;
}

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
  for (let document = 0; document < Math.min(DOCUMENTS, answers / 2); document++) {
    // A hidden column's change moves its row's version: that is compared of rows that were stored as they are.
    pair.add(generator.operation(FIELDS, false));
    generator.learn(await pair.compare(generator.operation(FIELDS, true)));
  }
  while (counts.answers < until) {
    const change = nextChange(true);
    if (change !== null) await pair.change(change);
    vi.setSystemTime(Date.now() + below(random, 40_000));
    await pair.askAgain(random);
  }
  // What it may not see decides of nothing that it writes, either.
  const writes = new WriteGenerator(right, viewer, random);
  for (let written = 0; written < WRITTEN; written++) {
    const operation = writes.operation();
    if (operation === null) return;
    vi.setSystemTime(Date.now() + 1_000);
    if (!(await pair.write(operation))) return;
    await pair.compare(generator.operation(FIELDS, false));
  }
}

const differsAt = (one: string, other: string): number =>
  [...one].findIndex((character, at) => character !== other[at]);

const around = (text: string, at: number): string => text.slice(Math.max(0, at - 300), at + 200);

/** Two Workers that one caller asks the same. */
class Pair {
  readonly #workers: readonly [LabWorker, LabWorker];
  readonly #viewer: Viewer;
  readonly #counts: Counts;
  /** Of either. */
  readonly #tokens: [string | null, string | null] = [null, null];
  /** What was done to the second one. */
  readonly #changes: Change[] = [];
  readonly #answered = new Map<Operation, string | null>();

  constructor(workers: readonly [LabWorker, LabWorker], viewer: Viewer, counts: Counts) {
    this.#workers = workers;
    this.#viewer = viewer;
    this.#counts = counts;
  }

  async change(change: Change): Promise<void> {
    const { query, variables } = mutationOf(change);
    const { errors } = await this.#workers[1].graphql(query, variables);
    if (errors.length > 0) throw new Error(`${JSON.stringify(change)}: ${JSON.stringify(errors)}`);
    this.#changes.push(change);
  }

  /** To be asked later, time and again. */
  add(operation: Operation): void {
    this.#answered.set(operation, null);
  }

  /** The first one has not changed: what it answered once, it would answer again. */
  async askAgain(random: Random): Promise<void> {
    const operations = [...this.#answered.keys()];
    for (let asked = 0; asked < AFTER_CHANGE; asked++) {
      const operation = pick(random, operations);
      const known = random() < 0.1 ? null : this.#answered.get(operation)!;
      this.#answered.set(operation, await this.compare(operation, known));
    }
  }

  /** False: the answers differ by what is documented to tell of hidden rows, so what is stored differs from here on. */
  async write(operation: Operation): Promise<boolean> {
    const now = Date.now();
    const one = (await this.#ask(0, operation)).text;
    vi.setSystemTime(now);
    const other = (await this.#ask(1, operation)).text;
    if (one === other) return true;
    const isDocumented =
      [one, other].filter((text) => /UNIQUE_VIOLATION|FOREIGN_KEY_VIOLATION/.test(text)).length === 1;
    if (!isDocumented || !operation.body!.includes('it: delete')) this.#fail(operation, one, other);
    return false;
  }

  /** The answer of both. */
  async compare(operation: Operation, known: string | null = null): Promise<string> {
    const now = Date.now();
    const one = known ?? (await this.#ask(0, operation)).text;
    vi.setSystemTime(now);
    const other = (await this.#ask(1, operation)).text;
    if (one !== other) this.#fail(operation, one, other);
    this.#counts.answers++;
    if (one.includes('\\"data\\":{')) this.#counts.data++;
    return one;
  }

  #fail(operation: Operation, one: string, other: string): never {
    const { body, path } = operation;
    const [viewer, changes] = [JSON.stringify(this.#viewer), JSON.stringify(this.#changes)];
    const shown = [one, other].map((text) => around(text, differsAt(one, other))).join('\n');
    throw new Error(`${viewer} tells apart:\n${shown}\nafter ${changes}\nby ${body ?? path}`);
  }

  async #ask(at: 0 | 1, operation: Operation): Promise<Answer> {
    const answer = await send(this.#workers[at], operation, this.#viewer, this.#tokens[at]);
    this.#tokens[at] = answer.token ?? this.#tokens[at];
    return answer;
  }
}
