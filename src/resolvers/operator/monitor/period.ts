import { badUserInput } from '../../../plans/bad-user-input.ts';
import { parseMoment } from '../parse-moment.ts';

const HOUR_MS = 3_600_000;
/** How long the monitor keeps counts of a time. */
const KEPT_MS = 30 * 24 * HOUR_MS;
const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3_600;
const LEAST_STEP_SECONDS = 10;
/** Points that a step is chosen for, where none is asked for. */
const USUAL_POINTS = 360;
const MAX_POINTS = 1_500;

/** Since when something is asked for, in milliseconds since 1970. Default: an hour ago. */
export function sinceOf(since: string | null | undefined, nowMs: number): number {
  if (since === null || since === undefined) return nowMs - HOUR_MS;
  return pastMoment('since', since, nowMs);
}

interface SeriesArguments {
  readonly from?: string | null | undefined;
  readonly to?: string | null | undefined;
  readonly stepSeconds?: number | null | undefined;
}

interface Period {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

/** @throws ShardQLError BAD_USER_INPUT */
export function periodOf({ from, to, stepSeconds }: SeriesArguments, nowMs: number): Period {
  const toMs = to === null || to === undefined ? nowMs : pastMoment('to', to, nowMs);
  const fromMs = from === null || from === undefined ? toMs - HOUR_MS : pastMoment('from', from, nowMs);
  if (fromMs >= toMs) throw badUserInput('Expected from to be before to, but got a moment that is not.');
  const spanSeconds = (toMs - fromMs) / 1_000;
  const step = stepSeconds ?? usualStep(spanSeconds, (nowMs - fromMs) / 1_000);
  if (!isStep(step)) {
    throw badUserInput(
      `Expected stepSeconds to be a multiple of 10 below a minute, of 60 below an hour, or of 3,600, but got ${step}.`,
    );
  }
  if (spanSeconds / step > MAX_POINTS) {
    throw badUserInput(
      `Expected at most ${MAX_POINTS.toLocaleString('en-US')} steps, but got ${Math.ceil(spanSeconds / step).toLocaleString('en-US')}. Ask for longer ones.`,
    );
  }
  return { fromMs, toMs, stepMs: step * 1_000 };
}

function isStep(seconds: number): boolean {
  if (!Number.isInteger(seconds) || seconds < LEAST_STEP_SECONDS) return false;
  return seconds % unitOf(seconds) === 0;
}

/** What is older than an hour, or a day, is kept by the minute, or by the hour: a request that took a while means no other period. */
function usualStep(spanSeconds: number, ageSeconds: number): number {
  const wanted = Math.max(leastStep(ageSeconds - MINUTE_SECONDS), spanSeconds / USUAL_POINTS);
  const unit = unitOf(wanted);
  return Math.ceil(wanted / unit) * unit;
}

function leastStep(ageSeconds: number): number {
  if (ageSeconds <= HOUR_SECONDS) return LEAST_STEP_SECONDS;
  return ageSeconds <= 24 * HOUR_SECONDS ? MINUTE_SECONDS : HOUR_SECONDS;
}

function unitOf(seconds: number): number {
  if (seconds < MINUTE_SECONDS) return LEAST_STEP_SECONDS;
  return seconds < HOUR_SECONDS ? MINUTE_SECONDS : HOUR_SECONDS;
}

function pastMoment(name: string, text: string, nowMs: number): number {
  const atMs = parseMoment(text);
  const got = JSON.stringify(text.slice(0, 100));
  if (atMs === null) {
    throw badUserInput(`Expected ${name} in ISO 8601, such as "2030-01-31T12:00:00Z", but got ${got}.`);
  }
  if (atMs > nowMs || atMs < nowMs - KEPT_MS) {
    throw badUserInput(`Expected ${name} to be within the last 30 days, which the monitor knows of, but got ${got}.`);
  }
  return atMs;
}
