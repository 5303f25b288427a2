/** The one place where failures become GraphQL errors: known ones with their code, all others masked. */
import { GraphQLError } from 'graphql';
import { headline } from '../events/describe-error.ts';
import { report } from '../events/report.ts';
import type { Tracer } from '../lib/tracing/tracer.ts';
import { ERROR_CODES, type ErrorCode, ShardQLError } from '../shards/errors.ts';
import { UserCodeError } from './user-code-error.ts';

const MASKED_MESSAGE = 'Internal server error';

/** What of an error is for those alone who may know, and what it is logged under. */
interface ErrorOptions {
  /** What users' own code threw. Default false. */
  readonly isDevelopment?: boolean;
  /** Names of the schema that are like a wrong one. Default true. */
  readonly showsSchema?: boolean;
  /** Whose id is logged with what is masked. */
  readonly tracer?: Pick<Tracer, 'sharedTraceId'> | undefined;
}

/** graphql-js has no way to leave them out; `Or` begins a hint of ours that follows one. */
const SUGGESTION = / (?:Did you mean [^?]*|Or "[^?]*)\?/g;

/**
 * Translates an error of any phase of a request, keeping path and locations. Errors that nobody foresaw are logged and
 * shown as `INTERNAL_SERVER_ERROR` with nothing but the request id; in development, with what users' own code threw.
 */
export function toGraphQLError(
  error: unknown,
  requestId: string,
  { isDevelopment = false, showsSchema = true, tracer }: ErrorOptions = {},
): GraphQLError {
  const cause = rootCause(error);
  if (cause instanceof ShardQLError) {
    return rebuild(error, cause.message, { code: cause.code, requestId, retryable: false, ...cause.details });
  }
  const code = error instanceof GraphQLError && cause instanceof GraphQLError ? codeOf(error) : null;
  if (code !== null) {
    const { message } = error as GraphQLError;
    const shown = showsSchema ? message : message.replace(SUGGESTION, '');
    return rebuild(error, shown, { code, requestId, retryable: false });
  }
  if (isStackOverflow(cause)) {
    const message = 'Expected a document and variables of less nesting, but got one too deep to read.';
    return rebuild(error, message, { code: 'DEPTH_LIMIT_EXCEEDED', requestId, retryable: false });
  }
  const path = error instanceof GraphQLError ? error.path : undefined;
  report({
    type: 'request-failed',
    requestId,
    ...(tracer?.sharedTraceId !== undefined && { traceId: tracer.sharedTraceId }),
    path,
    error: cause instanceof UserCodeError ? cause.cause : cause,
    ...(isDevelopment && { asText: true }),
  });
  return rebuild(error, MASKED_MESSAGE, {
    code: 'INTERNAL_SERVER_ERROR',
    requestId,
    retryable: false,
    ...(isDevelopment && thrownByUsers(cause, path !== undefined)),
  });
}

/** What a field's own code threw, or why what it gave does not fit the field's type: both are its author's to mend. */
function thrownByUsers(cause: unknown, isOfField: boolean): { thrown: string; stack?: readonly string[] } | null {
  if (cause instanceof UserCodeError) return { thrown: headline(cause.cause), ...stackOf(cause.cause) };
  return isOfField && cause instanceof Error && isMisfit(cause) ? { thrown: cause.message } : null;
}

/** Lines of a stack that are shown: the others are of those who called. */
const MAX_STACK_LINES = 15;

/** Where it was thrown, as the bundle has it: GraphiQL asks `npm start` which lines of the sources these are. */
function stackOf(thrown: unknown): { readonly stack: readonly string[] } | null {
  if (!(thrown instanceof Error) || thrown.stack === undefined) return null;
  const frames = thrown.stack.split('\n').filter((line) => /^\s+at /.test(line));
  return { stack: frames.slice(0, MAX_STACK_LINES).map((line) => line.trim()) };
}

/**
 * A value that its scalar or enum cannot show. By name and words: the executor makes another error of graphql's own, and what
 * packages bring along may be another copy's.
 */
const isMisfit = ({ name, message }: Error): boolean =>
  name === 'GraphQLError' || message.includes(' cannot represent ');

/** What was thrown first, below what the executor wrapped around it. */
function rootCause(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? rootCause(error.originalError) : error;
}

/** A failure of the whole request, before any field ran. */
const isRequestError = (error: unknown): boolean => error instanceof GraphQLError && error.path === undefined;

/**
 * graphql-js reads documents and variables by recursion, and the selections of a field's answer too: it is the request that
 * ends the stack. What else goes down by recursion has bounds of its own.
 */
const isStackOverflow = (cause: unknown): boolean =>
  cause instanceof RangeError && cause.message.includes('call stack');

/** The code of an error that GraphQL itself (or Yoga) found; null if it is not one of the request. */
function codeOf(error: GraphQLError): ErrorCode | null {
  const { code } = error.extensions;
  if (typeof code === 'string') return isErrorCode(code) ? code : 'BAD_USER_INPUT';
  if (error.message.startsWith('Syntax Error:')) return 'GRAPHQL_PARSE_FAILED';
  // Without a path: wrong variables or operation name. With one: an argument that cannot be coerced, or else our bug.
  return isRequestError(error) || error.message.startsWith('Argument "') ? 'BAD_USER_INPUT' : null;
}

const isErrorCode = (code: string): code is ErrorCode => (ERROR_CODES as readonly string[]).includes(code);

/** graphql-js quotes whole values, once for each thing that is wrong with them. */
const MAX_MESSAGE_CHARACTERS = 2_000;

function rebuild(error: unknown, whole: string, extensions: Record<string, unknown>): GraphQLError {
  const message =
    whole.length <= MAX_MESSAGE_CHARACTERS ? whole : `${whole.slice(0, MAX_MESSAGE_CHARACTERS).toWellFormed()}…`;
  if (!(error instanceof GraphQLError)) return new GraphQLError(message, { extensions });
  const { nodes, source, positions, path } = error;
  return new GraphQLError(message, { nodes, source, positions, path, extensions });
}
