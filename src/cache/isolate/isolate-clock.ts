/** This isolate's clock, which may stand still, step back, and differ from the clocks of others. */
export interface IsolateClock {
  /** Milliseconds since 1970. */
  now(): number;
  /**
   * Names the clock and a stretch of time in which it has not visibly stepped back: times under equal names can be compared
   * exactly, others only within the uncertainty of clocks.
   */
  readonly name: string;
}

/**
 * `now` as `Date.now`; `id` distinguishes isolates. A step back shows as a time before the last reading. If the last reading
 * is more than `gapMs` old (at least the length of a step), a step might be hidden, so another stretch begins. Still unseen
 * is a step of a clock that was read within twice `gapMs` before, but not within the length of the step: a busy isolate reads
 * it more often.
 */
export function createIsolateClock(now: () => number, id: string, gapMs: number): IsolateClock {
  let latest = Number.NEGATIVE_INFINITY;
  let stretch = 0;
  let name = id;
  return {
    now() {
      const time = now();
      if (time < latest || time - latest > gapMs) name = `${id}-${++stretch}`;
      latest = time;
      return time;
    },
    get name() {
      return name;
    },
  };
}
