/**
 * Offsets of time zones from UTC, as `Intl` has them. All moments are milliseconds since 1970. Isolates keep what they
 * have looked up: it depends on nothing but the zone.
 */

/** A span of time, `from` included and `to` not, over which a zone keeps one offset: local time minus UTC. */
export interface OffsetSpan {
  readonly from: number;
  readonly to: number;
  readonly offset: number;
}

/** About 398 days. Spans are looked up and kept per bucket; the bucket of a moment is its quotient, rounded down. */
export const BUCKET_MS = 2 ** 35;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** No zone changed its offset twice within it. */
const STEP_MS = 2 * DAY_MS;
/** Zones did not change before: local mean time. */
const FIRST_CHANGE = Date.UTC(1800, 0, 1);
/** No offset is greater. */
const MAX_OFFSET_MS = 16 * HOUR_MS;
/** Those of several zones over decades. */
const MAX_KEPT_BUCKETS = 2_000;

const FORMAT = {
  calendar: 'gregory',
  numberingSystem: 'latn',
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
} as const;

/** True for names of the IANA time zone database that this runtime knows, in any case. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]{0,63}$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const zoneByName = new Map<string, TimeZone>();
let keptBuckets = 0;

/** @param name For which {@link isTimeZone} holds. */
export function timeZone(name: string): TimeZone {
  let zone = zoneByName.get(name);
  if (zone === undefined) {
    zone = new TimeZone(name);
    zoneByName.set(name, zone);
  }
  return zone;
}

export class TimeZone {
  readonly #format: Intl.DateTimeFormat;
  readonly #spansByBucket = new Map<number, readonly OffsetSpan[]>();

  constructor(name: string) {
    this.#format = new Intl.DateTimeFormat('en-US', { ...FORMAT, timeZone: name });
  }

  /** The spans that a bucket consists of, in order. */
  spans(bucket: number): readonly OffsetSpan[] {
    let spans = this.#spansByBucket.get(bucket);
    if (spans === undefined) {
      if (keptBuckets >= MAX_KEPT_BUCKETS) {
        zoneByName.clear();
        keptBuckets = 0;
      }
      spans = this.#findSpans(bucket * BUCKET_MS, (bucket + 1) * BUCKET_MS);
      this.#spansByBucket.set(bucket, spans);
      keptBuckets++;
    }
    return spans;
  }

  /** Local time minus UTC, in milliseconds. */
  offsetAt(ms: number): number {
    return this.spans(Math.floor(ms / BUCKET_MS)).find(({ to }) => ms < to)!.offset;
  }

  /**
   * The first moment of a local date or, where the zone's calendar skipped the date, of the next one.
   *
   * @param day Days since 1 January 1970.
   */
  startOfDay(day: number): number {
    const midnight = day * DAY_MS;
    const last = Math.floor((midnight + MAX_OFFSET_MS) / BUCKET_MS);
    for (let bucket = Math.floor((midnight - MAX_OFFSET_MS) / BUCKET_MS); bucket <= last; bucket++) {
      for (const { from, to, offset } of this.spans(bucket)) {
        const start = Math.max(from, midnight - offset);
        if (start < to) return start;
      }
    }
    throw new RangeError('Expected offsets of less than 16 hours.');
  }

  #findSpans(from: number, to: number): OffsetSpan[] {
    const spans: { from: number; to: number; offset: number }[] = [{ from, to, offset: this.#lookUp(from) }];
    if (to <= FIRST_CHANGE) return spans;
    for (let at = from; at < to; at += STEP_MS) {
      const next = Math.min(at + STEP_MS, to - 1000);
      const current = spans.at(-1)!;
      const offset = this.#lookUp(next);
      if (offset === current.offset) continue;
      const change = this.#findChange(at, next, current.offset);
      current.to = change;
      spans.push({ from: change, to, offset });
    }
    return spans;
  }

  /** The first whole second after `low`, up to `high`, whose offset is not `offset`. */
  #findChange(low: number, high: number, offset: number): number {
    let before = Math.floor(low / 1000);
    let after = Math.ceil(high / 1000);
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (this.#lookUp(middle * 1000) === offset) before = middle;
      else after = middle;
    }
    return after * 1000;
  }

  #lookUp(ms: number): number {
    const second = Math.floor(Math.max(ms, FIRST_CHANGE) / 1000) * 1000;
    const [month, day, year, hour, minute, seconds] = this.#format.format(second).match(/\d+/g)!.map(Number) as [
      ...[number, number, number, number, number, number],
    ];
    return Date.UTC(year, month - 1, day, hour, minute, seconds) - second;
  }
}
