/** Wall clock and timers, passed in so that tests hold them. */
export interface Timers {
  /** Milliseconds since 1970. In production it stands still between I/O. */
  now(): number;
  /** Calls back once after `delayMs`; the function it gives cancels that. */
  setTimer(callback: () => void, delayMs: number): () => void;
}

export const systemTimers: Timers = {
  now: () => Date.now(),
  setTimer(callback, delayMs) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs`. */
export const wait = (timers: Timers, delayMs: number): Promise<void> =>
  new Promise((resolve) => {
    timers.setTimer(resolve, delayMs);
  });

/** The outcome of `work`, or that of `late` if it takes longer than `limitMs`. The work itself goes on. */
export const inTime = <T>(timers: Timers, work: Promise<T>, limitMs: number, late: () => T | Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const cancel = timers.setTimer(() => resolve(late()), limitMs);
    work.then(resolve, reject).finally(cancel);
  });
