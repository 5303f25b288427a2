/** This isolate's clock, which may stand still, step back, and differ from the clocks of others. */
export interface IsolateClock {
  /** Milliseconds since 1970. */
  now(): number;
  /**
   * Names the clock and the stretch of time in which it has not stepped back: times under equal names can be compared
   * exactly, others only within the uncertainty of clocks.
   */
  readonly name: string;
}

/** `now` as `Date.now`; `id` makes names of one isolate differ from those of others. */
export function createIsolateClock(now: () => number, id: string): IsolateClock {
  let latest = Number.NEGATIVE_INFINITY;
  let stretch = 0;
  let name = id;
  return {
    now() {
      const time = now();
      if (time < latest) name = `${id}-${++stretch}`;
      latest = time;
      return time;
    },
    get name() {
      return name;
    },
  };
}
