import { DDSketch } from '@datadog/sketches-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coarsened, mergeSketches, QuantileSketch, quantileOf, type Sketch } from '../../src/lib/quantile-sketch.ts';

const QUANTILES = [0, 0.25, 0.5, 0.9, 0.95, 0.99, 1];

function sketchOf(values: readonly number[]): Sketch {
  const sketch = new QuantileSketch();
  for (const value of values) sketch.add(value);
  return sketch.toSketch();
}

/** Latencies, from a hundredth of a millisecond to half a minute, and none. */
const latencies = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 30_000, noNaN: true })), {
  minLength: 1,
  maxLength: 300,
});

describe('the quantile sketch', () => {
  it('is never more than 1 % from the exact quantile', () => {
    fc.assert(
      fc.property(latencies, (values) => {
        const sorted = values.toSorted((a, b) => a - b);
        const sketch = sketchOf(values);
        for (const quantile of QUANTILES) {
          const exact = sorted[Math.floor(quantile * (values.length - 1))]!;
          expect(Math.abs(quantileOf(sketch, quantile)! - exact)).toBeLessThanOrEqual(exact * 0.01 + 1e-9);
        }
      }),
    );
  });

  it('gives what the library of those who invented it gives', () => {
    fc.assert(
      fc.property(latencies, (values) => {
        const theirs = new DDSketch({ relativeAccuracy: 0.01 });
        for (const value of values) theirs.accept(value);
        const ours = sketchOf(values);
        expect(ours.count).toBe(theirs.count);
        expect(ours.sum).toBeCloseTo(theirs.sum, 6);
        for (const quantile of QUANTILES) {
          // Ours is within the least and the greatest value as well.
          const bounded = Math.min(theirs.max, Math.max(theirs.min, theirs.getValueAtQuantile(quantile)));
          expect(quantileOf(ours, quantile)).toBeCloseTo(bounded, 6);
        }
      }),
    );
  });

  it('is the same whether values come together or are merged, also as JSON', () => {
    fc.assert(
      fc.property(latencies, latencies, (a, b) => {
        const merged = mergeSketches([sketchOf(a), JSON.parse(JSON.stringify(sketchOf(b)))]);
        const { sum, ...rest } = sketchOf([...a, ...b]);
        expect(merged).toMatchObject(rest);
        expect(merged.sum).toBeCloseTo(sum, 6);
      }),
    );
  });

  it('can be coarser, for less room, by a known error, and stays as it is when it is made so again', () => {
    fc.assert(
      fc.property(latencies, fc.constantFrom(8, 32, 64), (values, maxBins) => {
        const fine = sketchOf(values);
        const coarse = coarsened(fine, maxBins);
        expect(coarse.bins.length / 2).toBeLessThanOrEqual(maxBins);
        expect(coarsened(coarse, maxBins)).toEqual(coarse);
        const { bins: _, ...sums } = fine;
        expect(coarse).toMatchObject(sums);
        const total = coarse.bins.reduce((sum, each, at) => sum + (at % 2 ? each : 0), coarse.zeros);
        expect(total).toBe(values.length);
      }),
    );
    // Over a spread of 40 times, it is 3 %.
    const values = Array.from({ length: 5_000 }, (_, at) => 5 * 40 ** (at / 5_000));
    const coarse = coarsened(sketchOf(values), 64);
    for (const quantile of QUANTILES) {
      const exact = values[Math.floor(quantile * (values.length - 1))]!;
      expect(Math.abs(quantileOf(coarse, quantile)! - exact)).toBeLessThanOrEqual(exact * 0.031);
    }
  });

  it('stays small, and exact above, whatever the values are', () => {
    const values = Array.from({ length: 20_000 }, (_, at) => 1.004 ** (at % 6_900) / 1_000);
    const sketch = sketchOf(values);
    expect(sketch.bins.length / 2).toBeLessThanOrEqual(256);
    const exact = values.toSorted((a, b) => a - b)[Math.floor(0.99 * (values.length - 1))]!;
    expect(Math.abs(quantileOf(sketch, 0.99)! - exact)).toBeLessThan(exact * 0.01);
    expect(sketch.count).toBe(values.length);
  });

  it('counts what is no latency as 0, and has nothing to say of nothing', () => {
    expect(sketchOf([Number.NaN, -1, 0])).toMatchObject({ count: 3, sum: 0, zeros: 3, bins: [] });
    expect(quantileOf(sketchOf([Number.NaN]), 0.5)).toBe(0);
    expect(quantileOf(sketchOf([]), 0.5)).toBeNull();
    expect(quantileOf(sketchOf([Number.POSITIVE_INFINITY]), 0.5)).toBe(1e9);
  });
});
