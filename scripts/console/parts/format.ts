/** Figures as people read them. A dash stands for what is not known. */

const NOT_KNOWN = '–';

const number = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const precise = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat('en', { timeStyle: 'medium', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });

type Maybe = number | null | undefined;

const known =
  (format: (value: number) => string) =>
  (value: Maybe): string =>
    value == null || Number.isNaN(value) ? NOT_KNOWN : format(value);

export const formatCount = known((value) => number.format(value));

/** Three digits: for rates. */
export const formatRate = known((value) => (Math.abs(value) >= 1_000 ? number.format(value) : precise.format(value)));

export const formatShare = known((value) => percent.format(value));

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** In decimal units, as the platform's limits are. */
export const formatBytes = known((value) => {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, Math.abs(value))) / 3)));
  return `${precise.format(value / 1_000 ** power)} ${UNITS[power]}`;
});

export const formatMs = known((value) => {
  if (value < 1_000) return `${precise.format(value)} ms`;
  if (value < 60_000) return `${precise.format(value / 1_000)} s`;
  return value < 7_200_000 ? `${precise.format(value / 60_000)} min` : `${precise.format(value / 3_600_000)} h`;
});

const AGE_UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
] as const;

/** In whole units, the greatest that fits twice: `90 s`, `4 min`. */
export function formatAge(ms: number): string {
  const [unitMs, unit] = AGE_UNITS.find(([each]) => ms >= 2 * each) ?? [1_000, 's'];
  return `${number.format(Math.floor(ms / unitMs))} ${unit}`;
}

/** Less than this is shown as less than this. */
const LEAST_DOLLARS = 0.0001;

export const formatDollars = known((value) => {
  if (value === 0) return '$0';
  return value < LEAST_DOLLARS ? `<$${LEAST_DOLLARS}` : `$${precise.format(value)}`;
});

const minute = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const dayOfMonth = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' });
const DAY_SECONDS = 86_400;

/** Marks of an axis, in seconds since 1970: days where they are that far apart. */
export function formatTicks(seconds: readonly number[]): string[] {
  const isByDay = seconds.length > 1 && seconds[1]! - seconds[0]! >= DAY_SECONDS;
  return seconds.map((each) => (isByDay ? dayOfMonth : minute).format(new Date(each * 1_000)));
}

/** ISO 8601 or milliseconds; today’s as a time of day. */
export function formatTime(value: string | number | null | undefined): string {
  if (value == null) return NOT_KNOWN;
  const date = new Date(value);
  const isToday = date.toDateString() === new Date().toDateString();
  return isToday ? clock.format(date) : `${day.format(date)}, ${clock.format(date)}`;
}

export function formatDay(value: string | null | undefined): string {
  return value == null ? NOT_KNOWN : day.format(new Date(value));
}

/** How many of something: `1 row`, `2 rows`. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${number.format(value)} ${value === 1 ? one : many}`;
