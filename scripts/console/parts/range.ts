/** Spans of time that views look back over. */
export const RANGES = [
  { name: '15m', title: '15 minutes', ms: 15 * 60_000, stepSeconds: 10 },
  { name: '1h', title: '1 hour', ms: 3_600_000, stepSeconds: 30 },
  { name: '6h', title: '6 hours', ms: 6 * 3_600_000, stepSeconds: 120 },
  { name: '24h', title: '24 hours', ms: 24 * 3_600_000, stepSeconds: 600 },
  { name: '7d', title: '7 days', ms: 7 * 24 * 3_600_000, stepSeconds: 3_600 },
  { name: '30d', title: '30 days', ms: 30 * 24 * 3_600_000, stepSeconds: 4 * 3_600 },
] as const;

export type RangeName = (typeof RANGES)[number]['name'];

export const rangeOf = (name: RangeName) => RANGES.find((range) => range.name === name)!;

/** When the range begins, at a whole step, so that calls within one step are the same. */
export function beginningOf(name: RangeName, nowMs: number = Date.now()): string {
  const { ms, stepSeconds } = rangeOf(name);
  const stepMs = stepSeconds * 1_000;
  return new Date(Math.floor((nowMs - ms) / stepMs) * stepMs).toISOString();
}
