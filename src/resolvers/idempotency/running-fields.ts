import { ShardQLError } from '../../shards/errors.ts';

/** A field that has run for so long was given up with its request, whose time is over long before. */
const GIVEN_UP_AFTER_MS = 60_000;
/** When the other request may have ended. */
const RETRY_AFTER_MS = 250;

/** When each field began that this isolate runs now, by id. */
const beganAtMsById = new Map<string, number>();

/**
 * Runs the code of a keyed field, unless this isolate runs it already: between the commits of the first, the code of the second
 * would see half of what it does. Another isolate may run it at the same time: then each commit is made once, by either.
 *
 * @throws ShardQLError IDEMPOTENCY_CONCURRENT_REQUEST, to be tried again, while it runs.
 */
export async function runAlone<T>(id: string, nowMs: number, work: () => Promise<T>): Promise<T> {
  for (const [other, beganAtMs] of beganAtMsById) {
    if (nowMs - beganAtMs >= GIVEN_UP_AFTER_MS) beganAtMsById.delete(other);
  }
  if (beganAtMsById.has(id)) {
    throw new ShardQLError(
      'IDEMPOTENCY_CONCURRENT_REQUEST',
      'Expected no other request with the same idempotency key at the same time, but got one that has not ended. Repeat the request later.',
      { retryable: true, retryAfterMs: RETRY_AFTER_MS },
    );
  }
  beganAtMsById.set(id, nowMs);
  try {
    return await work();
  } finally {
    if (beganAtMsById.get(id) === nowMs) beganAtMsById.delete(id);
  }
}
