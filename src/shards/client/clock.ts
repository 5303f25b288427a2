/** Time as the router sees it, so that tests hold it in their hand. */
export interface Clock {
  /** Milliseconds since 1970. In production it stands still between I/O. */
  now(): number;
  /** Calls back once after `delayMs`; the function it gives cancels that. */
  setTimer(callback: () => void, delayMs: number): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer(callback, delayMs) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

export const sleep = (clock: Clock, delayMs: number): Promise<void> =>
  new Promise((resolve) => {
    clock.setTimer(resolve, delayMs);
  });
