/** Periods of time in a zone, found by asking `Intl` for local times. */
const DAY_MS = 86_400_000;
const UNIT_MS: Readonly<Record<string, number>> = { MINUTE: 60_000, HOUR: 3_600_000 };

const formats = new Map<string, Intl.DateTimeFormat>();
const starts = new Map<string, number>();

/** The moment at which the period begins that a moment lies in. Weeks begin on Monday. */
export function periodStart(moment: string, trunc: string, zone: string): string {
  const ms = Date.parse(moment);
  const local = localMs(ms, zone);
  const unit = UNIT_MS[trunc];
  // Within an hour, the clock that showed the moment is the one that showed the beginning.
  if (unit) return new Date(ms - modulo(local, unit)).toISOString();
  const date = new Date(local);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  const day = Math.floor(local / DAY_MS);
  const first: Readonly<Record<string, number>> = {
    DAY: day,
    WEEK: day - modulo(day + 3, 7),
    MONTH: Date.UTC(year, month, 1) / DAY_MS,
    QUARTER: Date.UTC(year, month - (month % 3), 1) / DAY_MS,
    YEAR: Date.UTC(year, 0, 1) / DAY_MS,
  };
  return new Date(startOfDay(first[trunc]!, zone)).toISOString();
}

/** The first moment whose local date is `day` (since 1970) or later. */
function startOfDay(day: number, zone: string): number {
  const key = `${zone} ${day}`;
  const known = starts.get(key);
  if (known !== undefined) return known;
  let [before, after] = [day * DAY_MS - 2 * DAY_MS, day * DAY_MS + 2 * DAY_MS];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (Math.floor(localMs(middle, zone) / DAY_MS) >= day) after = middle;
    else before = middle;
  }
  starts.set(key, after);
  return after;
}

/** Local time as if it were UTC. */
function localMs(ms: number, zone: string): number {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' }); // biome-ignore format: one line
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const { year, month, day, hour, minute, second } = parts as Record<string, number>;
  return Date.UTC(year!, month! - 1, day!, hour, minute, second) + modulo(ms, 1000);
}

const modulo = (value: number, by: number): number => ((value % by) + by) % by;
