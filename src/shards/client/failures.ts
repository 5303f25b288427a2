/** The router's own failures. Their messages name no shard: where a row lives is not the client's business. */
import { ShardQLError } from '../errors.ts';

/** `cause` is for logs; it never reaches a client. */
function unavailable(message: string, retryAfterMs: number, cause?: unknown): ShardQLError {
  const error = new ShardQLError('SHARD_UNAVAILABLE', message, { retryable: true, retryAfterMs });
  error.cause = cause;
  return error;
}

/** Nothing was sent. */
export const overloaded = (retryAfterMs: number): ShardQLError =>
  new ShardQLError(
    'OVERLOADED',
    'Expected a shard with room for one more call, but got one that is busy. Repeat the request later.',
    { retryable: true, retryAfterMs },
  );

export const shardFailed = (cause: unknown, retryAfterMs: number): ShardQLError =>
  unavailable(
    'Expected an answer from a shard, but got none that can be used. Repeat the request later.',
    retryAfterMs,
    cause,
  );

/** SQLite found no room in the middle of a transaction, which it has rolled back. Settings keep shards from getting there. */
export function shardFull(cause: unknown): ShardQLError {
  const error = new ShardQLError(
    'SHARD_FULL',
    'Expected a shard with room for this request, but got one at the limit of the platform. Delete or purge rows first, in smaller portions.',
    { retryable: false },
  );
  error.cause = cause;
  return error;
}

/** A write was not made, and will not be. */
export function nothingWritten(cause: ShardQLError): ShardQLError {
  const error = new ShardQLError(cause.code, `${cause.message} Nothing of this write was made.`, cause.details);
  error.cause = cause;
  return error;
}

/** The call was sent and may have been applied: a plain repeat could apply it twice. */
export function writeInDoubt(cause: ShardQLError): ShardQLError {
  const message = `${cause.message} The write may or may not have been applied: read before you repeat it.`;
  // What was refused for want of room is another attempt than the one in doubt.
  const code = cause.code === 'OVERLOADED' ? 'SHARD_UNAVAILABLE' : cause.code;
  const error = new ShardQLError(code, message, { retryable: false });
  error.cause = cause;
  return error;
}

export const placementInMotion = (retryAfterMs: number): ShardQLError =>
  unavailable(
    'Expected the rows to have a place, but got rows that are being moved. Repeat the request later.',
    retryAfterMs,
  );

export const catalogFailed = (cause: unknown, retryAfterMs: number): ShardQLError =>
  unavailable(
    'Expected to learn where the rows live, but got no answer. Repeat the request later.',
    retryAfterMs,
    cause,
  );

export const deadlineExceeded = (deadlineMs: number): ShardQLError =>
  new ShardQLError('DEADLINE_EXCEEDED', `Expected an answer within ${deadlineMs} ms, but got none.`, {
    retryable: true,
  });

export const tooManyShards = (shards: number, limit: number): ShardQLError =>
  new ShardQLError(
    'FANOUT_LIMIT_EXCEEDED',
    `Expected a request over at most ${limit} shards, but got one over ${shards}. Give a shard key.`,
  );

export const tooManyCalls = (limit: number): ShardQLError =>
  new ShardQLError(
    'FANOUT_LIMIT_EXCEEDED',
    `Expected a request that needs at most ${limit} calls to shards, but got one that needs more. Give shard keys, or ask for less at once.`,
  );

export const answersTooLarge = (limit: number): ShardQLError =>
  new ShardQLError(
    'COST_LIMIT_EXCEEDED',
    `Expected a request whose answers from shards have at most ${limit.toLocaleString('en-US')} bytes together, but got one with more. Ask for fewer rows or fields.`,
  );

export const pageTooDeep = (rows: number, limit: number): ShardQLError =>
  new ShardQLError(
    'FANOUT_LIMIT_EXCEEDED',
    `Expected offset and page size of at most ${limit} together without a shard key, but got ${rows}. Page with cursors, or give a shard key.`,
  );
