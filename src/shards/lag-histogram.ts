/** How long it took from changes until readers could know of them, counted in buckets. */

/** Upper bounds of the buckets, in milliseconds; what took longer is in one bucket more. */
export const LAG_BOUNDS_MS = [25, 50, 100, 250, 500, 750, 1_000, 1_500, 2_500, 5_000, 10_000, 30_000, 60_000] as const;

/** As it travels. */
export interface LagCounts {
  /** One per bound, and one for the rest. */
  readonly counts: readonly number[];
  readonly sumMs: number;
}

export class LagHistogram implements LagCounts {
  readonly counts = new Array<number>(LAG_BOUNDS_MS.length + 1).fill(0);
  sumMs = 0;

  /** A lag of less than nothing, of clocks that differ, counts as none. */
  observe(lagMs: number): void {
    const lag = Math.max(0, lagMs);
    const index = LAG_BOUNDS_MS.findIndex((bound) => lag <= bound);
    this.counts[index < 0 ? LAG_BOUNDS_MS.length : index]!++;
    this.sumMs += lag;
  }
}

/** Of a change that was published later than this it is worth hearing, in milliseconds: one of the bounds. */
export const LATE_MS = 1_000;

/** How many took longer, where `boundMs` is one of the bounds. */
export const laterThan = (boundMs: number, { counts }: LagCounts): number =>
  counts.slice((LAG_BOUNDS_MS as readonly number[]).indexOf(boundMs) + 1).reduce((sum, count) => sum + count, 0);

export const NO_LAGS: LagCounts = { counts: [], sumMs: 0 };

export const addLags = (a: LagCounts, b: LagCounts): LagCounts => ({
  counts: Array.from({ length: LAG_BOUNDS_MS.length + 1 }, (_, at) => (a.counts[at] ?? 0) + (b.counts[at] ?? 0)),
  sumMs: a.sumMs + b.sumMs,
});

/** What `b` has more than `a`, which it contains. */
export const lagsSince = (a: LagCounts, b: LagCounts): LagCounts => ({
  counts: b.counts.map((count, at) => count - (a.counts[at] ?? 0)),
  sumMs: b.sumMs - a.sumMs,
});

/**
 * The lag at a quantile, between the bounds of its bucket as if that were filled evenly.
 *
 * @param quantile 0 to 1.
 * @returns null: nothing was counted.
 */
export function lagQuantileMs({ counts }: LagCounts, quantile: number): number | null {
  const count = counts.reduce((sum, each) => sum + each, 0);
  if (count === 0) return null;
  const rank = quantile * count;
  let below = 0;
  for (const [at, each] of counts.entries()) {
    if (each > 0 && below + each >= rank) {
      const least = at === 0 ? 0 : LAG_BOUNDS_MS[at - 1]!;
      // Nothing bounds the last bucket.
      const most = LAG_BOUNDS_MS[at] ?? least;
      return least + ((rank - below) / each) * (most - least);
    }
    below += each;
  }
  return LAG_BOUNDS_MS.at(-1)!;
}
