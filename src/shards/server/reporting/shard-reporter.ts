import type { CapacitySettings } from '../../capacity.ts';
import type { ShardReport } from '../../shard-report.ts';
import { crc16 } from '../../slots.ts';
import type { WallClock } from '../clock.ts';
import type { LogTotal } from '../tables/log-totals.ts';
import { RowGrowth } from './row-growth.ts';

interface ShardReporterOptions {
  /** Name of the shard. */
  readonly shard: string;
  readonly settings: Pick<CapacitySettings, 'warnBytes' | 'reportSeconds'>;
  readonly wallClock: WallClock;
  /** When the last commit was made, in milliseconds since 1970. */
  readonly lastCommitMs: number;
  /** Pages in use now. */
  readonly liveBytes: () => number;
  /** Asked for each report. */
  readonly read: () => Pick<ShardReport, 'figures' | 'counts'>;
  /** Takes reports, and never throws. Null: nobody does. */
  readonly send: ((report: ShardReport) => void) | null;
}

/** What a commit has done, as far as it decides about reports. */
interface ReportedCommit {
  /** Pages in use that it has taken, less those it gave back, in bytes. */
  readonly grownBytes: number;
  /** It has reached a level that was not warned of. */
  readonly isHigher: boolean;
  /** Some of what it has changed is going to be published. */
  readonly isUnpublished: boolean;
}

/** A shard that has grown by this share of `warnBytes` reports at once, … */
const GROWTH_SHARE = 0.01;
/** … or by this share of itself, … */
const RELATIVE_GROWTH = 0.05;
/** … unless that is less. */
const LEAST_GROWTH_BYTES = 256 * 1_024;

/** This many late publications since the last report are reported before the interval is over, … */
const LEAST_LATE = 3;
/** … but no sooner after it than this: the monitor looks as often. */
const LATE_REPORT_MS = 20_000;

/** What this life of the shard has published. */
interface Published {
  /** Stamps that were put. */
  readonly puts: number;
  /** Changes that took longer than `LATE_MS` until KV had their stamps. */
  readonly late: number;
}

/**
 * Tells the monitor how the shard is, with commits that it makes anyway: nothing is stored for that, no alarm is set, and a shard that
 * nobody writes to says nothing. What was told is never further from the truth than a twentieth, or a quarter of a mebibyte.
 */
export class ShardReporter {
  readonly #options: ShardReporterOptions;
  readonly #growth = new RowGrowth();
  #lastCommitMs: number;
  #reportedBytes: number;
  /** A report is due, and goes once what is unpublished is published, so that it has the lag. */
  #waits = false;
  #hasReported = false;
  #late = 0;
  #reportedLate = 0;
  /** The last report had late publications: once they are on time again, that is reported as early. */
  #hasToldOfLate = false;
  #reportedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: ShardReporterOptions) {
    this.#options = options;
    this.#lastCommitMs = options.lastCommitMs;
    // As the life before this one has told, about.
    this.#reportedBytes = options.liveBytes();
  }

  /** Called after each commit, in its turn; after migrations too. */
  committed(totals: readonly LogTotal[], { grownBytes, isHigher, isUnpublished }: ReportedCommit): void {
    this.#growth.add(grownBytes, totals);
    if (!this.#isDue(isHigher)) return;
    if (isUnpublished && !isHigher && !this.#waits) this.#waits = true;
    else this.#send();
  }

  /** The log was trimmed: nobody may write to an emptied shard for long, and its last report said that it is full. */
  trimmed(isHigher: boolean): void {
    if (this.#isDue(isHigher)) this.#send();
  }

  /**
   * What was unpublished is published, as far as possible. Where a life before has made the commit, nothing else tells of the puts.
   * Whoever publishes late is awake anyway, so alerts need not wait for the next interval.
   */
  published({ puts, late }: Published): void {
    this.#late = late;
    if (this.#waits || (puts > 0 && !this.#hasReported) || this.#isLateNews()) this.#send();
  }

  /**
   * With the first commit of each interval, which the commit before tells: so nothing has to be stored, and no life of the shard
   * reports more often. Shards take turns within the interval.
   */
  #isDue(isHigher: boolean): boolean {
    const { settings, wallClock, shard } = this.#options;
    const [nowMs, lastMs] = [wallClock(), this.#lastCommitMs];
    this.#lastCommitMs = nowMs;
    const intervalMs = settings.reportSeconds * 1_000;
    const offsetMs = (crc16(encoder.encode(shard)) / 0x1_0000) * intervalMs;
    const intervalOf = (ms: number) => Math.floor((ms + offsetMs) / intervalMs);
    return isHigher || this.#hasGrown() || intervalOf(nowMs) !== intervalOf(lastMs);
  }

  #isLateNews(): boolean {
    const sinceMs = Math.abs(this.#options.wallClock() - this.#reportedAtMs);
    const isLate = this.#late - this.#reportedLate >= LEAST_LATE;
    return (isLate || this.#hasToldOfLate) && sinceMs >= LATE_REPORT_MS;
  }

  #hasGrown(): boolean {
    const { settings, liveBytes } = this.#options;
    const relative = Math.max(LEAST_GROWTH_BYTES, this.#reportedBytes * RELATIVE_GROWTH);
    return Math.abs(liveBytes() - this.#reportedBytes) >= Math.min(settings.warnBytes * GROWTH_SHARE, relative);
  }

  #send(): void {
    this.#waits = false;
    this.#hasReported = true;
    const { shard, wallClock, read, send } = this.#options;
    this.#hasToldOfLate = this.#late - this.#reportedLate >= LEAST_LATE;
    this.#reportedLate = this.#late;
    this.#reportedAtMs = wallClock();
    if (send === null) return;
    const { figures, counts } = read();
    this.#reportedBytes = figures.liveBytes;
    const { byKey, other } = this.#growth.take();
    send({ shard, atMs: wallClock(), figures, counts, growth: byKey, otherGrowth: other });
  }
}

const encoder = new TextEncoder();
