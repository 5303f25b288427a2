import { ShardQLError } from '../errors.ts';
import type { WorkCounts } from '../protocol/envelope.ts';

/**
 * What work takes at the least, in milliseconds, on any machine: several times less than has been measured. While a request runs, the
 * platform's clock stands still, so what it has done is the only clock that it has.
 */
const LEAST_MS: WorkCounts = { statements: 0.002, rowsRead: 0.00002, rowsWritten: 0.0005 };

/** Until when work is waited for. Work that goes on for longer is ended between two of its statements. */
export class TimeLimit {
  readonly #endsAtMs: number;
  readonly #leftMs: number;
  readonly #wallClock: () => number;

  /** @param leftMs from now on. */
  constructor(leftMs: number, wallClock: () => number) {
    this.#leftMs = leftMs;
    this.#endsAtMs = wallClock() + leftMs;
    this.#wallClock = wallClock;
  }

  /** `done`: since it was made. */
  isOver({ statements, rowsRead, rowsWritten }: WorkCounts): boolean {
    const leastMs =
      statements * LEAST_MS.statements + rowsRead * LEAST_MS.rowsRead + rowsWritten * LEAST_MS.rowsWritten;
    return leastMs > this.#leftMs || this.#wallClock() > this.#endsAtMs;
  }
}

/** Work was ended because nobody waits for it any more. */
export const timeIsOver = (): ShardQLError =>
  new ShardQLError(
    'DEADLINE_EXCEEDED',
    'Expected to be done while the request is waited for, but got no further in that time. Nothing was done.',
    { retryable: true },
  );
