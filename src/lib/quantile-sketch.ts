/**
 * Quantiles of many values in little memory, with a bound on the relative error, and mergeable without loss: a DDSketch with
 * logarithmic bins (Masson, Rim and Lee, "DDSketch", VLDB 2019).
 */

/** As it travels and is stored. */
export interface Sketch {
  readonly count: number;
  readonly sum: number;
  /** 0 where there is nothing. */
  readonly min: number;
  readonly max: number;
  /** Values below {@link LEAST_VALUE}. */
  readonly zeros: number;
  /** Number of a bin and its count, by turns; ascending numbers. */
  readonly bins: readonly number[];
}

export const EMPTY_SKETCH: Sketch = { count: 0, sum: 0, min: 0, max: 0, zeros: 0, bins: [] };

/** A quantile is at most so far from the exact one, as a share of it. */
const RELATIVE_ERROR = 0.01;

/** Less is 0, and more is this much. */
const LEAST_VALUE = 0.001;
const GREATEST_VALUE = 1e9;

/** Where more bins are in use, the lowest become one: the quantiles in them are too high, and those above are exact as before. */
const MAX_BINS = 256;

const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const BINS_PER_DOUBLING = 1 / Math.log2(GAMMA);

const binOf = (value: number): number => Math.ceil(Math.log2(value) * BINS_PER_DOUBLING);

/** The value of which all values of the bin are at most {@link RELATIVE_ERROR} away. */
const middleOf = (bin: number): number => (2 * GAMMA ** bin) / (GAMMA + 1);

/** Takes values from 0 on; others, and what is no number, count as 0. */
export class QuantileSketch {
  #count = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = 0;
  #zeros = 0;
  readonly #bins = new Map<number, number>();

  get count(): number {
    return this.#count;
  }

  add(given: number): void {
    const value = given > 0 ? Math.min(given, GREATEST_VALUE) : 0;
    this.#count++;
    this.#sum += value;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    if (value < LEAST_VALUE) {
      this.#zeros++;
      return;
    }
    const bin = binOf(value);
    this.#bins.set(bin, (this.#bins.get(bin) ?? 0) + 1);
    if (this.#bins.size > 2 * MAX_BINS) this.#collapse();
  }

  merge({ count, sum, min, max, zeros, bins }: Sketch): void {
    if (count === 0) return;
    this.#count += count;
    this.#sum += sum;
    this.#min = Math.min(this.#min, min);
    this.#max = Math.max(this.#max, max);
    this.#zeros += zeros;
    for (let at = 0; at < bins.length; at += 2) {
      const bin = bins[at]!;
      this.#bins.set(bin, (this.#bins.get(bin) ?? 0) + bins[at + 1]!);
    }
    if (this.#bins.size > 2 * MAX_BINS) this.#collapse();
  }

  toSketch(): Sketch {
    if (this.#count === 0) return EMPTY_SKETCH;
    if (this.#bins.size > MAX_BINS) this.#collapse();
    const bins = [...this.#bins].sort(([a], [b]) => a - b).flat();
    return { count: this.#count, sum: this.#sum, min: this.#min, max: this.#max, zeros: this.#zeros, bins };
  }

  #collapse(): void {
    const bins = [...this.#bins.keys()].sort((a, b) => a - b);
    const lowest = bins[bins.length - MAX_BINS]!;
    let moved = 0;
    for (const bin of bins.slice(0, -MAX_BINS)) {
      moved += this.#bins.get(bin)!;
      this.#bins.delete(bin);
    }
    this.#bins.set(lowest, this.#bins.get(lowest)! + moved);
  }
}

export function mergeSketches(sketches: Iterable<Sketch>): Sketch {
  const merged = new QuantileSketch();
  for (const sketch of sketches) merged.merge(sketch);
  return merged.toSketch();
}

/**
 * The same in at most so many bins: neighbours become one, 3, 9 or 27 of them and so on, and a quantile is as many times the
 * {@link RELATIVE_ERROR} away. What that is merged with is no coarser for it.
 */
export function coarsened(sketch: Sketch, maxBins: number): Sketch {
  let { bins } = sketch;
  // Groups lie around their middles, those of 3 within those of 9: what is one bin stays one.
  for (let width = 3; bins.length > 2 * maxBins; width *= 3) bins = grouped(bins, width);
  return bins === sketch.bins ? sketch : { ...sketch, bins };
}

function grouped(bins: readonly number[], width: number): number[] {
  const groups: number[] = [];
  for (let at = 0; at < bins.length; at += 2) {
    const middle = Math.round(bins[at]! / width) * width;
    if (middle === groups.at(-2)) groups[groups.length - 1]! += bins[at + 1]!;
    else groups.push(middle, bins[at + 1]!);
  }
  return groups;
}

/**
 * The value at a quantile: of `count` values in ascending order, that at index ⌊quantile × (count − 1)⌋, at most {@link RELATIVE_ERROR} away.
 *
 * @param quantile 0 to 1.
 * @returns null: there are no values.
 */
export function quantileOf({ count, min, max, zeros, bins }: Sketch, quantile: number): number | null {
  if (count === 0) return null;
  const rank = Math.floor(quantile * (count - 1));
  let below = zeros;
  if (rank < below) return 0;
  for (let at = 0; at < bins.length; at += 2) {
    below += bins[at + 1]!;
    if (rank < below) return Math.min(max, Math.max(min, middleOf(bins[at]!)));
  }
  return max;
}
