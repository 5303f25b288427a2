import { setTimeout as wait } from 'node:timers/promises';
import { backoffMs } from '../../../src/shards/client/routing/backoff.ts';
import { RefusedError, UnreachableError } from '../api-client.ts';

/** How long a request is retried: restarts of shards and rollouts take less. */
export const PATIENCE_MS = 60_000;
const PAUSES = { retryPauseMs: 100, maxRetryPauseMs: 5_000 };
/** Answers of what is before the API, while it cannot reach it. */
const OF_PROXIES: ReadonlySet<number> = new Set([502, 503, 504]);

/**
 * Asks again where the same question may get an answer later. The answer has to be read by `ask`: its end may be missing.
 *
 * @param patienceMs default: a minute.
 */
export async function patiently<Answer>(ask: () => Promise<Answer>, patienceMs = PATIENCE_MS): Promise<Answer> {
  const endMs = Date.now() + patienceMs;
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      const afterMs = pauseAfter(error);
      if (afterMs === null || Date.now() + afterMs >= endMs) throw error;
      await wait(Math.max(afterMs, backoffMs(attempt, PAUSES, Math.random())));
    }
  }
}

/** Null: it will fail again. */
function pauseAfter(error: unknown): number | null {
  if (error instanceof UnreachableError) return 0;
  if (!(error instanceof RefusedError)) return null;
  return error.retryAfterMs ?? (error.code === null && OF_PROXIES.has(error.status) ? 0 : null);
}
