import type { TallyLimits } from '../tally.ts';

/** Windows of one length. */
export interface WindowLevel {
  readonly index: number;
  readonly stepMs: number;
  /** How long its windows are kept. */
  readonly keptMs: number;
  /** What each keeps apart. */
  readonly limits: TallyLimits;
  /** What the row of each has of it, as JSON text. All windows of all levels take 185 MB at most. */
  readonly maxBytes: number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Finest first. At most 2,520 windows in all. */
export const WINDOW_LEVELS: readonly WindowLevel[] = [
  {
    ...{ index: 0, stepMs: 10 * SECOND_MS, keptMs: HOUR_MS },
    limits: { operations: 30, shards: 64, keys: 20, tables: 50 },
    maxBytes: 64_000,
  },
  {
    ...{ index: 1, stepMs: MINUTE_MS, keptMs: DAY_MS },
    limits: { operations: 50, shards: 128, keys: 30, tables: 50 },
    maxBytes: 64_000,
  },
  {
    ...{ index: 2, stepMs: HOUR_MS, keptMs: 30 * DAY_MS },
    limits: { operations: 100, shards: 128, keys: 64, tables: 100 },
    maxBytes: 96_000,
  },
];

/** Of all that was ever counted. */
export const TOTAL_LIMITS: TallyLimits = { operations: 200, shards: 1_024, keys: 100, tables: 200 };

/** The finest level whose windows all steps of a range consist of, and that are all still kept. */
export function levelFor(sinceMs: number, stepMs: number, nowMs: number): WindowLevel {
  const fitting = WINDOW_LEVELS.filter((level) => stepMs % level.stepMs === 0);
  return fitting.find(({ keptMs }) => sinceMs >= nowMs - keptMs) ?? fitting.at(-1)!;
}

/** The level by which a time up to now is added up: from the window on that `sinceMs` is in. */
export function levelSince(sinceMs: number, nowMs: number): WindowLevel {
  const [fine, middle, coarse] = WINDOW_LEVELS as [WindowLevel, WindowLevel, WindowLevel];
  const spanMs = nowMs - sinceMs;
  if (spanMs <= 10 * MINUTE_MS) return fine;
  return spanMs <= 3 * HOUR_MS ? middle : coarse;
}

/** The start of the window that a time is in. */
export const windowStart = ({ stepMs }: Pick<WindowLevel, 'stepMs'>, atMs: number): number =>
  Math.floor(atMs / stepMs) * stepMs;
