import { type Timers, wait } from '../../../lib/timers.ts';
import { errorToWire, ShardQLError, type WireError } from '../../errors.ts';
import type { CopyTarget, InPlaceTarget, RestorePreview, RestoreTarget, ShardRestore } from '../../restore.ts';
import { type ShardKey, valueOfShardKey } from '../../shard-key.ts';
import { SqlSession } from '../../sql/sql-session.ts';
import type { UndoPageRange } from '../../undo.ts';
import type { Version } from '../../version.ts';
import { readUnknownKeys } from '../tables/keys-table.ts';
import { countChanges, type LogSpan, spanOf } from '../tables/log-spans.ts';
import { readTrimmedVersion } from '../tables/log-state-table.ts';
import { findSeqSince, readLastLogSeq } from '../tables/log-table.ts';
import { findRestore, readOpenRestores, readRestores, readUndos } from '../tables/restores-table.ts';
import type { Schedule } from '../tasks/tasks.ts';
import { isLost } from '../to-shard-error.ts';
import type { Copier } from './copy/copier.ts';
import { changesSince, requireBorn } from './past-point.ts';
import { pastSchema } from './past-schema.ts';
import { MAX_PREVIEWED_CHANGES, previewRestore } from './preview-restore.ts';
import { STEP_LIMITS } from './restore-chunk.ts';
import { beginRestore, cancelRestore, requireNoOther, requireRestore, stepRestore } from './restore-steps.ts';
import type { RestoredShard } from './restored-shard.ts';
import { requireRoomToRestore } from './room-to-restore.ts';
import { roundTrips } from './round-trips.ts';
import { type Surveyed, survey } from './survey.ts';
import { toldRestore, undoneBy } from './told-restore.ts';

/** Steps of one run of the task; of a request, which waits for them. */
const STEPS_PER_RUN = 2_000;
const STEPS_PER_REQUEST = 40;
/** Restores that are told of. */
const TOLD_RESTORES = 100;

interface RestorerOptions {
  readonly shard: () => RestoredShard;
  /** Makes the steps of restores that copy. */
  readonly copier: Copier;
  readonly timers: Timers;
  /** Of {@link Restorer.run}. */
  readonly schedule: Schedule;
  /** Waits until the tables are those of the model. Gives why they are not, if so. */
  readonly migrated: () => Promise<ShardQLError | null>;
}

/** A restore with all that is known before it begins. */
interface Planned {
  readonly shardKeys: readonly ShardKey[] | null;
  readonly version: Version;
  readonly undoes: string | null;
  readonly span: LogSpan;
}

/**
 * Runs restores: one step after the other, with other requests in between. The task goes on with what a life of the shard has
 * left; who asks takes part in the steps, so that they need not wait for the alarm.
 */
export class Restorer {
  readonly #options: RestorerOptions;
  /** Why the last step of an open one has failed, by its id. In memory: the next step tells again. */
  readonly #failures = new Map<string, WireError>();
  #turn = 0;

  constructor(options: RestorerOptions) {
    this.#options = options;
  }

  /** The shard has started: a life before this one may have been in the middle. */
  started(): void {
    if (this.#options.shard().fences.areUp) this.#schedule();
  }

  /** @throws ShardQLError as {@link begin}. */
  async preview(target: InPlaceTarget, range: UndoPageRange): Promise<RestorePreview> {
    const shard = this.#options.shard();
    const session = new SqlSession(shard.storage.sql);
    await recall(shard, session, target);
    const { span } = this.#planned(session, target);
    const schema = pastSchema(shard.model, shard.migrations);
    const { changes } = await this.#survey(session, span);
    const rows = changes > MAX_PREVIEWED_CHANGES ? null : previewRestore(shard, session, schema, span, range);
    return { changes, rows };
  }

  /**
   * Begins a restore, or finds out whether it could.
   *
   * @throws ShardQLError before anything is fenced: BAD_USER_INPUT for a time that the log does not reach back to, CONFLICT where a
   * migration or another restore is in the way, NOT_FOUND for an unknown restore to be undone.
   */
  async begin(id: string, target: RestoreTarget, checksOnly: boolean): Promise<readonly ShardRestore[]> {
    const shard = this.#options.shard();
    const session = new SqlSession(shard.storage.sql);
    const begun = findRestore(session, id);
    if (begun !== null) return [toldRestore(session, begun)];
    if ('copyOf' in target) return this.#beginCopy(session, id, target, checksOnly);
    await recall(shard, session, target);
    const { span } = this.#planned(session, target);
    const surveyed = await this.#survey(session, span);
    requireRoomToRestore(shard.capacity, surveyed);
    if (checksOnly) return [];
    // What has come meanwhile is of this release: nothing is in its way.
    const { shardKeys, version, undoes, span: now } = this.#planned(session, target);
    const total = surveyed.changes + countChanges(session, { ...now, after: span.upTo }, Number.MAX_SAFE_INTEGER - 1);
    const restore = beginRestore(shard, session, { id, shardKeys, target: version, undoes }, total);
    this.#schedule();
    return [toldRestore(session, restore)];
  }

  #beginCopy(session: SqlSession, id: string, target: CopyTarget, checksOnly: boolean): readonly ShardRestore[] {
    const begun = this.#options.copier.begin(id, target, checksOnly);
    if (begun === null) return [];
    this.#schedule();
    return [toldRestore(session, begun)];
  }

  cancel(id: string): readonly ShardRestore[] {
    const shard = this.#options.shard();
    const session = new SqlSession(shard.storage.sql);
    const cancelled = cancelRestore(shard, session, id);
    this.#failures.delete(id);
    shard.fences.renew(session);
    this.#schedule();
    return [toldRestore(session, cancelled)];
  }

  /** Takes part in some steps, if any are left. One that cannot go on is told of with its problem: the others' callers have none. */
  async continue(): Promise<readonly ShardRestore[]> {
    try {
      await this.#steps(STEPS_PER_REQUEST);
    } catch (error) {
      if (!(error instanceof ShardQLError)) throw error;
    }
    return this.list();
  }

  list(): readonly ShardRestore[] {
    const session = new SqlSession(this.#options.shard().storage.sql);
    const undos = readUndos(session);
    return readRestores(session, TOLD_RESTORES).map((restore) =>
      toldRestore(session, restore, undos, this.#failures.get(restore.id)),
    );
  }

  /** The task. */
  async run(): Promise<void> {
    const refusal = await this.#options.migrated();
    if (refusal !== null) throw refusal;
    if (!(await this.#steps(STEPS_PER_RUN))) this.#schedule();
  }

  /**
   * True: no restore is open any more. One that fails does not keep the others from their turns.
   *
   * @throws what all open ones have failed with, one after the other.
   */
  async #steps(most: number): Promise<boolean> {
    const { shard, copier, timers } = this.#options;
    const { storage, publisher } = shard();
    let failures = 0;
    for (let step = 0; step < most; step++) {
      const session = new SqlSession(storage.sql);
      const restores = readOpenRestores(session);
      const open = restores.length;
      // A short one need not wait for a long one.
      const next = restores[this.#turn++ % open];
      if (next === undefined) return true;
      try {
        if (!(await copier.step(next))) stepRestore(shard(), session, STEP_LIMITS, next.id);
        this.#failures.delete(next.id);
        failures = 0;
      } catch (error) {
        if (error instanceof ShardQLError) this.#failures.set(next.id, errorToWire(error));
        if (isLost(error) || ++failures >= open) throw error;
      }
      // One has ended.
      if (readOpenRestores(session).length < open) await publisher?.publishDue();
      await wait(timers, 0);
    }
    return !shard().fences.areUp;
  }

  #planned(session: SqlSession, target: InPlaceTarget): Planned {
    if ('version' in target) {
      const { shardKeys, version } = target;
      requireKnown(session, shardKeys);
      requireBorn(session, version);
      requireNoOther(session, shardKeys);
      return { shardKeys, version, undoes: null, span: changesSince(session, version, shardKeys) };
    }
    const { id, state, shardKeys, startVersion, endVersion } = requireRestore(session, target.undoes);
    requireNoOther(session, shardKeys);
    if (state !== 'DONE') {
      throw new ShardQLError('CONFLICT', `Expected a restore that is DONE, but got one that is ${state}.`);
    }
    requireNotUndone(session, id);
    requireUntouched(session, endVersion!, shardKeys);
    return { shardKeys, version: startVersion, undoes: id, span: changesSince(session, startVersion, shardKeys) };
  }

  async #survey(session: SqlSession, span: LogSpan): Promise<Surveyed> {
    const { shard, timers } = this.#options;
    const { model, migrations } = shard();
    const windows = survey(session, pastSchema(model, migrations), span);
    for (;;) {
      const window = windows.next();
      if (window.done) return window.value;
      await wait(timers, 0);
    }
  }

  #schedule(): void {
    const { schedule, timers } = this.#options;
    const nowMs = timers.now();
    schedule(nowMs, nowMs);
  }
}

/**
 * What was trimmed is brought back from the archive; the open restore then holds it.
 *
 * @throws ShardQLError as `LogRecall.recall`.
 */
async function recall({ logRecall }: RestoredShard, session: SqlSession, target: InPlaceTarget): Promise<void> {
  const version = 'version' in target ? target.version : requireRestore(session, target.undoes).startVersion;
  if (version < readTrimmedVersion(session) && logRecall.reaches(version)) await logRecall.recall(version);
}

/** @throws ShardQLError CONFLICT */
function requireNotUndone(session: SqlSession, id: string): void {
  const by = undoneBy(readUndos(session), id);
  if (by === null) return;
  throw new ShardQLError('CONFLICT', `Expected a restore that holds, but got one that "${by}" has undone already.`);
}

/** A misspelt shard key would pass for one of which nothing was changed. */
function requireKnown(session: SqlSession, shardKeys: readonly ShardKey[] | null): void {
  const unknown = readUnknownKeys(session, shardKeys ?? []).map((key) => JSON.stringify(valueOfShardKey(key)));
  if (unknown.length === 0) return;
  throw new ShardQLError(
    'NOT_FOUND',
    `Expected shard keys that have rows, or had some, but got ${unknown.join(', ')}. Is that spelt right?`,
  );
}

/** To undo a restore must not take back what was written since. */
function requireUntouched(session: SqlSession, endVersion: Version, shardKeys: readonly ShardKey[] | null): void {
  const upTo = readLastLogSeq(session);
  const after = findSeqSince(session, upTo, endVersion + 1) - 1;
  const since = { after, upTo, shardKeys };
  const changes = countChanges(session, { ...spanOf(since), without: roundTrips(session, since) }, 1_000);
  if (changes === 0) return;
  throw new ShardQLError(
    'CONFLICT',
    `Expected rows that nobody has written since the restore, but got ${changes > 1_000 ? 'more than 1,000' : changes} changes. To take them back too, restore to a time before it.`,
  );
}
