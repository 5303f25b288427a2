import type { ErrorCode, WireError } from '../shards/errors.ts';
import { errorToWire, ShardQLError } from '../shards/errors.ts';
import { HttpError } from './http-error.ts';

/** HTTP status of a failure that is not about HTTP; codes not listed are 500. */
const STATUS_BY_CODE: Partial<Record<ErrorCode, number>> = {
  BAD_USER_INPUT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  SHARD_UNAVAILABLE: 503,
  MIGRATION_FAILED: 503,
  DEADLINE_EXCEEDED: 503,
};

const MASKED: WireError = { code: 'INTERNAL_SERVER_ERROR', message: 'Internal server error.', details: {} };

/**
 * Every answer that is not GraphQL's own has the form of a GraphQL error too, so that clients read one shape.
 * Unknown failures are masked; the log and the client share the request id.
 */
export function errorResponse(error: unknown, requestId: string): Response {
  if (!(error instanceof ShardQLError)) log(error, requestId);
  const { code, message, details } = error instanceof ShardQLError ? errorToWire(error) : MASKED;
  const status = error instanceof HttpError ? error.status : (STATUS_BY_CODE[code] ?? 500);
  const headers = error instanceof HttpError ? error.headers : {};
  return Response.json(
    { errors: [{ message, extensions: { code, requestId, retryable: false, ...details } }] },
    { status, headers },
  );
}

function log(error: unknown, requestId: string): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  console.error(JSON.stringify({ level: 'error', requestId, error: text }));
}
