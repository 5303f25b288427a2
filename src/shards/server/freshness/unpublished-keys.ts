import type { ShardKey } from '../../shard-key.ts';

/** A shard key whose last changes may not be published yet. */
interface UnpublishedKey {
  /** Of the first log row that counts as unpublished. */
  firstSeq: number;
  /** There are changes that no put under way or done has taken in. */
  isDirty: boolean;
  /** Of the first change since the put under way was made. */
  nextSeq: number | null;
  /** The wait after which it has to be put once more: an earlier put, whose end was not seen, may still land. */
  oldPutWait: number | null;
  /** When the router was last asked to send an event for what is dirty. */
  eventAtMs: number | null;
  /** When the changes were made that are in no put that has landed, in milliseconds since 1970: the first so many. */
  readonly changesAtMs: number[];
  /** The same, of the changes since the put under way was made. */
  readonly nextChangesAtMs: number[];
}

/** How many changes of a shard key are timed until a put includes them. */
const MAX_TIMED_CHANGES = 100;

/** How long an event that was asked for counts as under way, in milliseconds. */
const EVENT_MS = 2_000;

/**
 * Which shard keys' stamps have to be put. Bounded: beyond `maxKeys` it remembers only from which log row on it has not
 * looked, and lists the rest when there is room.
 */
export class UnpublishedKeys {
  readonly #maxKeys: number;
  readonly #keys = new Map<ShardKey, UnpublishedKey>();
  /** From this log row on the log has to be looked through; null: nowhere. */
  unlistedSeq: number | null = null;
  /** The wait that begins next. */
  #nextWait = 0;

  constructor(maxKeys: number) {
    this.#maxKeys = maxKeys;
  }

  get size(): number {
    return this.#keys.size;
  }

  get hasRoom(): boolean {
    return this.#keys.size < this.#maxKeys;
  }

  /** A change under the shard key, in log row `seq`, made at `atMs` (milliseconds since 1970); null: it is not timed. */
  changed(shardKey: ShardKey, seq: number, atMs: number | null): void {
    const key = this.#keys.get(shardKey);
    if (key !== undefined) {
      key.isDirty = true;
      key.nextSeq ??= seq;
      addTime(key.nextChangesAtMs, atMs);
    } else if (this.hasRoom) {
      this.#keys.set(shardKey, {
        firstSeq: seq,
        isDirty: true,
        nextSeq: null,
        oldPutWait: null,
        eventAtMs: null,
        changesAtMs: [],
        nextChangesAtMs: atMs === null ? [] : [atMs],
      });
    } else this.unlistedSeq ??= seq;
  }

  /** A change that another life of the shard may have been publishing: it is put twice. */
  inherited(shardKey: ShardKey, seq: number, atMs: number | null): void {
    this.changed(shardKey, seq, atMs);
    const key = this.#keys.get(shardKey);
    if (key !== undefined) key.oldPutWait ??= this.#nextWait;
  }

  /** Nothing is left. */
  get isEmpty(): boolean {
    return this.#keys.size === 0 && this.unlistedSeq === null;
  }

  /** Nothing is left of a shard key, as far as the log was looked through: what is not may tell of a put that has not landed yet. */
  isPublished(shardKey: ShardKey): boolean {
    return !this.#keys.has(shardKey) && this.unlistedSeq === null;
  }

  isDirty(shardKey: ShardKey): boolean {
    return this.#keys.get(shardKey)?.isDirty === true;
  }

  /** True if an event should be sent for the shard key; it then counts as under way. */
  takeEvent(shardKey: ShardKey, nowMs: number): boolean {
    const key = this.#keys.get(shardKey);
    if (!key?.isDirty) return false;
    if (key.eventAtMs !== null && nowMs < key.eventAtMs + EVENT_MS && nowMs >= key.eventAtMs) return false;
    key.eventAtMs = nowMs;
    return true;
  }

  /** A put begins with all changes so far. */
  putBegins(shardKey: ShardKey): void {
    const key = this.#keys.get(shardKey);
    if (key === undefined) return;
    key.isDirty = false;
    key.nextSeq = null;
    key.eventAtMs = null;
    for (const atMs of key.nextChangesAtMs.splice(0)) addTime(key.changesAtMs, atMs);
  }

  /**
   * Gives when the changes were made that this put was the first to include. The key stays if it became dirty meanwhile: by
   * a change, because its second put is due, or because it was dropped and has come back.
   */
  putSucceeded(shardKey: ShardKey): readonly number[] {
    const key = this.#keys.get(shardKey);
    if (key === undefined) return [];
    const changesAtMs = key.changesAtMs.splice(0);
    if (key.oldPutWait !== null) return changesAtMs;
    if (key.nextSeq !== null) {
      key.firstSeq = key.nextSeq;
      key.nextSeq = null;
    } else if (!key.isDirty) this.#keys.delete(shardKey);
    return changesAtMs;
  }

  /** The put may land all the same, and then after a later one. */
  putFailed(shardKey: ShardKey): void {
    const key = this.#keys.get(shardKey);
    if (key === undefined) return;
    key.isDirty = true;
    key.oldPutWait = this.#nextWait;
  }

  /** Begins a wait for the old puts of keys that wait for none yet; the caller ends it. Null: there are none. */
  beginWait(): number | null {
    for (const { oldPutWait } of this.#keys.values()) if (oldPutWait === this.#nextWait) return this.#nextWait++;
    return null;
  }

  /** The old puts have landed, or never will. True if keys have to be put now: those of which no other put has failed since. */
  endWait(wait: number): boolean {
    let isAny = false;
    for (const key of this.#keys.values()) {
      if (key.oldPutWait !== wait) continue;
      key.oldPutWait = null;
      key.isDirty = true;
      isAny = true;
    }
    return isAny;
  }

  /** Those to be put now. */
  due(): ShardKey[] {
    return [...this.#keys].filter(([, { isDirty }]) => isDirty).map(([shardKey]) => shardKey);
  }

  /** Forgets a shard key that another shard has taken over. */
  drop(shardKey: ShardKey): void {
    this.#keys.delete(shardKey);
  }

  keys(): ShardKey[] {
    return [...this.#keys.keys()];
  }

  /** Seq up to which everything is published; `lastSeq`: of the newest log row. */
  publishedSeq(lastSeq: number): number {
    let least = this.unlistedSeq ?? lastSeq + 1;
    for (const { firstSeq } of this.#keys.values()) least = Math.min(least, firstSeq);
    return least - 1;
  }
}

/** One time per commit: a commit changes several tables in one millisecond. */
function addTime(timesMs: number[], atMs: number | null): void {
  if (atMs !== null && timesMs.length < MAX_TIMED_CHANGES && timesMs.at(-1) !== atMs) timesMs.push(atMs);
}
