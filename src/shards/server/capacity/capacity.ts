import { report } from '../../../events/report.ts';
import { CAPACITY_LEVELS, type CapacityLevel, type CapacitySettings, leastBytes, levelOf } from '../../capacity.ts';
import type { LogTotal } from '../tables/log-totals.ts';

interface CapacityOptions {
  /** `databaseSize`: pages in use. What a delete frees counts no more, though the file keeps its size. */
  readonly sql: Pick<SqlStorage, 'databaseSize'>;
  readonly settings: CapacitySettings;
  /** Name of the shard. */
  readonly shard: string;
  /** How many rows the tables of the model have now; null: not known. Asked when that is first needed. */
  readonly countRows: () => number | null;
  /** What the log has over its budget because of its last commit alone, in bytes. Asked where it may matter. */
  readonly heldBytes: () => number;
}

/** A level that the shard falls below by so much, and reaches again, is warned of again. */
const HYSTERESIS = 0.95;

/** By how much one commit can grow the database at the most: several times what fits into a call, into the log, and into all indexes. */
const MOST_GROWN_BYTES = 512 * 1024 * 1024;

/** What a commit has done to the size. */
interface SizeChange {
  /** Pages that it has taken, less those it gave back, in bytes. */
  readonly grownBytes: number;
  /** The shard has reached a level that was not warned of. */
  readonly isHigher: boolean;
}

/**
 * How full a shard is: what it holds, and whether writes may still add to it. Nothing is stored for it but the count of rows, in a
 * row that each commit writes anyway.
 */
export class Capacity {
  readonly #options: CapacityOptions;
  /** Undefined: not asked yet. */
  #rows: number | null | undefined;
  /** At the beginning of the commit that is in progress; after the last one. */
  #bytesBefore: number;
  /** See {@link lastingBytes}. Undefined: not asked yet. The log may have been trimmed in a life before this one. */
  #heldBytes: number | undefined;
  /** The highest one that was warned of. */
  #warned: CapacityLevel;

  constructor(options: CapacityOptions) {
    this.#options = options;
    this.#bytesBefore = this.bytes;
    // A life before this one has warned.
    this.#warned = levelOf(this.#bytesBefore, options.settings);
  }

  /** See {@link mayBeFull}. */
  #mayBeFull = true;

  /** Pages in use, in bytes. Takes about 3 µs. */
  get bytes(): number {
    return this.#options.sql.databaseSize;
  }

  /**
   * {@link bytes} without what the log gives up as soon as there is another commit. The log never gives up its last commit: if that is
   * a large delete, which was to make room, nobody could make another one.
   */
  get lastingBytes(): number {
    return this.bytes - (this.#heldBytes ?? 0);
  }

  get level(): CapacityLevel {
    return levelOf(this.bytes, this.#options.settings);
  }

  /** False: even the commit that is in progress cannot fill it, so that nobody has to look. */
  get mayBeFull(): boolean {
    return this.#mayBeFull;
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
    this.#mayBeFull = this.#bytesBefore + MOST_GROWN_BYTES >= this.#options.settings.fullBytes;
    this.#rows = this.rows;
    // Once it has written to the log, another commit is the last one.
    if (this.isFull) this.#heldBytes ??= this.#options.heldBytes();
  }

  /** Called with what each commit has changed, in its turn; migrations too. */
  committed(totals: readonly LogTotal[]): SizeChange {
    const bytes = this.bytes;
    const grownBytes = bytes - this.#bytesBefore;
    this.#heldBytes = 0;
    this.#bytesBefore = bytes;
    if (typeof this.#rows === 'number') this.#rows += totals.reduce((sum, { added }) => sum + added, 0);
    return { grownBytes, isHigher: this.#warn(bytes) };
  }

  /** The log was trimmed. Gives whether the shard has reached a level that was not warned of. */
  trimmed(): boolean {
    this.#heldBytes = this.#options.heldBytes();
    this.#bytesBefore = this.bytes;
    return this.#warn(this.#bytesBefore);
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
}
