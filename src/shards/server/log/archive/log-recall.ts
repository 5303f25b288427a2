import { type Timers, wait } from '../../../../lib/timers.ts';
import { restorableBytes } from '../../../capacity.ts';
import type { LogSettings } from '../../../log-settings.ts';
import type { SqlSession } from '../../../sql/sql-session.ts';
import type { Version } from '../../../version.ts';
import type { Capacity } from '../../capacity/capacity.ts';
import type { WallClock } from '../../clock.ts';
import { type ArchivedSegment, findSegment } from '../../tables/log-archive-table.ts';
import { readLogSizes } from '../../tables/log-sizes.ts';
import { HOLD_MS, isHeld, readLogState, writeLogState } from '../../tables/log-state-table.ts';
import { insertLogRow, type LogRow } from '../../tables/log-table.ts';
import type { Schedule } from '../../tasks/tasks.ts';
import { giveUpTrimmed } from '../trim-steps.ts';
import { beyondLog, noRoomToRecall, tooMuchToRecall } from './errors.ts';
import type { LogArchive } from './log-archive.ts';

/** Rows that are put back with no other request in between. */
const ROWS_PER_STEP = 200;

interface LogRecallOptions {
  /** Null: there is none. */
  readonly archive: Pick<LogArchive, 'fetch'> | null;
  readonly settings: LogSettings;
  readonly capacity: Pick<Capacity, 'bytes' | 'settings' | 'shard'>;
  readonly storage: Pick<DurableObjectStorage, 'transactionSync'>;
  readonly session: SqlSession;
  readonly wallClock: WallClock;
  readonly timers: Timers;
  /** Of trimming, for when the rows may go again. */
  readonly schedule: Schedule;
}

/**
 * Brings trimmed rows back from the archive: with the seqs that they had, as if they had never been trimmed. While an object's
 * rows are put back they still count as gone, so that a crash in the middle leaves nothing but rows to be deleted again.
 */
export class LogRecall {
  readonly #options: LogRecallOptions;
  #running = 0;
  #lastTurn: Promise<unknown> = Promise.resolve();

  constructor(options: LogRecallOptions) {
    this.#options = options;
  }

  /** Rows that count as gone are being put back: they must not be deleted. */
  get isRunning(): boolean {
    return this.#running > 0;
  }

  /**
   * From then on, and for ten minutes, the log has all commits after this version.
   *
   * @throws ShardQLError BAD_USER_INPUT if they are gone for good, OPERATION_LIMIT_EXCEEDED if there are too many, SHARD_FULL if
   * the shard has no room for them, ARCHIVE_UNREADABLE if an object of the archive is missing or damaged, SHARD_UNAVAILABLE if the archive does not answer. Nothing
   * that the log had before is lost.
   */
  recall(version: Version): Promise<void> {
    const turn = this.#lastTurn.then(() => this.#recall(version));
    this.#lastTurn = turn.catch(() => {});
    return turn;
  }

  /** For ten minutes the log keeps all commits after this version that it has, whatever its budget. Ask again before they are over. */
  hold(version: Version): void {
    this.#hold(version, true);
  }

  /** There is an archive, and nothing after this version is gone for good. */
  reaches(version: Version): boolean {
    return this.#options.archive !== null && !('goneVersion' in this.#missingSince(version));
  }

  async #recall(version: Version): Promise<void> {
    const segments = this.#segmentsSince(version);
    this.#hold(version);
    if (segments.length === 0) return;
    const { archive, timers } = this.#options;
    this.#running++;
    try {
      while (this.#deleteSome()) await wait(timers, 0);
      for (const segment of segments) {
        this.#requireRoom(segment);
        await this.#putBack(await archive!.fetch(segment));
        this.#countAsThere(segment);
      }
    } finally {
      this.#running--;
    }
  }

  #segmentsSince(version: Version): readonly ArchivedSegment[] {
    const { settings } = this.#options;
    const missing = this.#missingSince(version);
    if ('goneVersion' in missing) throw beyondLog(version, missing.goneVersion);
    const { segments } = missing;
    const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
    // One object is always little enough.
    if (segments.length > 1 && bytes > settings.maxBytes) throw tooMuchToRecall(bytes, settings.maxBytes);
    return segments;
  }

  /** The segments of which rows after this version are missing, newest first; or the last version that is gone for good. */
  #missingSince(
    version: Version,
  ): { readonly segments: readonly ArchivedSegment[] } | { readonly goneVersion: Version } {
    const { session, archive } = this.#options;
    const { trimmedSeq, trimmedVersion } = readLogState(session);
    const segments: ArchivedSegment[] = [];
    let [seq, since] = [trimmedSeq, trimmedVersion];
    // An object that begins within a commit does not make it whole.
    while (since > version || segments.at(-1)?.firstVersion === since) {
      const segment = archive === null || seq === 0 ? null : findSegment(session, seq);
      if (segment === null || segment.lastSeq !== seq) return { goneVersion: since };
      segments.push(segment);
      [seq, since] = [segment.firstSeq - 1, segment.versionBefore];
    }
    return { segments };
  }

  /** Before the first row is back: the trimmer may run at any time. */
  #hold(version: Version, holdsAll = false): void {
    const { session, wallClock, schedule } = this.#options;
    const nowMs = wallClock();
    const state = readLogState(session);
    const isOn = isHeld(state, nowMs);
    // What was never gone is kept by the budget alone, unless it is asked for.
    if (!holdsAll && version >= state.trimmedVersion && !(isOn && version >= state.heldVersion)) return;
    if (isOn && version >= state.heldVersion && state.heldUntilMs > nowMs + HOLD_MS / 2) return;
    const heldVersion = isOn ? Math.min(version, state.heldVersion) : version;
    const heldUntilMs = Math.max(isOn ? state.heldUntilMs : 0, nowMs + HOLD_MS);
    writeLogState(session, { ...state, heldVersion, heldUntilMs });
    schedule(heldUntilMs, nowMs);
  }

  /** Half of what lies between a full shard and its limit is left to deletes, and to the restore that the rows are for. */
  #requireRoom({ bytes }: ArchivedSegment): void {
    const { bytes: taken, settings, shard } = this.#options.capacity;
    const most = (settings.fullBytes + restorableBytes(settings)) / 2;
    if (taken + bytes > most) throw noRoomToRecall(shard, bytes, Math.max(0, most - taken));
  }

  /** What trimming has not deleted yet would be there twice, and what is put back must not become a new row. */
  #deleteSome(): boolean {
    const { storage, session } = this.#options;
    return storage.transactionSync(() => {
      const state = readLogState(session);
      if (giveUpTrimmed(session, state, Number.POSITIVE_INFINITY) !== null) return true;
      writeLogState(session, { ...state, spareSeq: 0 });
      return false;
    });
  }

  async #putBack(rows: Iterable<LogRow>): Promise<void> {
    const { timers } = this.#options;
    let step: LogRow[] = [];
    for (const row of rows) {
      step.push(row);
      if (step.length < ROWS_PER_STEP) continue;
      this.#insert(step);
      step = [];
      await wait(timers, 0);
    }
    this.#insert(step);
  }

  #insert(rows: readonly LogRow[]): void {
    const { storage, session } = this.#options;
    const [first] = rows;
    if (first === undefined) return;
    storage.transactionSync(() => {
      for (const row of rows) insertLogRow(session, row);
      const state = readLogState(session);
      const bytes = readLogSizes(session, first.seq - 1, rows.length).reduce(
        (sum, row) => sum + row.bytes,
        state.bytes,
      );
      writeLogState(session, { ...state, bytes });
    });
  }

  /** Unless it begins within a commit: then they are once the beginning is there. */
  #countAsThere({ firstSeq, firstVersion, versionBefore }: ArchivedSegment): void {
    const { session } = this.#options;
    if (firstVersion === versionBefore) return;
    writeLogState(session, { ...readLogState(session), trimmedSeq: firstSeq - 1, trimmedVersion: versionBefore });
  }
}
