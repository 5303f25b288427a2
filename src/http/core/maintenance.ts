import { HttpError } from './http-error.ts';

/** When clients should try again, in seconds. */
const RETRY_AFTER_SECONDS = 60;

export const inMaintenance = (): HttpError =>
  new HttpError(
    503,
    'SHARD_UNAVAILABLE',
    'Expected a deployment that serves, but got one in maintenance. Repeat the request later.',
    { 'retry-after': String(RETRY_AFTER_SECONDS) },
    { retryable: true, retryAfterMs: RETRY_AFTER_SECONDS * 1000 },
  );
