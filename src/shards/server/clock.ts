import { type Version, versionAt } from '../version.ts';
import type { SqlSession } from './sql-session.ts';
import { readClock, writeStart } from './tables/clock-table.ts';

/** Wall-clock time in milliseconds since 1970. Passed in, so that tests hold it. */
export type WallClock = () => number;

/** How far two clocks that may serve one shard after another can differ, in milliseconds. */
export const DEFAULT_CLOCK_UNCERTAINTY_MS = 500;

/**
 * Everything up to this version counts as given out when a shard starts. It must be stored before the shard answers
 * anything: a next start, on a clock that is behind, would else begin below it. `previous`: that of the start before.
 */
export const startVersion = (wallClock: WallClock, uncertaintyMs: number, previous: Version): Version =>
  Math.max(versionAt(wallClock() + uncertaintyMs), previous);

/**
 * Gives out the commit versions and the `asOf`s of one shard. It holds two invariants:
 *
 * - V1: versions strictly increase, across restarts too (`last` is stored with each commit).
 * - V3: no commit gets a version ≤ an `asOf` that was given out before it. What was given out is remembered in memory
 *   only. Three things keep it true across a restart: an `asOf` is the last commit's version, which is stored; or it is
 *   {@link startVersion} of that life, which is stored; or it is the wall clock of its moment, and the next life starts
 *   at its own wall clock plus the greatest difference that two clocks may have.
 *
 * The wall clock may stand still or step back: versions still grow, they only run ahead of it.
 */
export class CommitClock {
  readonly #wallClock: WallClock;
  #last: Version;
  #handed: Version;

  /** `last`: version of the last commit in storage, 0 before the first. `start`: see {@link startVersion}. */
  constructor(wallClock: WallClock, last: Version, start: Version) {
    this.#wallClock = wallClock;
    this.#last = last;
    this.#handed = start;
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

/** The clock of a shard that starts now, from what its database remembers. */
export function startClock(session: SqlSession, wallClock: WallClock, uncertaintyMs: number): CommitClock {
  const stored = readClock(session);
  const start = startVersion(wallClock, uncertaintyMs, stored.start);
  writeStart(session, start);
  return new CommitClock(wallClock, stored.last, start);
}
