import { ShardQLError } from '../../errors.ts';
import { PROTOCOL_OF } from '../../protocol/envelope.ts';
import type { WriteRequest } from '../../protocol/write.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import { versionAt } from '../../version.ts';
import { eachCommitBackwards } from '../tables/log-commits.ts';
import { readTrimmedVersion } from '../tables/log-state-table.ts';
import { OPERATION_RETENTION_MS } from '../tables/operations-table.ts';
import type { LoggedCommit } from './logged-outcomes.ts';

/** So many of the newest commits are looked through, however old they look; and no more, however young. */
const LEAST_COMMITS = 1_000;
const MOST_COMMITS = 10_000;
/** By how much routers' clocks and the shard's may differ, in milliseconds. */
const CLOCK_UNCERTAINTY_MS = 10_000;

/**
 * The commit of an earlier attempt that memory does not have. If the clock of a shard leaps ahead, everything looks older than the retry window, and is
 * forgotten at once, in the middle of a retry. Here time is the router's, which says until when it waits; and only those
 * attempts are looked up that are not the first. Null: none of them has written.
 *
 * @throws ShardQLError SHARD_UNAVAILABLE, not to be tried again, if the log does not reach back so far: the earlier attempt stays in doubt.
 */
export function findRepeated(
  session: SqlSession,
  { protocol, operationId, expiresAtMs }: WriteRequest,
): LoggedCommit | null {
  if (protocol < PROTOCOL_OF.rememberedWrites || expiresAtMs === undefined) return null;
  const firstSentMs = expiresAtMs - OPERATION_RETENTION_MS;
  let count = 0;
  for (const { version, origin } of eachCommitBackwards(session)) {
    if (origin === operationId) return { version, results: null };
    count++;
    if (count >= MOST_COMMITS || (count >= LEAST_COMMITS && version < versionAt(firstSentMs))) return null;
  }
  if (readTrimmedVersion(session) > versionAt(firstSentMs + CLOCK_UNCERTAINTY_MS)) throw inDoubt();
  return null;
}

const inDoubt = (): ShardQLError =>
  new ShardQLError(
    'SHARD_UNAVAILABLE',
    'Expected a log with the time of an earlier attempt, but got one that was trimmed since: it is not known whether that attempt has written. Look before you repeat it.',
    { retryable: false },
  );
