/** What keeps log rows from being trimmed, however large or old the log is. */

import type { SqlSession } from '../../sql/sql-session.ts';
import { type Version, versionAt } from '../../version.ts';
import type { WallClock } from '../clock.ts';
import { leastSeqOfRestores } from '../recovery/restore-span.ts';
import { isHeld, readLogState } from '../tables/log-state-table.ts';
import { findSeqSince, readLastLogSeq, readVersionAtSeq } from '../tables/log-table.ts';
import { OPERATION_RETENTION_MS, readLeastVersionSince } from '../tables/operations-table.ts';
import { readTaskSince } from '../tables/tasks-table.ts';

/** What holds look at. */
export interface HoldScope {
  readonly session: SqlSession;
  readonly wallClock: WallClock;
  /** Migrations are tried or applied, or full-text indexes filled. */
  readonly isMigrating: () => boolean;
  /** The least version of the commits that may be retried, as far as this life has looked; null: of none. */
  readonly leastRetriedVersion: () => Version | null;
}

interface LogHold {
  /** As events name it. */
  readonly name: string;
  /** It ends by itself, some minutes after the last write. */
  readonly isBrief?: true;
  /** The least seq whose row is needed; null: none is. `lastSeq`: of the newest row. */
  readonly leastSeq: (scope: HoldScope, lastSeq: number) => number | null;
}

const seqSince = ({ session, wallClock }: HoldScope, lastSeq: number, ageMs: number): number =>
  findSeqSince(session, lastSeq, versionAt(wallClock() - ageMs));

/** A clock was ahead: until that time has come, versions tell nothing of when commits were made. */
const runsAhead = ({ session, wallClock }: HoldScope, lastSeq: number): boolean =>
  readVersionAtSeq(session, lastSeq) > versionAt(wallClock() + OPERATION_RETENTION_MS);

function seqSinceOutcomes({ session, wallClock }: HoldScope, lastSeq: number): number | null {
  const version = readLeastVersionSince(session, wallClock() - OPERATION_RETENTION_MS);
  return version === null ? null : findSeqSince(session, lastSeq, version);
}

export const NEWEST_COMMIT = 'newest-commit';

export const LOG_HOLDS: readonly LogHold[] = [
  {
    // Seqs are not given out twice. Its commit stays as a whole.
    name: NEWEST_COMMIT,
    leastSeq: ({ session }, lastSeq) => findSeqSince(session, lastSeq, readVersionAtSeq(session, lastSeq)),
  },
  {
    // The next life of the shard publishes it.
    name: 'unpublished',
    leastSeq: ({ session }) => readTaskSince(session, 'publish'),
  },
  {
    // A retry gets the answer of its first attempt: most answers are worked out again from the log, and all say which tables changed.
    name: 'retries',
    isBrief: true,
    leastSeq: (scope, lastSeq) => {
      const byTime = runsAhead(scope, lastSeq)
        ? (seqSinceOutcomes(scope, lastSeq) ?? Number.POSITIVE_INFINITY)
        : seqSince(scope, lastSeq, OPERATION_RETENTION_MS);
      // However the clock leaps.
      const version = scope.leastRetriedVersion();
      return version === null ? byTime : Math.min(byTime, findSeqSince(scope.session, lastSeq, version));
    },
  },
  {
    name: 'restores',
    leastSeq: ({ session }) => leastSeqOfRestores(session),
  },
  {
    name: 'migration',
    leastSeq: ({ isMigrating }) => (isMigrating() ? 0 : null),
  },
  {
    // Rows that were asked for, from the archive above all, and are still worked with.
    name: 'recalled',
    isBrief: true,
    leastSeq: ({ session, wallClock }, lastSeq) => {
      const state = readLogState(session);
      return isHeld(state, wallClock()) ? findSeqSince(session, lastSeq, state.heldVersion + 1) : null;
    },
  },
];

/** The least seq whose row is needed, and by which hold. */
export interface LeastNeeded {
  readonly seq: number;
  readonly hold: string;
  readonly isBrief: boolean;
}

/** Rows before it may go, if the budget says so. */
export function leastNeededSeq(scope: HoldScope): LeastNeeded {
  const lastSeq = readLastLogSeq(scope.session);
  return LOG_HOLDS.map(
    ({ name, leastSeq, isBrief = false }): LeastNeeded => ({
      seq: leastSeq(scope, lastSeq) ?? Number.POSITIVE_INFINITY,
      hold: name,
      isBrief,
    }),
  ).reduce((least, each) => (each.seq < least.seq ? each : least));
}
