/** Two Workers that one caller asks the same, and between whose answers it must find no difference. */
import { vi } from 'vitest';
import type { LabWorker } from '../lab-worker.ts';
import { type Change, mutationOf } from './hidden-changes.ts';
import { type Answer, type Operation, send } from './random-operations.ts';
import type { Viewer } from './roles.ts';
import type { AllRows } from './rows.ts';
import { storedRows } from './stored-rows.ts';

export interface Counts {
  /** Of one database and not the other. */
  changes: number;
  /** Documents whose answers were compared. */
  answers: number;
  /** Those with data. */
  data: number;
}

const differsAt = (one: string, other: string): number =>
  [...one].findIndex((character, at) => character !== other[at]);

const around = (text: string, at: number): string => text.slice(Math.max(0, at - 300), at + 200);

export class Pair {
  readonly #workers: readonly [LabWorker, LabWorker];
  readonly #viewer: Viewer;
  readonly #counts: Counts;
  /** Of either. */
  readonly #tokens: [string | null, string | null] = [null, null];
  /** What was done to the second one. */
  readonly #changes: Change[] = [];

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

  /**
   * The answer of both; null: they differ as the documentation says that they may.
   *
   * @param known the answer of the first one.
   */
  async compare(
    operation: Operation,
    known: string | null = null,
    mayDiffer: (one: string, other: string) => boolean = () => false,
  ): Promise<string | null> {
    // Both are asked at the same moment: versions are moments.
    const now = Date.now();
    const one = known ?? (await this.#ask(0, operation)).text;
    vi.setSystemTime(now);
    const other = (await this.#ask(1, operation)).text;
    vi.setSystemTime(now);
    // What fails alike tells nothing, and shows nothing either.
    if (/INTERNAL_SERVER_ERROR|OVERLOADED|SHARD_UNAVAILABLE/.test(one))
      throw new Error(`${JSON.stringify(operation)}: ${one}`);
    if (one !== other) {
      if (mayDiffer(one, other)) return null;
      this.#fail(operation, one, other);
    }
    this.#counts.answers++;
    if (one.includes('\\"data\\":{')) this.#counts.data++;
    return one;
  }

  /** What one of them holds. */
  stored(at: 0 | 1): Promise<AllRows> {
    return storedRows(this.#workers[at]);
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
