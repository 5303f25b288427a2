/** The form of answers to GraphQL requests, whichever way their results were made. */
import type { ExecutionResult } from 'graphql';
import { outlinePlan } from '../../plans/explain/plan-outline.ts';
import { toGraphQLError } from '../../resolvers/graphql-error.ts';
import type { ErrorCode } from '../../shards/errors.ts';
import { statusOf as statusOfCode } from '../core/http-error.ts';
import type { RequestScope } from '../request-scope.ts';
import type { AnswerForm } from './answer-form.ts';

/** What a response needs to know of its request. */
type ResponseScope = Pick<
  RequestScope,
  'requestId' | 'isDevelopment' | 'showsSchema' | 'isTraced' | 'shards' | 'reader'
>;

/** A GraphQL response: the result with its errors translated and masked, and `extensions` about the request. */
export function toResponse(result: ExecutionResult, scope: ResponseScope): ExecutionResult {
  const { requestId, isTraced } = scope;
  const errors = result.errors?.map((error) => toGraphQLError(error, requestId, scope));
  const consistency = scope.reader.report;
  const { operations } = scope.reader;
  const isRead = consistency.fields.length > 0;
  if (!isRead && !isTraced) return errors ? { ...result, errors } : result;
  const extensions = {
    ...result.extensions,
    // First, since people look for an operation's id here.
    ...(operations.length > 0 && { operations }),
    ...(isRead && { consistency }),
    ...(isTraced && { trace: traceOf(scope) }),
  };
  return { ...result, ...(errors && { errors }), extensions };
}

function traceOf({ shards: { trace }, reader }: ResponseScope) {
  const { shards, rpcs, statements, rowsRead, rowsWritten } = trace;
  const { reads: kvReads, hits: kvHits } = reader.kvCounts;
  const plans = reader.reads.map(({ path, node, keys, shards, asOf }) => ({
    path,
    table: node.table,
    keys,
    shards,
    asOf,
    plan: outlinePlan(node),
  }));
  return { shards: [...shards].sort(), rpcs, statements, rowsRead, rowsWritten, kvReads, kvHits, plans };
}

/** Length of a text below which compressing it saves no packet. */
const MIN_GZIP_CHARACTERS = 1_000;

/**
 * A GraphQL response over HTTP. Status by GraphQL over HTTP: 200 wherever there is `data`, null too; without, clients of
 * `application/json` get 200 as well, by which they recognise a GraphQL answer.
 */
export function toHttpResponse(response: ExecutionResult, { type, gzip }: AnswerForm): Response {
  const text = textOf(response);
  const headers: Record<string, string> = { 'content-type': `${type}; charset=utf-8` };
  // The header makes the runtime compress. Cloudflare's network compresses `application/json` by itself, at no CPU of the
  // Worker's; the other type it does not know.
  if (gzip && type !== 'application/json' && text.length >= MIN_GZIP_CHARACTERS) headers['content-encoding'] = 'gzip';
  return new Response(text, {
    status: type === 'application/json' || 'data' in response ? 200 : statusOf(response),
    headers,
  });
}

/** What was changed stays changed, and its extensions say so: only the rows cannot be shown. */
function textOf(response: ExecutionResult): string {
  try {
    return JSON.stringify(response);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const extensions = { code: 'COST_LIMIT_EXCEEDED' satisfies ErrorCode, retryable: false };
    const message = 'Expected an answer that fits into a text, but got a longer one. Select less.';
    return JSON.stringify({ ...response, data: null, errors: [{ message, extensions }] });
  }
}

/** Of what has no `data`: errors, each with a code; or what was explained. */
const statusOf = ({ errors }: ExecutionResult): number =>
  errors === undefined ? 200 : statusOfCode(errors[0]!.extensions.code as ErrorCode);
