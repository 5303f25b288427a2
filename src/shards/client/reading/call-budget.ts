import { tooManyCalls } from '../failures.ts';
import type { RouterSettings } from '../settings.ts';

/** Counts the calls to shards that the reads of one request make. */
export class CallBudget {
  readonly #limit: number;
  #calls = 0;

  constructor({ maxReadCallsPerRequest }: Pick<RouterSettings, 'maxReadCallsPerRequest'>) {
    this.#limit = maxReadCallsPerRequest;
  }

  /** @throws ShardQLError FANOUT_LIMIT_EXCEEDED if the request would make more calls, with these, than it may. */
  spend(calls: number): void {
    this.#calls += calls;
    if (this.#calls > this.#limit) throw tooManyCalls(this.#limit);
  }
}
