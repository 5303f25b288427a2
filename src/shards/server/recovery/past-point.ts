import { ShardQLError } from '../../errors.ts';
import type { ShardKey } from '../../shard-key.ts';
import type { ReadSession } from '../../sql/sql-session.ts';
import { type Version, versionToMs } from '../../version.ts';
import type { LogSpan } from '../tables/log-spans.ts';
import { readLogState } from '../tables/log-state-table.ts';
import { findSeqSince, readLastLogSeq } from '../tables/log-table.ts';
import { readRestoresAt } from '../tables/restores-table.ts';
import { readBirth } from '../tables/slots-table.ts';
import { roundTrips } from './round-trips.ts';

/**
 * The changes that have to be taken back for the state after the last commit up to `version`. While a restore ran, its shard keys
 * count as they were when it began: nobody has ever seen them half restored. What earlier restores have taken back already is left out.
 *
 * @param shardKeys those that are looked at; null: all.
 * @throws ShardQLError BAD_USER_INPUT for one that the log does not reach back to.
 */
export function changesSince(session: ReadSession, version: Version, shardKeys: readonly ShardKey[] | null): LogSpan {
  const upTo = readLastLogSeq(session);
  const after = findSeqSince(session, upTo, version + 1) - 1;
  const restores = readRestoresAt(session, version).filter(
    (restore) =>
      restore.startSeq < after &&
      (shardKeys === null || restore.shardKeys === null || restore.shardKeys.some((key) => shardKeys.includes(key))),
  );
  const least = Math.min(after, ...restores.map(({ startSeq }) => startSeq));
  requireKept(session, version, least);
  const without = roundTrips(session, { after, upTo, shardKeys });
  if (restores.length === 0) return { after, upTo, shardKeys, partly: null, without };
  const of = restores.map(({ startSeq, shardKeys: restored }) => ({ after: startSeq, shardKeys: restored }));
  return { after: least, upTo, shardKeys, partly: { upTo: after, of }, without };
}

/**
 * Nothing would be found before the installation began: who asks for that means another time.
 *
 * @throws ShardQLError BAD_USER_INPUT
 */
export function requireBorn(session: ReadSession, version: Version): void {
  const born = readBirth(session);
  if (version >= born) return;
  throw new ShardQLError(
    'BAD_USER_INPUT',
    `Expected a time from ${timeOf(born)} on, when this installation began, but got ${timeOf(version)}. There were no rows then.`,
  );
}

/** `least`: all rows after this seq are needed. */
function requireKept(session: ReadSession, version: Version, least: number): void {
  const { trimmedSeq, trimmedVersion } = readLogState(session);
  if (version >= trimmedVersion && least >= trimmedSeq) return;
  if (version >= trimmedVersion) {
    throw new ShardQLError(
      'BAD_USER_INPUT',
      `Expected a time at which no restore of these rows ran that had begun before ${timeOf(trimmedVersion)}, since when changes are kept, but got ${timeOf(version)}. Give a time after that restore.`,
    );
  }
  throw new ShardQLError(
    'BAD_USER_INPUT',
    `Expected a time from ${timeOf(trimmedVersion)} on, since when changes are kept, but got ${timeOf(version)}.`,
  );
}

const timeOf = (version: Version): string => new Date(versionToMs(version)).toISOString();
