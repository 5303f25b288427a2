import { report } from '../../events/report.ts';
import { type ErrorCode, errorToWire, ShardQLError, type WireError } from '../../shards/errors.ts';
import { HttpError, statusOf } from './http-error.ts';

const MASKED: WireError = { code: 'INTERNAL_SERVER_ERROR', message: 'Internal server error.', details: {} };

/** What an error is called to who has asked. */
export const codeOf = (error: unknown): ErrorCode => (error instanceof ShardQLError ? error.code : MASKED.code);

/** Of a request, in answers and in the log. */
export interface RequestNames {
  readonly requestId: string;
  /** Of the trace that it is part of; undefined: of none. */
  readonly traceId?: string | undefined;
}

/**
 * Every answer that is not GraphQL's own has the form of a GraphQL error too, so that clients read one shape.
 * Unknown failures are masked; the log and the client share the request id.
 */
export function errorResponse(
  error: unknown,
  { requestId, traceId }: RequestNames,
  mediaType = 'application/json',
): Response {
  if (!(error instanceof ShardQLError)) {
    report({ type: 'request-failed', requestId, ...(traceId !== undefined && { traceId }), error });
  }
  const { code, message, details } = error instanceof ShardQLError ? errorToWire(error) : MASKED;
  const status = error instanceof HttpError ? error.status : statusOf(code);
  const headers = {
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
    ...(error instanceof HttpError && error.headers),
  };
  return new Response(
    JSON.stringify({ errors: [{ message, extensions: { code, requestId, retryable: false, ...details } }] }),
    { status, headers: { ...headers, 'content-type': `${mediaType}; charset=utf-8` } },
  );
}
