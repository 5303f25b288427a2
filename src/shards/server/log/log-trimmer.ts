import { report } from '../../../events/report.ts';
import { type Timers, wait } from '../../../lib/timers.ts';
import type { LogSettings } from '../../log-settings.ts';
import { restorableSinceMs } from '../../restorable-since.ts';
import { versionAt, versionToMs } from '../../version.ts';
import { type LogSegment, readArchivedSeq } from '../tables/log-archive-table.ts';
import { type LogState, readLogState } from '../tables/log-state-table.ts';
import { readLastLogSeq, readOldestAfter } from '../tables/log-table.ts';
import type { Schedule } from '../tasks/tasks.ts';
import type { LogArchive } from './archive/log-archive.ts';
import { planSegment } from './archive/plan-segment.ts';
import { type HoldScope, type LeastNeeded, leastNeededSeq, NEWEST_COMMIT } from './log-holds.ts';
import { findCut, giveUpTrimmed, hasSpareRows, measureRows, moveTrimmed } from './trim-steps.ts';

/** The log is measured once in so many rows: a check costs about as much as one of the writes that made them. */
const ROWS_PER_CHECK = 1_000;
/** Within them, what large rows add to the database is looked at once in so many. */
const ROWS_PER_LOOK = 16;
/** Part of the budget by which the database may grow until the log is measured. */
const GROWTH_PER_CHECK = 1 / 16;
/** From a commit until the log is measured, in milliseconds: the writes of a burst have one check. */
const CHECK_DELAY_MS = 1_000;
/** Steps of one run of the task, of a few milliseconds each with other requests in between. */
const STEPS_PER_RUN = 200;
const GO_ON_MS = 500;
/** When rows that are still needed are looked at again. */
const HELD_RETRY_MS = 5 * 60_000;
/** When rows that the archive did not take are put again. */
const ARCHIVE_RETRY_MS = 60_000;
/** Of a log that the archive does not take, what is beyond so many times the budget goes unarchived. */
const HARD_BOUND = 2;
/** Commits wait for this part of the greatest age until they go together: an idle shard is seldom woken. */
const AGE_SLACK = 1 / 64;
/** Rows that are gone wait for this part of the greatest age to become new ones, but at least so many milliseconds. */
const SPARE_LIFE = 1 / 8;
const LEAST_SPARE_LIFE_MS = 10 * 60_000;
/** A log of so many times its budget is reported. */
const REPORTED_EXCESS = 2;
const REPORT_INTERVAL_MS = 3_600_000;
const DAY_MS = 86_400_000;

interface LogTrimmerOptions extends HoldScope {
  /** Name of the shard. */
  readonly shard: string;
  readonly settings: LogSettings;
  readonly storage: Pick<DurableObjectStorage, 'transactionSync' | 'sql'>;
  readonly timers: Timers;
  /** Takes what is to be trimmed first; null: there is none. */
  readonly archive: Pick<LogArchive, 'store'> | null;
  /** Rows that count as gone are being put back. */
  readonly isRecalling: () => boolean;
  /** Of {@link LogTrimmer.run}. */
  readonly schedule: Schedule;
  /** When that is due; null: it is not scheduled. */
  readonly dueAtMs: () => number | null;
  /** The shard has no room: what deletes put into the log is to go as soon as it may, though the database has not grown. */
  readonly isFull: () => boolean;
}

/**
 * Keeps the log within its budget: commits that are too old go, and the oldest of a log that is too large, as far as nothing
 * needs them any more. Where there is an archive, they are put there first. Nothing of that is done by writes. They have the log measured now and then, and the rest is a task: a
 * shard whose log has nothing left to trim has none.
 */
export class LogTrimmer {
  readonly #options: LogTrimmerOptions;
  readonly #maxAgeMs: number;
  /** The log is measured once it has this row. */
  #checkSeq: number;
  #lookSeq = 0;
  #databaseBytes: number;
  #excessReportedAtMs = Number.NEGATIVE_INFINITY;
  #trimReportedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: LogTrimmerOptions) {
    this.#options = options;
    this.#maxAgeMs = options.settings.maxAgeDays * DAY_MS;
    this.#databaseBytes = options.storage.sql.databaseSize;
    this.#checkSeq = readLogState(options.session).measuredSeq + ROWS_PER_CHECK;
  }

  /** The shard has started: a release before may not have trimmed, or by another budget. */
  started(): void {
    const { session, wallClock, dueAtMs, settings } = this.#options;
    const dueMs = dueAtMs();
    const nowMs = wallClock();
    const { bytes, measuredSeq } = readLogState(session);
    const isUnknown = dueMs === null && measuredSeq === 0 && readLastLogSeq(session) > 0;
    const isLate = dueMs !== null && dueMs > nowMs + this.#maxAgeMs * (1 + AGE_SLACK);
    const isLarge = bytes > settings.maxBytes && (dueMs ?? Number.POSITIVE_INFINITY) > nowMs + HELD_RETRY_MS;
    if (isUnknown || isLate || isLarge) this.#scheduleIn(CHECK_DELAY_MS);
  }

  /**
   * To be called after each commit.
   *
   * @param lastSeq of the newest row of the log.
   */
  committed(lastSeq: number): void {
    if (this.#options.isFull() || lastSeq >= this.#checkSeq || this.#hasGrown(lastSeq)) {
      this.#checkSeq = lastSeq + ROWS_PER_CHECK;
      this.#scheduleIn(CHECK_DELAY_MS);
    } else if (this.#options.dueAtMs() === null) this.#scheduleIn(this.#maxAgeMs * (1 + AGE_SLACK));
  }

  #hasGrown(lastSeq: number): boolean {
    if (lastSeq < this.#lookSeq) return false;
    this.#lookSeq = lastSeq + ROWS_PER_LOOK;
    const { databaseSize } = this.#options.storage.sql;
    if (databaseSize < this.#databaseBytes + this.#options.settings.maxBytes * GROWTH_PER_CHECK) return false;
    this.#databaseBytes = databaseSize;
    return true;
  }

  #scheduleIn(delayMs: number): void {
    const nowMs = this.#options.wallClock();
    this.#options.schedule(nowMs + delayMs, nowMs);
  }

  /**
   * How many bytes would go if they were not the last commit's, which the log never gives up. 0: there is more to be trimmed, or the log is
   * within its budget.
   */
  get heldBytes(): number {
    const { session, settings } = this.#options;
    const { trimmedSeq, bytes } = readLogState(session);
    const oldest = readOldestAfter(session, trimmedSeq);
    const isHeld = oldest !== null && bytes > settings.maxBytes && this.#isNewestAlone(oldest);
    return isHeld ? bytes : 0;
  }

  /** Trims what is to go, and schedules itself for what follows. */
  async run(): Promise<void> {
    const { session } = this.#options;
    const { trimmedVersion } = readLogState(session);
    await this.#steps();
    if (readLogState(session).trimmedVersion > trimmedVersion) this.#reportTrimmed();
  }

  async #steps(): Promise<void> {
    const { timers, session } = this.#options;
    /** What is over it goes without being archived: the bucket does not take it. */
    let hardBytes = Number.POSITIVE_INFINITY;
    // What the last run has left, no write has needed since. A full shard keeps none.
    const deletedSeq = this.#options.isFull() ? Number.POSITIVE_INFINITY : readLogState(session).spareSeq;
    for (let step = 0; step < STEPS_PER_RUN; step++) {
      const next = this.#step(hardBytes, deletedSeq);
      if (next === 'done') return this.#scheduleNext();
      if (next === 'done-as-far-as-archived') return this.#scheduleIn(ARCHIVE_RETRY_MS);
      if (next === 'go-on') await wait(timers, 0);
      else if (!(await this.#archive(next))) hardBytes = this.#options.settings.maxBytes * HARD_BOUND;
    }
    this.#scheduleIn(GO_ON_MS);
  }

  /** One of the steps, as a whole or not at all; or what has to be archived before there is one. */
  #step(hardBytes: number, deletedSeq: number): 'go-on' | 'done' | 'done-as-far-as-archived' | LogSegment {
    const { shard, storage, session, archive, isRecalling } = this.#options;
    return storage.transactionSync(() => {
      const state = readLogState(session);
      if (measureRows(session, state) !== null) return 'go-on';
      if (!isRecalling() && giveUpTrimmed(session, state, deletedSeq) !== null) return 'go-on';
      // Other work may have begun since the last step, so what it needs is asked anew.
      const neededSeq = leastNeededSeq(this.#options).seq;
      const wish = { ...this.#wish(state), neededSeq };
      const archivedSeq = archive === null ? Number.POSITIVE_INFINITY : readArchivedSeq(session);
      const cut = findCut(session, state, { ...wish, neededSeq: Math.min(neededSeq, archivedSeq + 1) });
      if (cut !== null) {
        moveTrimmed(session, state, cut);
        return 'go-on';
      }
      const unarchived = archive && findCut(session, state, wish);
      if (unarchived === null) return 'done';
      if (hardBytes === Number.POSITIVE_INFINITY) return planSegment(session, state, unarchived);
      const lost = findCut(session, state, { olderThan: 0, excessBytes: state.bytes - hardBytes, neededSeq });
      if (lost === null) return 'done-as-far-as-archived';
      moveTrimmed(session, state, lost);
      report({ type: 'log-trimmed-unarchived', shard, bytes: state.bytes, hardBytes, version: lost.version });
      return 'go-on';
    });
  }

  /** False: the bucket does not take it. */
  async #archive(segment: LogSegment): Promise<boolean> {
    try {
      await this.#options.archive!.store(segment);
      return true;
    } catch (error) {
      report({ type: 'log-not-archived', shard: this.#options.shard, error });
      return false;
    }
  }

  #wish({ bytes }: LogState): { readonly olderThan: number; readonly excessBytes: number } {
    const { wallClock, settings } = this.#options;
    return { olderThan: versionAt(wallClock() - this.#maxAgeMs), excessBytes: bytes - settings.maxBytes };
  }

  /** Everything that could go is gone. */
  #scheduleNext(): void {
    const { session, wallClock } = this.#options;
    const state = readLogState(session);
    const oldest = readOldestAfter(session, state.trimmedSeq);
    const { olderThan, excessBytes } = this.#wish(state);
    if (hasSpareRows(session, state)) this.#scheduleIn(Math.max(this.#maxAgeMs * SPARE_LIFE, LEAST_SPARE_LIFE_MS));
    // The next commit schedules.
    if (oldest === null || this.#isNewestAlone(oldest)) return;
    if (excessBytes > 0 || oldest.version < olderThan) {
      this.#reportExcess(state, leastNeededSeq(this.#options));
      this.#scheduleIn(HELD_RETRY_MS);
    } else {
      // By a clock that was ahead it may be of a time to come.
      const ageMs = Math.max(0, wallClock() - versionToMs(oldest.version));
      this.#scheduleIn(Math.max(0, this.#maxAgeMs - ageMs) + this.#maxAgeMs * AGE_SLACK);
    }
  }

  /** Nothing but that it is the last commit keeps the oldest one from going. */
  #isNewestAlone(oldest: { readonly seq: number }): boolean {
    const { seq, hold } = leastNeededSeq(this.#options);
    return hold === NEWEST_COMMIT && oldest.seq >= seq;
  }

  #reportTrimmed(): void {
    const { shard, session, timers } = this.#options;
    if (timers.now() < this.#trimReportedAtMs + REPORT_INTERVAL_MS) return;
    this.#trimReportedAtMs = timers.now();
    const { bytes, trimmedVersion } = readLogState(session);
    const restorableSince = new Date(restorableSinceMs(trimmedVersion)!).toISOString();
    report({ type: 'log-trimmed', shard, bytes, restorableSince });
  }

  #reportExcess({ bytes }: LogState, { hold, isBrief }: LeastNeeded): void {
    const { shard, settings, timers } = this.#options;
    if (isBrief || bytes < settings.maxBytes * REPORTED_EXCESS) return;
    if (timers.now() < this.#excessReportedAtMs + REPORT_INTERVAL_MS) return;
    this.#excessReportedAtMs = timers.now();
    report({ type: 'log-over-budget', shard, bytes, maxBytes: settings.maxBytes, heldBy: hold });
  }
}
