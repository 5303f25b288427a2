import { type ErrorCode, type ErrorDetails, ShardQLError } from '../../shards/errors.ts';

/** A failure of the HTTP request itself, with the status that HTTP has for it. */
export class HttpError extends ShardQLError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: ErrorCode,
    message: string,
    headers: Readonly<Record<string, string>> = {},
    details: ErrorDetails = {},
  ) {
    super(code, message, details);
    this.status = status;
    this.headers = headers;
  }
}

/** Throws, with the `allow` header that HTTP asks for, unless the request has one of the methods. */
export function requireMethod({ method }: Pick<Request, 'method'>, ...allowed: readonly string[]): void {
  if (allowed.includes(method)) return;
  const allow = allowed.join(', ');
  throw new HttpError(405, 'BAD_USER_INPUT', `Expected one of the methods ${allow}, but got ${method}.`, {
    allow,
  });
}

/** HTTP status of a failure of a whole request, where the failure is not about HTTP itself. Codes not listed are 400. */
const STATUS_BY_CODE: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  REQUEST_TOO_LARGE: 413,
  RATE_LIMITED: 429,
  OVERLOADED: 503,
  SHARD_UNAVAILABLE: 503,
  MIGRATION_FAILED: 503,
  DEADLINE_EXCEEDED: 503,
  SHARD_FULL: 507,
  INTERNAL_SERVER_ERROR: 500,
};

export const statusOf = (code: ErrorCode): number => STATUS_BY_CODE[code] ?? 400;
