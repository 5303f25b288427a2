import type { SqlSession } from '../sql/sql-session.ts';
import { type Version, versionAt } from '../version.ts';
import { readLastVersion } from './tables/clock-table.ts';

/** Wall-clock time in milliseconds since 1970. Passed in, so that tests hold it. */
export type WallClock = () => number;

/**
 * Gives out the commit versions of one shard, and the `asOf`s of its reads. It holds two invariants:
 *
 * - V1: versions strictly increase, across restarts and moves.
 * - V3: what is read has the version of the last stored commit as its `asOf`. So every commit up to it is in the answer, and
 *   no later one gets a version up to it, since each is greater than the last.
 *
 * Both rest on what is stored, with each commit, and on nothing else: the wall clock only relates versions to time.
 * It may stand still, step back or have been ahead, also across a restart: versions still grow, they only run ahead of it.
 * A read waits behind a commit that is not confirmed yet (the platform holds its answer back), so no `asOf` is ever seen
 * that a crash could undo.
 */
export class CommitClock {
  readonly #wallClock: WallClock;
  #last: Version;

  /** `last`: version of the last commit in storage, 0 before the first. */
  constructor(wallClock: WallClock, last: Version) {
    this.#wallClock = wallClock;
    this.#last = last;
  }

  /** Version of the last commit, and the `asOf` of what is read now: all commits so far have versions ≤ it, all later ones > it. */
  get last(): Version {
    return this.#last;
  }

  /** The version for a commit made now. It counts only once {@link committed} is called: a rollback leaves no trace. */
  next(): Version {
    return Math.max(versionAt(this.#wallClock()), this.#last) + 1;
  }

  /** Called after the transaction has committed, before anything else is read or written. An older version changes nothing. */
  committed(version: Version): void {
    this.#last = Math.max(this.#last, version);
  }
}

/** The clock of a shard that starts now, from what its database remembers. */
export const startClock = (session: SqlSession, wallClock: WallClock): CommitClock =>
  new CommitClock(wallClock, readLastVersion(session));
