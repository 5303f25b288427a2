import type { RouterSettings } from '../settings.ts';

type BackoffSettings = Pick<RouterSettings, 'retryPauseMs' | 'maxRetryPauseMs'>;

/**
 * Pause before retry number `retry` (from 1 on), in milliseconds: between half and the whole of an exponentially growing
 * bound, at random, so that callers who failed together do not come back together. `random` is within [0, 1).
 */
export function backoffMs(retry: number, settings: BackoffSettings, random: number): number {
  const boundMs = Math.min(settings.maxRetryPauseMs, settings.retryPauseMs * 2 ** (retry - 1));
  return boundMs * (0.5 + random / 2);
}
