import { report } from '../../../events/report.ts';
import {
  CAPACITY_LEVELS,
  type CapacityLevel,
  type CapacityReport,
  type CapacitySettings,
  leastBytes,
  levelOf,
} from '../../capacity.ts';
import { crc16 } from '../../slots.ts';
import type { WallClock } from '../clock.ts';
import type { LogTotal } from '../tables/log-totals.ts';
import { RowGrowth } from './row-growth.ts';

interface CapacityOptions {
  /** `databaseSize`: pages in use. What a delete frees counts no more, though the file keeps its size. */
  readonly sql: Pick<SqlStorage, 'databaseSize'>;
  readonly settings: CapacitySettings;
  readonly wallClock: WallClock;
  /** Name of the shard. */
  readonly shard: string;
  /** How many rows the tables of the model have now; null: not known. Asked when that is first needed. */
  readonly countRows: () => number | null;
  /** When the last commit was made, in milliseconds since 1970. */
  readonly lastCommitMs: number;
  /** Takes reports, and never throws. Null: nobody does. */
  readonly send: ((capacity: CapacityReport) => void) | null;
}

/** A level that the shard falls below by so much, and reaches again, is warned of again. */
const HYSTERESIS = 0.95;
/** A shard that has grown by this share of `warnBytes` reports at once. */
const GROWTH_SHARE = 0.01;

/**
 * How full a shard is: what it holds, whether writes may still add to it, and who is told. Nothing is stored for it but the count
 * of rows, in a row that each commit writes anyway.
 */
export class Capacity {
  readonly #options: CapacityOptions;
  readonly #growth = new RowGrowth();
  /** Undefined: not asked yet. */
  #rows: number | null | undefined;
  #lastCommitMs: number;
  /** At the beginning of the commit that is in progress; after the last one. */
  #bytesBefore: number;
  #reportedBytes: number;
  /** See {@link lastingBytes}. */
  #heldBytes = 0;
  /** The highest one that was warned of. */
  #warned: CapacityLevel;

  constructor(options: CapacityOptions) {
    this.#options = options;
    this.#lastCommitMs = options.lastCommitMs;
    this.#bytesBefore = this.bytes;
    this.#reportedBytes = this.#bytesBefore;
    // A life before this one has warned.
    this.#warned = levelOf(this.#bytesBefore, options.settings);
  }

  /** Pages in use, in bytes. Takes about 3 µs. */
  get bytes(): number {
    return this.#options.sql.databaseSize;
  }

  /**
   * {@link bytes} without what the log gives up as soon as there is another commit. The log never gives up its last commit: if that is
   * a large delete, which was to make room, nobody could make another one.
   */
  get lastingBytes(): number {
    return this.bytes - this.#heldBytes;
  }

  get level(): CapacityLevel {
    return levelOf(this.bytes, this.#options.settings);
  }

  /** As of the last commit of this life; before the first, as of its start. */
  get isFull(): boolean {
    return this.#bytesBefore >= this.#options.settings.fullBytes;
  }

  /** How many rows the tables of the model have, counted by commits; null: not known. */
  get rows(): number | null {
    if (this.#rows === undefined) this.#rows = this.#options.countRows();
    return this.#rows;
  }

  get settings(): CapacitySettings {
    return this.#options.settings;
  }

  get shard(): string {
    return this.#options.shard;
  }

  /** All rows were counted. */
  counted(rows: number): void {
    this.#rows = rows;
  }

  /** A commit begins. */
  begin(): void {
    this.#bytesBefore = this.bytes;
    this.#rows = this.rows;
  }

  /** Called with what each commit has changed, in its turn; migrations too. */
  committed(totals: readonly LogTotal[]): void {
    if (totals.length === 0) return;
    const bytes = this.bytes;
    this.#heldBytes = 0;
    this.#growth.add(bytes - this.#bytesBefore, totals);
    this.#bytesBefore = bytes;
    if (typeof this.#rows === 'number') this.#rows += totals.reduce((sum, { added }) => sum + added, 0);
    const isHigher = this.#warn(bytes);
    this.#report(bytes, isHigher);
  }

  /**
   * The log was trimmed: nobody may write to an emptied shard for long, and its last report said that it is full.
   *
   * @param heldBytes what the log has over its budget because of its last commit alone.
   */
  trimmed(heldBytes: number): void {
    const bytes = this.bytes;
    this.#heldBytes = heldBytes;
    this.#bytesBefore = bytes;
    this.#report(bytes, this.#warn(bytes));
  }

  /** Gives true if the shard has reached a level that was not warned of. */
  #warn(bytes: number): boolean {
    const { settings, shard } = this.#options;
    const rank = (level: CapacityLevel) => CAPACITY_LEVELS.indexOf(level);
    const level = levelOf(bytes, settings);
    if (rank(level) > rank(this.#warned)) {
      this.#warned = level;
      report({ type: 'shard-filling', shard, reached: level, bytes, fullBytes: settings.fullBytes });
      return true;
    }
    if (bytes < leastBytes(this.#warned, settings) * HYSTERESIS) this.#warned = level;
    return false;
  }

  /**
   * With the first commit of each interval, which the commit before tells: so nothing has to be stored, and no life of the shard
   * reports more often. Shards take turns within the interval.
   */
  #report(bytes: number, isHigher: boolean): void {
    const { settings, wallClock, shard, send } = this.#options;
    const [nowMs, lastMs] = [wallClock(), this.#lastCommitMs];
    this.#lastCommitMs = nowMs;
    if (send === null) return;
    const intervalMs = settings.reportSeconds * 1_000;
    const offsetMs = (crc16(encoder.encode(shard)) / 0x1_0000) * intervalMs;
    const intervalOf = (ms: number) => Math.floor((ms + offsetMs) / intervalMs);
    const hasGrown = Math.abs(bytes - this.#reportedBytes) >= settings.warnBytes * GROWTH_SHARE;
    if (!isHigher && !hasGrown && intervalOf(nowMs) === intervalOf(lastMs)) return;
    this.#reportedBytes = bytes;
    const { byKey, other } = this.#growth.take();
    send({ shard, atMs: nowMs, liveBytes: bytes, rows: this.rows, growth: byKey, otherGrowth: other });
  }
}

const encoder = new TextEncoder();
