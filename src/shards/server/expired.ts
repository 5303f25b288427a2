import { ShardQLError } from '../errors.ts';
import type { RequestEnvelope } from '../protocol/envelope.ts';
import { TimeLimit } from '../sql/time-limit.ts';
import type { WallClock } from './clock.ts';

/** By how much the clocks of routers and shards may differ, in milliseconds. */
const CLOCK_UNCERTAINTY_MS = 500;

/** Whoever is further from its time than this has a clock that is off. */
const LONGEST_WAIT_MS = 60_000;

/**
 * Why a request is not begun: it has stood in line for so long that nobody waits for it any more. Under overload all of a shard's time
 * would go into such requests. Null: it is begun, and {@link timeLimitOf} tells until when it may go on.
 */
export function expired({ expiresAtMs }: Pick<RequestEnvelope, 'expiresAtMs'>, nowMs: number): ShardQLError | null {
  if (expiresAtMs === undefined) return null;
  const lateMs = nowMs - expiresAtMs;
  if (lateMs <= CLOCK_UNCERTAINTY_MS || lateMs > LONGEST_WAIT_MS) return null;
  return new ShardQLError(
    'DEADLINE_EXCEEDED',
    'Expected to begin while the request is waited for, but got to it too late. Nothing was done.',
    { retryable: true },
  );
}

/** How long the work of a request that has just come may go on. Null: for ever. */
export function timeLimitOf(
  { expiresAtMs }: Pick<RequestEnvelope, 'expiresAtMs'>,
  wallClock: WallClock,
): TimeLimit | null {
  if (expiresAtMs === undefined) return null;
  const leftMs = expiresAtMs + CLOCK_UNCERTAINTY_MS - wallClock();
  return leftMs < CLOCK_UNCERTAINTY_MS - LONGEST_WAIT_MS ? null : new TimeLimit(leftMs, wallClock);
}
