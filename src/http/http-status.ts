import type { ErrorCode } from '../shards/errors.ts';

/** HTTP status of a failure of a whole request, where the failure is not about HTTP itself. Codes not listed are 400. */
const STATUS_BY_CODE: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  REQUEST_TOO_LARGE: 413,
  RATE_LIMITED: 429,
  SHARD_UNAVAILABLE: 503,
  MIGRATION_FAILED: 503,
  DEADLINE_EXCEEDED: 503,
  INTERNAL_SERVER_ERROR: 500,
};

export const statusOf = (code: ErrorCode): number => STATUS_BY_CODE[code] ?? 400;
