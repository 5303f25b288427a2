/**
 * The public error codes (closed set) and how errors cross the RPC boundary: as data, never as exceptions, because an
 * exception would break the stub and lose its fields. Only the unexpected is thrown.
 */

export const ERROR_CODES = [
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'CONFLICT',
  'CONFIRMATION_REFUSED',
  'UNIQUE_VIOLATION',
  'FOREIGN_KEY_VIOLATION',
  'NOT_NULL_VIOLATION',
  'CHECK_VIOLATION',
  'INVALID_VALUE',
  'VALUE_TOO_LARGE',
  'RATE_LIMITED',
  'COST_LIMIT_EXCEEDED',
  'DEPTH_LIMIT_EXCEEDED',
  'FANOUT_LIMIT_EXCEEDED',
  'TOKEN_LIMIT_EXCEEDED',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_ONLY',
  'OVERLOADED',
  'SHARD_UNAVAILABLE',
  'SHARD_FULL',
  'ARCHIVE_UNREADABLE',
  'MIGRATION_FAILED',
  'OPERATION_LIMIT_EXCEEDED',
  'REQUEST_TOO_LARGE',
  'DEADLINE_EXCEEDED',
  'IDEMPOTENCY_CONCURRENT_REQUEST',
  'IDEMPOTENCY_KEY_PARAMETER_MISMATCH',
  'INTERNAL_SERVER_ERROR',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/**
 * What is wrong with the confirmation of an operator's action: there is none; it is too old; it is of other arguments or of another
 * caller; or what it was computed on has changed since.
 */
export type ConfirmationProblem = 'MISSING' | 'EXPIRED' | 'OTHER' | 'STALE';

/** What a failure says besides its code and message. Names are GraphQL names, never SQL. */
export interface ErrorDetails {
  readonly table?: string;
  readonly field?: string;
  /** Name of the violated key, check or foreign key. */
  readonly constraint?: string;
  /** `INVALID_VALUE`: the rule of the model that was broken (`minLength`, …; `custom`: a function or a schema). */
  readonly rule?: string;
  /** `FORBIDDEN` in development: the access rule that refuses, as in `Order.access.customer.update.where`. */
  readonly accessRule?: string | undefined;
  /** A repeat of the same request may succeed. */
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
  /** `CONFLICT`: the row's version now. */
  readonly currentVersion?: string;
  /**
   * Names and indices from the arguments of the mutation to the part of them that failed: `["data", "items", "create", 2]`. A shard
   * knows the members of its operation alone, and names them where they tell more than that.
   */
  readonly inputPath?: readonly (string | number)[];
  /** `CONFIRMATION_REFUSED`: what is wrong with it. */
  readonly problem?: ConfirmationProblem;
  /** `INVALID_VALUE` of a stored value: primary key of the row that holds it. */
  readonly key?: Readonly<Record<string, string | number | null>>;
}

/** An expected failure. Its message is shown to clients: it states what was expected, then "but got …", and no internals. */
export class ShardQLError extends Error {
  override readonly name = 'ShardQLError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/**
 * A shard was asked for what its release does not have: for some minutes, or hours, of a deploy it is not that of the router.
 * Nothing was done. `SHARD_UNAVAILABLE`, to be tried again.
 */
export class OtherRelease extends ShardQLError {
  constructor(message: string) {
    super('SHARD_UNAVAILABLE', message, { retryable: true, retryAfterMs: OTHER_RELEASE_RETRY_MS });
  }
}

/** A shard brings its rows to the schema of its release, which takes long. Nothing was done. `SHARD_UNAVAILABLE`, to be tried again. */
export class Migrating extends ShardQLError {
  constructor(message: string, retryAfterMs: number) {
    super('SHARD_UNAVAILABLE', message, { retryable: true, retryAfterMs });
  }
}

/** What refusals of a shard that is migrating are counted as, beside the codes. */
export const MIGRATING = 'MIGRATING';

/** Shards of another release are replaced one after the other. */
const OTHER_RELEASE_RETRY_MS = 5_000;

/** A {@link ShardQLError} as data. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
  /** It is an {@link OtherRelease}. Absent: it is not. */
  readonly isOfOtherRelease?: true;
  /** It is a {@link Migrating}. Absent: it is not. */
  readonly isMigrating?: true;
}

export const errorToWire = (error: ShardQLError): WireError => ({
  code: error.code,
  message: error.message,
  details: error.details,
  ...(error instanceof OtherRelease && { isOfOtherRelease: true }),
  ...(error instanceof Migrating && { isMigrating: true }),
});

export function wireToError({ code, message, details, isOfOtherRelease }: WireError): ShardQLError {
  return isOfOtherRelease ? new OtherRelease(message) : new ShardQLError(code, message, details);
}

/** A failure of a write, which wrote nothing. */
export class FailedOperation extends ShardQLError {
  /** Of the operation in the request; null: the request as a whole failed. */
  readonly index: number | null;
  /** Index of the row in the operation; undefined if that has no rows of its own. */
  readonly row: number | undefined;

  constructor({ code, message, details }: WireError, index: number | null, row?: number) {
    super(code, message, details);
    this.index = index;
    this.row = row;
  }
}
