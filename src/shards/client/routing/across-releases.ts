import { wait } from '../../../lib/timers.ts';
import { OtherRelease } from '../../errors.ts';
import type { ShardClientContext } from '../shard-client-context.ts';
import { backoffMs } from './backoff.ts';

/** Where releases are replaced at once, a shard starts anew within a second or two. Under a gradual rollout it takes hours, which no request waits for. */
const ATTEMPTS = 4;
const PAUSES = { retryPauseMs: 200, maxRetryPauseMs: 1_000 };

/**
 * Runs `attempt` again, a few times, as long as a shard refuses it that runs another release: 0.7 to 1.4 seconds in all, within the
 * request's deadline. Attempts must be repeatable.
 *
 * @throws OtherRelease in the end, for the caller to try again.
 */
export async function acrossReleases<T>(
  { deadline, timers, random }: Pick<ShardClientContext, 'deadline' | 'timers' | 'random'>,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await attempt();
    } catch (error) {
      const pauseMs = backoffMs(count, PAUSES, random());
      const isLate = timers.now() + pauseMs >= deadline.atMs;
      if (!(error instanceof OtherRelease) || count === ATTEMPTS || isLate) throw error;
      await deadline.within(wait(timers, pauseMs));
    }
  }
}
