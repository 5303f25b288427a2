import type { Event, EventType } from './event.ts';

/** What answers do on their way is counted by table and by layer instead: see `EventCounters`. */
const COUNTED_ELSEWHERE: ReadonlySet<EventType> = new Set(['cache-answer', 'cache-kv-operation']);

export type EventCounts = Partial<Record<EventType, number>>;

let counts: EventCounts = {};

/** A sink of reporters: how many events there were of each type, of whichever program of the isolate. */
export function countEvent({ type }: Event): void {
  if (!COUNTED_ELSEWHERE.has(type)) counts[type] = (counts[type] ?? 0) + 1;
}

/** The counts since they were taken last: whoever takes them tells the monitor. */
export function takeEventCounts(): EventCounts {
  const taken = counts;
  counts = {};
  return taken;
}

/** Takes back counts that could not be told: they come with those that are taken next. */
export function returnEventCounts(returned: EventCounts): void {
  for (const [type, times] of Object.entries(returned) as [EventType, number][]) {
    counts[type] = (counts[type] ?? 0) + times;
  }
}

/** Without taking them. */
export const eventCounts = (): Readonly<EventCounts> => counts;
