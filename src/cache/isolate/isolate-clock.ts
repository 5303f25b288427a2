/** This isolate's clock, which may stand still, step back, and differ from the clocks of others. */
export interface IsolateClock {
  /** Milliseconds since 1970. */
  now(): number;
  /**
   * Names the clock and the stretch of time in which it has not stepped back, as far as that can be told: times under
   * equal names can be compared exactly, others only within the uncertainty of clocks.
   */
  readonly name: string;
}

/**
 * `now` as `Date.now`; `id` makes names of one isolate differ from those of others. A step back shows by a time before the
 * last one that was looked at: where that was longer ago than `gapMs`, which is at least what a clock steps by, it might
 * not show, so another stretch begins. What then still goes unseen is a step of a clock that was looked at within twice
 * `gapMs` before, but not within the length of the step: requests of a busy isolate are closer together.
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
