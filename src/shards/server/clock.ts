import { type Version, versionAt } from '../version.ts';

/** Wall-clock time in milliseconds since 1970. Passed in, so that tests hold it. */
export type WallClock = () => number;

/** How far two clocks that may serve one shard after another can differ, in milliseconds. */
export const DEFAULT_CLOCK_UNCERTAINTY_MS = 500;

/**
 * Gives out the commit versions and the `asOf`s of one shard. It holds two invariants:
 *
 * - V1: versions strictly increase, across restarts too (`last` is stored with each commit).
 * - V3: no commit gets a version ≤ an `asOf` that was given out before it. What was given out is remembered in memory
 *   only; after a restart everything up to `clock + uncertaintyMs` counts as given out, which covers all of it as long
 *   as the clock has not gone back by more than that.
 *
 * The wall clock may stand still or step back: versions still grow, they only run ahead of it.
 */
export class CommitClock {
  readonly #wallClock: WallClock;
  #last: Version;
  #handed: Version;

  /** `last`: version of the last commit in storage, 0 before the first. */
  constructor(wallClock: WallClock, last: Version, uncertaintyMs: number) {
    this.#wallClock = wallClock;
    this.#last = last;
    this.#handed = versionAt(wallClock() + uncertaintyMs);
  }

  /** Version of the last commit. */
  get last(): Version {
    return this.#last;
  }

  /** An `asOf` for what is read now: all commits so far have versions ≤ it, all later ones > it. */
  asOf(): Version {
    this.#handed = this.#latest();
    return this.#handed;
  }

  /** The version for a commit made now. It counts only once {@link committed} is told: a rollback leaves no trace. */
  next(): Version {
    return this.#latest() + 1;
  }

  /** Called after the transaction has committed, before anything else is read or written. */
  committed(version: Version): void {
    this.#last = Math.max(this.#last, version);
  }

  #latest(): Version {
    return Math.max(versionAt(this.#wallClock()), this.#last, this.#handed);
  }
}
