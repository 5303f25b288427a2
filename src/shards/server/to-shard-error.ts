import { report } from '../../events/report.ts';
import { ShardQLError } from '../errors.ts';
import { StatementError } from '../sql/statement-error.ts';

/** What was asked for when something went wrong, for the log. */
interface Asked {
  /** Method of the shard. */
  readonly method: string;
  /** GraphQL type of the table, where there is one. */
  readonly table?: string | undefined;
  readonly requestId?: string | undefined;
  readonly traceId?: string | undefined;
}

/**
 * What a shard answers with for an error. Expected ones are themselves. An unexpected error is our bug: it is
 * logged here, once, and masked; the shard goes on.
 *
 * @throws what the platform or the storage below has failed with: then the shard is lost, and its caller must see that.
 */
export function toShardError(error: unknown, asked: Asked): ShardQLError {
  if (error instanceof ShardQLError) return error;
  if (isLost(error)) throw error;
  report({ type: 'shard-request-failed', ...asked, ...describe(error) });
  return new ShardQLError('INTERNAL_SERVER_ERROR', 'Internal server error.');
}

/** True for what is no failure of a request, but of the object that answers it. */
export function isLost(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof StatementError) return false;
  const { retryable, overloaded, durableObjectReset, remote } = error as PlatformFlags;
  return [retryable, overloaded, durableObjectReset, remote].includes(true) || /\bSQLITE_[A-Z]+/.test(error.message);
}

/** What the platform notes on its exceptions. */
interface PlatformFlags {
  readonly retryable?: boolean;
  readonly overloaded?: boolean;
  readonly durableObjectReset?: boolean;
  readonly remote?: boolean;
}

/** SQL text holds no values; what SQLite says may. */
const describe = (error: unknown) =>
  error instanceof StatementError ? { statement: error.kind, sql: error.sql, reason: error.reason } : { error };
