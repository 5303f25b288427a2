import type { LostSince } from '../../bookmark.ts';
import { ShardQLError } from '../../errors.ts';
import type { ReadSession } from '../../sql/sql-session.ts';
import { versionAt } from '../../version.ts';
import { readTrimmedVersion } from '../tables/log-state-table.ts';
import { findSeqSince, readVersionAtSeq } from '../tables/log-table.ts';
import { migrationsSince } from '../tables/migrations-table.ts';
import { readOpenRestores, readRestoresAt } from '../tables/restores-table.ts';

/** What the database has from after a time, in milliseconds since 1970. `lastSeq`: of the newest row of the log. */
export function lostSince(session: ReadSession, lastSeq: number, timeMs: number): LostSince {
  const migrations = migrationsSince(session, timeMs);
  const firstLost = versionAt(timeMs + 1);
  if (readTrimmedVersion(session) >= firstLost) return { changes: null, firstVersion: null, migrations };
  const firstSeq = findSeqSince(session, lastSeq, firstLost);
  const changes = lastSeq - firstSeq + 1;
  return { changes, firstVersion: changes === 0 ? null : readVersionAtSeq(session, firstSeq), migrations };
}

/**
 * Rows amid a restore by the log are in no state that was ever meant, and who wanted it then may not want it now.
 *
 * @param timeMs which is gone back to, in milliseconds since 1970.
 * @throws ShardQLError CONFLICT if such a restore runs, or ran then.
 */
export function requireNoRestore(session: ReadSession, timeMs: number): void {
  const [open] = readOpenRestores(session);
  if (open) {
    throw conflict(
      `Expected a shard without a restore by the log, but got one in which ${open.id} runs; cancel it, or await its end.`,
    );
  }
  const [past] = readRestoresAt(session, versionAt(timeMs + 1) - 1);
  if (past) {
    throw conflict(
      `Expected a time at which no restore by the log ran, but got one amid ${past.id}, which began at ${toIso(past.beganAtMs)}` +
        `${past.endedAtMs === null ? '' : ` and ended at ${toIso(past.endedAtMs)}`}; choose a time before or after it.`,
    );
  }
}

const conflict = (message: string): ShardQLError => new ShardQLError('CONFLICT', message);

const toIso = (ms: number): string => new Date(ms).toISOString();
