/** How much there was at some time, in milliseconds since 1970. */
export type Point = readonly [atMs: number, bytes: number];

/** Points that a window keeps: one for each such part of it. */
const PARTS = 56;

/** Adds the latest point to those of a window; it replaces one of the same part of the window, and those that are too old go. */
export function addPoint(points: readonly Point[], [atMs, bytes]: Point, windowMs: number): Point[] {
  const partOf = (ms: number) => Math.floor((ms * PARTS) / windowMs);
  const kept = points.filter(([ms]) => ms >= atMs - windowMs && ms <= atMs && partOf(ms) !== partOf(atMs));
  return [...kept, [atMs, bytes]];
}

/** A trend needs points that are as far apart, as a share of the window: less would be a guess. */
const LEAST_SPAN = 1 / PARTS;

/** Growth per millisecond along the line of least squares; null: the points do not tell yet. */
export function slopeOf(points: readonly Point[], windowMs: number): number | null {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || last[0] - first[0] < windowMs * LEAST_SPAN) return null;
  // From the last point on, so that the numbers are small.
  const times = points.map(([ms]) => ms - last[0]);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanTime = mean(times);
  const meanBytes = mean(points.map(([, bytes]) => bytes));
  const covariances = times.map((time, index) => (time - meanTime) * (points[index]![1] - meanBytes));
  const squares = times.map((time) => (time - meanTime) ** 2);
  return mean(covariances) / mean(squares);
}

/** When `bytes` are reached from the last point on; null: never at this rate. */
export function reachedAtMs([atMs, bytes]: Point, slope: number | null, target: number): number | null {
  if (bytes >= target) return atMs;
  return slope === null || slope <= 0 ? null : Math.round(atMs + (target - bytes) / slope);
}
