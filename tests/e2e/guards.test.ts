/**
 * What is looked at before a request runs takes time in proportion to it, whatever it is made of. In `npm test` each guard does
 * its work once; the campaign measures it.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const REPEATS = Number(process.env.RUNS ?? 1);
const isMeasured = process.env.RUNS !== undefined && process.env.RUNS !== '';
const SIZES = isMeasured ? [100, 1_000, 2_000, 4_000, 7_000, 10_000] : [10, 20];
/** Of documents of 20,000 characters. */
const MAX_MS = 5;

const SCRIPT = join(import.meta.dirname, 'guards/measure-guards.ts');
const printed = execFileSync(process.execPath, [SCRIPT, ...[REPEATS, ...SIZES].map(String)], { encoding: 'utf8' });
const { guards, requests } = JSON.parse(printed) as Record<'guards', Record<string, readonly number[]>> &
  Record<'requests', Record<string, number>>;

/** How well a line fits: 1 is exactly. And how the time grows: 1 is in proportion, 2 with the square. */
function lineOf(points: readonly (readonly [size: number, ms: number])[]): {
  readonly fit: number;
  readonly power: number;
} {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [sizes, times] = [points.map(([size]) => size), points.map(([, ms]) => ms)];
  const [size, time] = [mean(sizes), mean(times)];
  const slope = points.reduce((sum, [x, y]) => sum + (x - size) * (y - time), 0) / sizes.reduce((sum, x) => sum + (x - size) ** 2, 0); // biome-ignore format: one line
  const left = points.reduce((sum, [x, y]) => sum + (y - time - slope * (x - size)) ** 2, 0);
  const all = times.reduce((sum, y) => sum + (y - time) ** 2, 0);
  const [small, large] = [points.at(-4)!, points.at(-1)!];
  const power = Math.log(large[1] / small[1]) / Math.log(large[0] / small[0]);
  return { fit: all === 0 ? 1 : 1 - left / all, power };
}

/** Below that, what is measured is the clock. */
const NOTICEABLE_MS = 0.05;
/** Large objects and sets take somewhat more for each member, since they leave the processor's caches; others work beside. */
const MAX_POWER = 1.75;
const MIN_FIT = 0.7;

describe('each guard', () => {
  it.each(Object.entries(guards))('does its work in time that grows along a line: %s', (name, times) => {
    expect(times).toHaveLength(SIZES.length);
    if (!isMeasured) return;
    const { fit, power } = lineOf(times.map((ms, at) => [SIZES[at]!, ms]));
    const largest = times.at(-1)!;
    console.log(
      `${name}: ${largest.toFixed(3)} ms for ${SIZES.at(-1)}, power ${power.toFixed(2)}, fit ${fit.toFixed(3)}`,
    );
    if (largest < NOTICEABLE_MS) return;
    expect(power).toBeLessThan(MAX_POWER);
    // Those that stop at what is too much do not grow at all.
    if (power > 0.5) expect(fit).toBeGreaterThan(MIN_FIT);
  });
});

describe('a document of 20 KB', () => {
  it.each(Object.entries(requests))('is looked through in 5 ms: %s', (name, ms) => {
    if (!isMeasured) return;
    console.log(`20 KB of ${name}: ${ms.toFixed(3)} ms`);
    expect(ms).toBeLessThan(MAX_MS);
  });
});
