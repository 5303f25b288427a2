/** Parts of a window that are counted apart. More parts give requests back sooner, and take more memory. */
const SLICES = 60;

/** What one request was answered. */
export interface Taken {
  readonly isAllowed: boolean;
  /** How many more requests would be allowed now. */
  readonly remaining: number;
  /** Until more are allowed than now, in milliseconds; 0: nothing has been used. */
  readonly resetMs: number;
}

/** Counts by slice, oldest first. */
export type Slices = readonly (readonly [slice: number, count: number])[];

/**
 * Counts what was allowed within a window that moves along: never more than the limit in any stretch of time as long as the
 * window. Times of a slice are not told apart, so what was allowed is given back up to a sixtieth of the window late, never early.
 * What is refused is not counted.
 */
export class SlidingWindow {
  readonly #windowMs: number;
  readonly #sliceMs: number;
  readonly #counts: Map<number, number>;
  #used = 0;
  #latestMs = 0;

  /** @param slices what `slices` gave before, of a window as long as this one. */
  constructor(windowMs: number, slices: Slices = []) {
    this.#windowMs = windowMs;
    this.#sliceMs = windowMs / SLICES;
    this.#counts = new Map(slices);
    for (const [, count] of slices) this.#used += count;
  }

  get slices(): Slices {
    return [...this.#counts];
  }

  /** Until nothing is counted any more, in milliseconds. */
  endMs(nowMs: number): number {
    const slices = [...this.#counts.keys()];
    return slices.length === 0 ? 0 : Math.max(0, this.#endOf(slices.at(-1)!) - nowMs);
  }

  take(limit: number, nowMs: number): Taken {
    // Clocks are set back at times; an earlier slice behind a later one would never end.
    const now = Math.max(nowMs, this.#latestMs);
    this.#latestMs = now;
    this.#forget(now);
    const isAllowed = this.#used < limit;
    if (isAllowed) {
      const slice = Math.floor(now / this.#sliceMs);
      this.#counts.set(slice, (this.#counts.get(slice) ?? 0) + 1);
      this.#used++;
    }
    return { isAllowed, remaining: Math.max(0, limit - this.#used), resetMs: Math.ceil(this.#resetAt(limit) - now) };
  }

  #forget(now: number): void {
    for (const [slice, count] of this.#counts) {
      if (this.#endOf(slice) > now) return;
      this.#counts.delete(slice);
      this.#used -= count;
    }
  }

  /** When more is allowed than now. A limit that was lowered may take the end of several slices. */
  #resetAt(limit: number): number {
    let used = this.#used;
    const wanted = Math.min(used, limit);
    for (const [slice, count] of this.#counts) {
      used -= count;
      if (used < wanted) return this.#endOf(slice);
    }
    return this.#latestMs;
  }

  /** When the window has left the slice behind. */
  #endOf(slice: number): number {
    return (slice + 1) * this.#sliceMs + this.#windowMs;
  }
}
