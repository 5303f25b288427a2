/**
 * Takes rows back, change by change, by the log. What a shard key's rows are taken back to is a state that has existed, at the end
 * of a commit: so all keys and references hold there, and nothing has to be chosen.
 */
import type { ReadSession, SqlSession } from '../../sql/sql-session.ts';
import { isCascadeTooDeep, isForeignKeyError } from '../commit/errors/sql-error.ts';
import { eachLoggedChange, type LogSpan } from '../tables/log-spans.ts';
import type { PastSchema } from './past-schema.ts';
import { type RowVersions, TakenBackRow } from './taken-back-row.ts';
import { UpdateBatch } from './update-batch.ts';

interface TakeBackOptions {
  readonly schema: PastSchema;
  readonly versions: RowVersions;
}

/**
 * Takes the changes of a span back, the last one first. It begins and ends between commits: inside one, foreign keys hold at the end
 * of statements alone. Run it in a transaction; {@link settleReferences} comes after that. Gives how many changes there were.
 *
 * @throws ShardQLError CONFLICT for a change that a migration has made unreadable.
 */
export function takeBack(session: SqlSession, span: LogSpan, { schema, versions }: TakeBackOptions): number {
  session.run('PRAGMA defer_foreign_keys = ON');
  const updates = new UpdateBatch(session);
  let count = 0;
  /** Rows of the commit that is being taken back to which others still refer. */
  let held: TakenBackRow[] = [];
  let version = 0;
  const endCommit = (): void => {
    if (held.length === 0) return;
    updates.flush();
    release(session, held);
    held = [];
  };
  for (const change of eachLoggedChange(session, span)) {
    count++;
    if (change.version !== version) endCommit();
    version = change.version;
    const row = new TakenBackRow(change, schema, versions);
    const { listed } = row;
    if (listed !== null) updates.add(listed);
    else {
      updates.flush();
      if (!isWritten(session, row)) held.push(row);
    }
  }
  endCommit();
  updates.flush();
  return count;
}

/**
 * Takes a part of a commit back, the last change first. Foreign keys hold after each change: the part may end anywhere.
 *
 * @throws StatementError for a change that {@link needsOthers}; ShardQLError as {@link takeBack}.
 */
export function takeBackPart(session: SqlSession, part: LogSpan, { schema, versions }: TakeBackOptions): number {
  const updates = new UpdateBatch(session);
  let count = 0;
  for (const change of eachLoggedChange(session, part)) {
    count++;
    const row = new TakenBackRow(change, schema, versions);
    const { listed } = row;
    if (listed !== null) updates.add(listed);
    else {
      updates.flush();
      row.write(session);
    }
  }
  updates.flush();
  return count;
}

/** The change can be taken back only once others of the same commit are. */
export const needsOthers = (error: unknown): boolean => isForeignKeyError(error) || isCascadeTooDeep(error);

/** Some foreign keys are declared so that statements never check them: a commit must not be split where they do not hold. */
export const hasDeferredReferences = (session: ReadSession): boolean =>
  session.row("SELECT 1 FROM sqlite_master WHERE type = 'table' AND sql LIKE '%INITIALLY%DEFERRED%' LIMIT 1") !==
  undefined;

/** Foreign keys are enforced at once again: the platform goes on with the same connection. */
export const settleReferences = (session: SqlSession): void => session.run('PRAGMA defer_foreign_keys = OFF');

/** False: rows refer to it by foreign keys that restrict, or one after the other by some that cascade. One statement had made all of them. */
function isWritten(session: SqlSession, row: TakenBackRow): boolean {
  try {
    row.write(session);
    return true;
  } catch (error) {
    if (row.isInsert && needsOthers(error)) return false;
    throw error;
  }
}

/** Deletes rows of one commit that refer to each other. */
function release(session: SqlSession, held: readonly TakenBackRow[]): void {
  // Of a chain that is too long to cascade, the row at its short end comes first.
  let open = held.toReversed();
  while (open.length > 0) {
    const left = open.filter((row) => !isWritten(session, row));
    if (left.length === open.length) for (const row of left) row.unlink(session);
    open = left;
  }
}
