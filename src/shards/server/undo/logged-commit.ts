import { ShardQLError } from '../../errors.ts';
import type { ShardKey } from '../../shard-key.ts';
import type { ReadSession } from '../../sql/sql-session.ts';
import type { Version } from '../../version.ts';
import { readTrimmedVersion } from '../tables/log-state-table.ts';
import { findCommit, readLastLogSeq, readLogEntries, readShardKeysBetween } from '../tables/log-table.ts';

/** Greatest number of changes of rows that one undo takes back in a shard: it is one transaction. */
const MAX_UNDONE_CHANGES = 100_000;

/** A commit as the log has it. */
interface LoggedCommit {
  /** Seqs of its first and last log row. */
  readonly first: number;
  readonly last: number;
  /** Tag of the last migration when it was made. */
  readonly schema: string;
}

/**
 * The commit of an operation.
 *
 * @throws ShardQLError NOT_FOUND if the log does not have it, OPERATION_LIMIT_EXCEEDED if it is too large to be undone.
 */
export function findLoggedCommit(session: ReadSession, origin: string, version: Version): LoggedCommit {
  if (version <= readTrimmedVersion(session)) throw notFound('one whose changes have been trimmed from it');
  const { first, last } = findCommit(session, readLastLogSeq(session), version);
  const [newest] = readLogEntries(session, first, last, 1);
  if (newest === undefined) throw notFound('one that changed no rows, such as a dry run, or that was never made');
  if (newest.origin !== origin) throw notFound('one whose commit is that of another operation');
  const changes = last - first + 1;
  if (changes > MAX_UNDONE_CHANGES) {
    throw new ShardQLError(
      'OPERATION_LIMIT_EXCEEDED',
      `Expected an operation that changed at most ${MAX_UNDONE_CHANGES.toLocaleString('en-US')} rows, but got one of ${changes.toLocaleString('en-US')} changes.`,
    );
  }
  return { first, last, schema: newest.schema };
}

/** The shard keys of its rows; none if the log does not have it. */
export function shardKeysOfCommit(session: ReadSession, version: Version): ShardKey[] {
  const { first, last } = findCommit(session, readLastLogSeq(session), version);
  return readShardKeysBetween(session, first, last);
}

const notFound = (got: string): ShardQLError =>
  new ShardQLError('NOT_FOUND', `Expected an operation whose changes are in the log, but got ${got}.`);
