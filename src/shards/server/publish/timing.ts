/** Time for work that waits, so that tests hold it in their hand. */
export interface Timing {
  /** Milliseconds since 1970. */
  now(): number;
  /** Rejects once it is aborted. */
  wait(durationMs: number, signal?: AbortSignal): Promise<void>;
}

export const systemTiming: Timing = {
  now: () => Date.now(),
  wait: (durationMs, signal) => scheduler.wait(durationMs, { signal }),
};
