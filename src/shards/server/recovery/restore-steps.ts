/** The steps of a restore. Each is one transaction: rows, progress and fence change together, or not at all. */

import { ShardQLError } from '../../errors.ts';
import type { ShardKey } from '../../shard-key.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import type { Version } from '../../version.ts';
import { writeClock } from '../tables/clock-table.ts';
import { recordTakenBack } from '../tables/idempotency-table.ts';
import { countChanges, type LogSpan, readCommits, spanOf } from '../tables/log-spans.ts';
import { readLastLogSeq } from '../tables/log-table.ts';
import {
  findRestore,
  forgetRestores,
  readOpenRestores,
  type StoredRestore,
  writeRestore,
} from '../tables/restores-table.ts';
import { changeCosts } from './change-cost.ts';
import { withoutOwnTriggers } from './own-triggers.ts';
import { changesSince } from './past-point.ts';
import { pastSchema } from './past-schema.ts';
import { nextChunk, STEP_LIMITS } from './restore-chunk.ts';
import { restoreSpan } from './restore-span.ts';
import { restoreRecords } from './restored-records.ts';
import type { RestoredShard } from './restored-shard.ts';
import { requireRoomForStep } from './room-to-restore.ts';
import { hasDeferredReferences, needsOthers, settleReferences, takeBack, takeBackPart } from './take-back.ts';

/** Restores that a shard remembers, open ones among them. */
const KEPT_RESTORES = 1_000;

/** What is to be restored. */
interface NewRestore {
  readonly id: string;
  /** Null: all that the shard has. */
  readonly shardKeys: readonly ShardKey[] | null;
  readonly target: Version;
  readonly undoes: string | null;
}

/**
 * Raises the fence. `total`: changes that are to be taken back, which can be. A restore that has begun before is left as it is.
 *
 * @throws ShardQLError CONFLICT while another restore of some of the shard keys is open.
 */
export function beginRestore(
  shard: RestoredShard,
  session: SqlSession,
  { id, shardKeys, target, undoes }: NewRestore,
  total: number,
): StoredRestore {
  const begun = findRestore(session, id);
  if (begun !== null) return begun;
  requireNoOther(session, shardKeys);
  const { upTo: startSeq, after, partly, without } = changesSince(session, target, shardKeys);
  const restore: StoredRestore = {
    ...{ id, shardKeys, target, undoes, total, startSeq, span: { after, partly, without } },
    state: 'RUNNING',
    startVersion: shard.clock.last,
    cursorSeq: startSeq,
    endSeq: null,
    endVersion: null,
    takenBack: 0,
    beganAtMs: shard.wallClock(),
    endedAtMs: null,
  };
  shard.storage.transactionSync(() => {
    writeRestore(session, restore);
    forgetRestores(session, KEPT_RESTORES);
  });
  shard.fences.renew(session);
  return restore;
}

/** @throws ShardQLError CONFLICT */
export function requireNoOther(session: SqlSession, shardKeys: readonly ShardKey[] | null): void {
  const other = readOpenRestores(session).find(
    (open) => shardKeys === null || open.shardKeys === null || open.shardKeys.some((key) => shardKeys.includes(key)),
  );
  if (other === undefined) return;
  throw new ShardQLError(
    'CONFLICT',
    `Expected no restore of these rows under way, but got "${other.id}". Wait until it has ended, or cancel it.`,
  );
}

/** Does one step of an open restore that takes rows back. `id`: of which; absent: of the first. False: it is not open. */
export function stepRestore(shard: RestoredShard, session: SqlSession, limits = STEP_LIMITS, id?: string): boolean {
  const restore = readOpenRestores(session).find((open) => id === undefined || open.id === id);
  if (restore === undefined) return false;
  if (restore.state === 'RUNNING') requireRoomForStep(shard.capacity, restore.id);
  const { commits, part } = nextChunk(session, restoreSpan(restore), changeCosts(shard.model), limits);
  if (part === null || !takesPart(shard, session, restore, part)) takeStep(shard, session, restore, commits, takeBack);
  shard.fences.renew(session);
  return true;
}

/** False: the commit cannot be split there, and nothing of it was taken back. */
function takesPart(shard: RestoredShard, session: SqlSession, restore: StoredRestore, part: LogSpan): boolean {
  if (hasDeferredReferences(session)) return false;
  try {
    takeStep(shard, session, restore, part, takeBackPart);
    return true;
  } catch (error) {
    if (needsOthers(error)) return false;
    throw error;
  }
}

/** One transaction: takes the chunk back, which is the newest part of what is left. */
function takeStep(
  shard: RestoredShard,
  session: SqlSession,
  restore: StoredRestore,
  chunk: LogSpan,
  take: typeof takeBack,
): void {
  const version = shard.clock.next();
  const isLast = chunk.after === restoreSpan(restore).after;
  const hasChanges = countChanges(session, chunk, 0) > 0;
  try {
    shard.storage.transactionSync(() => {
      // Also without changes, the end has a version of its own: what was read as of moments before it stays true.
      if (hasChanges || isLast) beginCommit(shard, session, restore, version);
      const changes = hasChanges ? takeBackChunk(shard, session, chunk, version, take) : 0;
      if (isLast) restoreRecords(session, restore, version);
      writeRestore(session, {
        ...restore,
        cursorSeq: chunk.after,
        takenBack: restore.takenBack + changes,
        ...(isLast && {
          state: restore.state === 'RUNNING' ? 'DONE' : 'CANCELLED',
          endSeq: readLastLogSeq(session),
          endVersion: version,
          endedAtMs: shard.wallClock(),
        }),
      });
    });
  } finally {
    settleReferences(session);
  }
  if (hasChanges || isLast) shard.clock.committed(version);
  if (!hasChanges) return;
  shard.freshness.committed(session);
  shard.trimmer.committed(shard.freshness.lastSeq);
}

function beginCommit({ capacity }: RestoredShard, session: SqlSession, { id }: StoredRestore, version: Version): void {
  capacity.begin();
  writeClock(session, version, id, capacity.rows);
}

function takeBackChunk(
  { model, migrations }: RestoredShard,
  session: SqlSession,
  chunk: LogSpan,
  version: Version,
  take: typeof takeBack,
): number {
  recordTakenBack(session, readCommits(session, chunk), version);
  const schema = pastSchema(model, migrations);
  return withoutOwnTriggers(session, () => take(session, chunk, { schema, versions: 'COMMIT' }));
}

/**
 * Turns a restore round: what it has taken back is made again, in steps too. One that is not known may be about to begin: it does
 * not any more.
 *
 * @throws ShardQLError CONFLICT for one that has ended.
 */
export function cancelRestore(shard: RestoredShard, session: SqlSession, id: string): StoredRestore {
  const restore = findRestore(session, id);
  if (restore === null) return neverBegin(shard, session, id);
  if (restore.state === 'CANCELLING') return restore;
  if (restore.state !== 'RUNNING') {
    throw new ShardQLError(
      'CONFLICT',
      `Expected a restore that is under way, but got one that is ${restore.state}. To take back one that is DONE, undo it.`,
    );
  }
  const cursorSeq = readLastLogSeq(session);
  const own = spanOf({ after: restore.startSeq, upTo: cursorSeq, shardKeys: restore.shardKeys });
  const total = countChanges(session, own, Number.MAX_SAFE_INTEGER - 1);
  const cancelling: StoredRestore = { ...restore, state: 'CANCELLING', cursorSeq, total, takenBack: 0 };
  shard.storage.transactionSync(() => writeRestore(session, cancelling));
  return cancelling;
}

function neverBegin(shard: RestoredShard, session: SqlSession, id: string): StoredRestore {
  const [seq, version, nowMs] = [readLastLogSeq(session), shard.clock.last, shard.wallClock()];
  const restore: StoredRestore = {
    ...{ id, shardKeys: [], target: version, undoes: null, total: 0, takenBack: 0, state: 'CANCELLED' },
    ...{
      startSeq: seq,
      startVersion: version,
      span: { after: seq, partly: null, without: [] },
      cursorSeq: seq,
      endSeq: seq,
      endVersion: version,
      beganAtMs: nowMs,
      endedAtMs: nowMs,
    },
  };
  shard.storage.transactionSync(() => writeRestore(session, restore));
  return restore;
}

/** @throws ShardQLError NOT_FOUND */
export function requireRestore(session: SqlSession, id: string): StoredRestore {
  const restore = findRestore(session, id);
  if (restore !== null) return restore;
  throw new ShardQLError('NOT_FOUND', 'Expected the id of a restore of this shard, but got another.');
}
