import { fnv1a32 } from '../../lib/fnv1a.ts';

/** Powers of two. A slot takes 9 bytes: 144 KiB in all, however many keys are read. */
const SETS = 4_096;
const SLOTS_PER_SET = 4;
const MAX_COUNT = 255;

/**
 * How often keys were read lately: evidence of which answers are asked for again. Of fixed size, so it may forget keys that were not
 * read for a while, and take two keys for one; nothing but costs depends on it.
 */
export class ReadCounts {
  readonly #hashes = new Uint32Array(SETS * SLOTS_PER_SET);
  readonly #counts = new Uint8Array(SETS * SLOTS_PER_SET);
  /** In seconds since 1970. */
  readonly #lastReads = new Uint32Array(SETS * SLOTS_PER_SET);

  /** Counts a read, and those before it that were not more than `windowMs` apart. */
  add(key: string, nowMs: number, windowMs: number): void {
    const hash = fnv1a32(key);
    const slot = this.#slotOf(hash) ?? this.#take(hash);
    const now = toSeconds(nowMs);
    const isRecent = (now - this.#lastReads[slot]!) * 1_000 <= windowMs;
    this.#counts[slot] = isRecent ? Math.min(this.#counts[slot]! + 1, MAX_COUNT) : 1;
    this.#lastReads[slot] = now;
  }

  of(key: string): number {
    const slot = this.#slotOf(fnv1a32(key));
    return slot === null ? 0 : this.#counts[slot]!;
  }

  /** Of a key that was read before; another's stays unknown. */
  set(key: string, count: number): void {
    const slot = this.#slotOf(fnv1a32(key));
    if (slot !== null) this.#counts[slot] = count;
  }

  #slotOf(hash: number): number | null {
    const first = firstSlotOf(hash);
    for (let slot = first; slot < first + SLOTS_PER_SET; slot++) {
      if (this.#hashes[slot] === hash && this.#lastReads[slot] !== 0) return slot;
    }
    return null;
  }

  /** The slot of its set that was not read for the longest time. */
  #take(hash: number): number {
    const first = firstSlotOf(hash);
    let oldest = first;
    for (let slot = first + 1; slot < first + SLOTS_PER_SET; slot++) {
      if (this.#lastReads[slot]! < this.#lastReads[oldest]!) oldest = slot;
    }
    this.#hashes[oldest] = hash;
    this.#counts[oldest] = 0;
    return oldest;
  }
}

const firstSlotOf = (hash: number): number => (hash & (SETS - 1)) * SLOTS_PER_SET;

/** At least 1: 0 is a slot that was never used. */
const toSeconds = (ms: number): number => Math.max(1, Math.floor(ms / 1_000));
