/** The steps of a copy. Each is one transaction: rows on their way, progress and, in the end, rows of the model change together. */
import { errorToWire, ShardQLError } from '../../../errors.ts';
import type { CopyTarget } from '../../../restore.ts';
import type { ShardKey } from '../../../shard-key.ts';
import type { SqlSession } from '../../../sql/sql-session.ts';
import { countRows } from '../../backup/count-rows.ts';
import { isForeignKeyError } from '../../commit/errors/sql-error.ts';
import { writeClock } from '../../tables/clock-table.ts';
import { countCopiedRows, findMissedRow, purgeCopiedRows } from '../../tables/copied-rows-table.ts';
import { type CopyStage, findCopy, forgetCopies, type StoredCopy, writeCopy } from '../../tables/copies-table.ts';
import { findRestore, type StoredRestore, writeRestore } from '../../tables/restores-table.ts';
import { beginRestore, cancelRestore, requireNoOther } from '../restore-steps.ts';
import type { RestoredShard } from '../restored-shard.ts';
import { settleReferences } from '../take-back.ts';
import { stageRows, takeStagedBack } from './staged-changes.ts';
import { firstTable, tableAfter, type WriteLimits, writeCopied } from './write-copied.ts';

/** Rows that a step removes of a copy that is given up. */
const PURGED_ROWS = 1_000;

type Stage<Name extends CopyStage['stage']> = Extract<CopyStage, { readonly stage: Name }>;

/** A page of what is copied. */
interface CopyPage {
  readonly bytes: ArrayBuffer;
  /** Null: it is the last one. */
  readonly next: string | null;
}

/**
 * Raises the fence. A restore that has begun before is left as it is.
 *
 * @throws ShardQLError as {@link requireCopyable}.
 */
export function beginCopy(
  shard: RestoredShard,
  session: SqlSession,
  id: string,
  { copyOf, as, version }: CopyTarget,
): StoredRestore {
  const begun = findRestore(session, id);
  if (begun !== null) return begun;
  requireCopyable(shard, session, as);
  const stage: CopyStage = { stage: 'ROWS', table: firstTable(shard.model), after: null };
  return shard.storage.transactionSync(() => {
    const [sourceKey, sourceShard] = [copyOf.shardKey, copyOf.shard];
    writeCopy(session, { id, sourceKey, sourceShard, version, stage, attempts: 0, problem: null });
    // To this shard it is a restore to what it has now: nothing is taken back but what the copy writes, if it is given up.
    const restore = { id, shardKeys: [as], target: shard.clock.last, undoes: null };
    const beginning = beginRestore(shard, session, restore, 0);
    forgetCopies(session);
    return beginning;
  });
}

/** @throws ShardQLError CONFLICT if there are rows of the shard key, or another restore of it is open; SHARD_FULL. */
export function requireCopyable(shard: RestoredShard, session: SqlSession, as: ShardKey): void {
  requireNoOther(session, [as]);
  requireNoRows(shard, session, as);
  requireRoom(shard);
}

/** Keeps a page of rows. */
export function stageRowsPage(
  shard: RestoredShard,
  session: SqlSession,
  copy: StoredCopy,
  { table }: Stage<'ROWS'>,
  { bytes, next }: CopyPage,
): void {
  goOn(shard, session, copy, (restore) => {
    const rows = stageRows(session, copy.id, table, bytes);
    writeRestore(session, { ...restore, total: restore.total + rows });
    const following = next === null ? tableAfter(shard.model, table) : table;
    return following === null ? { stage: 'CHANGES', upTo: null } : { stage: 'ROWS', table: following, after: next };
  });
}

/**
 * Takes a page of changes back.
 *
 * @throws ShardQLError NOT_FOUND if there were no rows then, CONFLICT if one was missed.
 */
export function stageChangesPage(
  shard: RestoredShard,
  session: SqlSession,
  copy: StoredCopy,
  { bytes, next }: CopyPage,
): void {
  goOn(shard, session, copy, (restore) => {
    takeStagedBack(session, copy.id, bytes);
    if (next !== null) return { stage: 'CHANGES', upTo: next };
    if (findMissedRow(session, copy.id) !== null) throw rowMissed();
    const total = countCopiedRows(session, copy.id);
    if (total === 0) throw noRowsThen();
    writeRestore(session, { ...restore, total });
    return { stage: 'WRITE', table: firstTable(shard.model), after: 0, hasWritten: false };
  });
}

/** Unless the copy has gone on, or was cancelled, while the page was on its way. */
function goOn(
  { storage }: RestoredShard,
  session: SqlSession,
  before: StoredCopy,
  work: (restore: StoredRestore) => CopyStage,
): void {
  storage.transactionSync(() => {
    const [restore, copy] = [findRestore(session, before.id), findCopy(session, before.id)];
    if (restore?.state !== 'RUNNING' || copy === null) return;
    if (JSON.stringify(copy.stage) !== JSON.stringify(before.stage)) return;
    writeCopy(session, { ...copy, stage: work(restore), attempts: 0 });
  });
}

/**
 * Writes some rows, as a commit of its own, unless the copy was cancelled meanwhile: what is written after that would stay.
 *
 * @throws ShardQLError for a row that constraints refuse.
 */
export function writeStep(
  shard: RestoredShard,
  session: SqlSession,
  copy: StoredCopy,
  stage: Stage<'WRITE'>,
  limits: WriteLimits,
): void {
  const { storage, clock, capacity, model, freshness, trimmer, wallClock } = shard;
  const restore = findRestore(session, copy.id)!;
  if (restore.state !== 'RUNNING') return;
  const version = clock.next();
  let rows = 0;
  try {
    storage.transactionSync(() => {
      capacity.begin();
      writeClock(session, version, copy.id, capacity.rows);
      const written = writeCopied(session, model, copy.id, restore.shardKeys![0]!, stage, limits);
      rows = written.rows;
      if (written.next !== null) writeCopy(session, { ...copy, stage: written.next, attempts: 0 });
      // Without an `endSeq`: it has led its shard key back to nothing that was.
      writeRestore(session, {
        ...restore,
        takenBack: restore.takenBack + rows,
        ...(written.next === null && { state: 'DONE', endVersion: version, endedAtMs: wallClock() }),
      });
    });
  } catch (error) {
    // References are looked at once more when the transaction ends.
    throw isForeignKeyError(error) ? danglingRows() : error;
  } finally {
    settleReferences(session);
  }
  clock.committed(version);
  if (rows === 0) return;
  freshness.committed(session);
  trimmer.committed(freshness.lastSeq);
}

/** Removes some rows that are on their way. False: there are none. */
export const purgeStep = ({ storage }: RestoredShard, session: SqlSession, { id }: StoredCopy): boolean =>
  storage.transactionSync(() => purgeCopiedRows(session, id, PURGED_ROWS));

/** How often a step is begun that does not come to its end. */
const MAX_ATTEMPTS = 3;

/**
 * Notes that the next step is begun. One that finds no room in the database has the platform reset the shard, and the next life begins it again.
 *
 * @throws ShardQLError SHARD_FULL once that has happened too often.
 */
export function beginAttempt(shard: RestoredShard, session: SqlSession, copy: StoredCopy): void {
  const attempts = copy.attempts + 1;
  if (attempts > MAX_ATTEMPTS) throw neverDone(shard);
  writeCopy(session, { ...copy, attempts });
}

/** A copy cannot go on: what it has written is removed. */
export function turnRound(shard: RestoredShard, session: SqlSession, copy: StoredCopy, error: ShardQLError): void {
  if (findRestore(session, copy.id)?.state !== 'RUNNING') return;
  shard.storage.transactionSync(() => {
    cancelRestore(shard, session, copy.id);
    writeCopy(session, { ...copy, problem: errorToWire(error) });
  });
}

/** @throws ShardQLError CONFLICT */
function requireNoRows({ model }: RestoredShard, session: SqlSession, as: ShardKey): void {
  const table = model.tables.find((each) => countRows(session, each, [as]) > 0);
  if (table === undefined) return;
  throw new ShardQLError(
    'CONFLICT',
    `Expected a shard key without rows to copy to, but got one with rows of ${table.typeName}, deleted ones included. Take another one.`,
  );
}

/** @throws ShardQLError SHARD_FULL */
export function requireRoom({ capacity }: RestoredShard): void {
  if (capacity.bytes < capacity.settings.fullBytes) return;
  throw new ShardQLError(
    'SHARD_FULL',
    `Expected a shard with room for the copy, but got ${capacity.shard}, which is full. Take a shard key of another shard, or delete rows first.`,
  );
}

const neverDone = ({ capacity }: RestoredShard): ShardQLError =>
  new ShardQLError(
    'SHARD_FULL',
    `Expected ${capacity.shard} to come to the end of the next step of the copy, but got one that did not ${MAX_ATTEMPTS} times, as a shard without room does not. Take a shard key of another shard, or delete rows first.`,
  );

const rowMissed = (): ShardQLError =>
  new ShardQLError(
    'CONFLICT',
    'Expected rows that keep their keys while they are copied, but one has got another and was missed. Start again.',
  );

const noRowsThen = (): ShardQLError =>
  new ShardQLError('NOT_FOUND', 'Expected a shard key with rows at that time, but got one without.');

const danglingRows = (): ShardQLError =>
  new ShardQLError(
    'FOREIGN_KEY_VIOLATION',
    'Expected rows that refer to rows of then, but some refer to rows that were not there. Take another time.',
  );
