/**
 * What is looked at before a request runs takes time in proportion to it, whatever it is made of. In `npm test` each guard does
 * its work once; the campaign measures it.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { describeRuns, propertyRuns } from '../support/property-runs.ts';

const runs = propertyRuns(1);
const isMeasured = runs.numRuns > 1;
const SIZES = isMeasured ? [100, 1_000, 2_000, 4_000, 7_000, 10_000] : [10, 20];
/** Of documents of 20,000 characters. */
const MAX_MS = 5;

interface Measured {
  /** Milliseconds of each size, by name. */
  readonly guards: Readonly<Record<string, readonly number[]>>;
  /** Milliseconds of documents, by what they are made of. */
  readonly requests: Readonly<Record<string, number>>;
}

const SCRIPT = join(import.meta.dirname, 'guards/measure-guards.ts');

let measured: Measured;
beforeAll(() => {
  const args = [SCRIPT, ...[runs.numRuns, ...SIZES].map(String)];
  measured = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Measured;
}, 3_600_000);

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
  // From 4,000 on: objects of more than some 2,000 members are dictionaries to V8, which lists their names ten times as slowly.
  const [small, large] = [points.at(-3)!, points.at(-1)!];
  const power = Math.log(large[1] / small[1]) / Math.log(large[0] / small[0]);
  return { fit: all === 0 ? 1 : 1 - left / all, power };
}

/** Below that, what is measured is the clock. */
const NOTICEABLE_MS = 0.05;
/** Large objects and sets take somewhat more for each member, since they leave the processor's caches; others work beside. */
const MAX_POWER = 1.75;
const MIN_FIT = 0.7;

it(`each guard does its work in time that grows along a line (${describeRuns(runs)})`, () => {
  const steep: string[] = [];
  for (const [name, times] of Object.entries(measured.guards)) {
    expect(times).toHaveLength(SIZES.length);
    if (!isMeasured) continue;
    const { fit, power } = lineOf(times.map((ms, at) => [SIZES[at]!, ms]));
    const largest = times.at(-1)!;
    const told = `${name}: ${largest.toFixed(3)} ms for ${SIZES.at(-1)}, power ${power.toFixed(2)}, fit ${fit.toFixed(3)}`;
    console.log(told);
    // Those that stop at what is too much do not grow at all.
    const isLine = power < MAX_POWER && (power < 0.5 || fit > MIN_FIT);
    if (largest >= NOTICEABLE_MS && !isLine) steep.push(told);
  }
  expect(steep).toEqual([]);
});

it(`a document of 20 KB is looked through in 5 ms (${describeRuns(runs)})`, () => {
  const slow: string[] = [];
  for (const [name, ms] of Object.entries(measured.requests)) {
    if (!isMeasured) continue;
    const told = `20 KB of ${name}: ${ms.toFixed(3)} ms`;
    console.log(told);
    if (ms > MAX_MS) slow.push(told);
  }
  expect(slow).toEqual([]);
});
