/** The form of answers to GraphQL requests, whichever way their results were made. */
import type { GraphQLError } from 'graphql';
import { type Awaitable, whenThere } from '../../lib/awaitable.ts';
import { compareUtf8 } from '../../lib/compare-utf8.ts';
import { outlinePlan } from '../../plans/explain/plan-outline.ts';
import { toGraphQLError } from '../../resolvers/graphql-error.ts';
import { type OperationResult, WrittenData } from '../../resolvers/text/written-data.ts';
import type { ErrorCode } from '../../shards/errors.ts';
import { statusOf as statusOfCode } from '../core/http-error.ts';
import { endpointResponse } from '../core/usual-headers.ts';
import type { RequestScope } from '../request-scope.ts';
import { sessionToken } from '../session-token.ts';
import { traceSteps } from '../tracing/trace-steps.ts';
import type { AnswerForm } from './answer-form.ts';
import { isLonger } from './answer-length.ts';
import { compareErrors } from './error-order.ts';

/** What a response needs to know of its request. */
type ResponseScope = Pick<
  RequestScope,
  | 'requestId'
  | 'deny'
  | 'isDevelopment'
  | 'showsSchema'
  | 'isTraced'
  | 'shards'
  | 'reader'
  | 'cost'
  | 'sealer'
  | 'hints'
  | 'meter'
  | 'tracer'
>;

/** A GraphQL response: the result with its errors translated and masked, and `extensions` about the request. */
export function toResponse(result: OperationResult, scope: ResponseScope): Awaitable<OperationResult> {
  const { requestId, isTraced, cost, hints = [] } = scope;
  const errors = result.errors?.map((error) => toGraphQLError(error, requestId, scope));
  if (errors) countErrors(errors, scope);
  if (errors && scope.sealer) errors.sort(compareErrors);
  const { operations } = scope.reader;
  const isRead = scope.reader.hasRead;
  if (!isRead && !isTraced && cost === undefined && hints.length === 0)
    return errors ? withErrors(result, errors) : result;
  return whenThere(isRead ? sessionToken(scope) : null, (token) => {
    // First, since people look for an operation's id here.
    const extensions: Record<string, unknown> = { ...result.extensions };
    if (operations.length > 0) extensions.operations = operations;
    if (isRead) extensions.consistency = consistencyOf(scope, token);
    if (hints.length > 0) extensions.hints = hints;
    if (cost) extensions.cost = cost;
    if (isTraced) extensions.trace = traceOf(scope);
    return { ...(errors ? withErrors(result, errors) : result), extensions } as OperationResult;
  });
}

const withErrors = (result: OperationResult, errors: readonly GraphQLError[]): OperationResult =>
  ({ ...result, errors }) as OperationResult;

/** A code counts once, however many fields fail with it. */
function countErrors(errors: readonly GraphQLError[], { deny, meter }: ResponseScope): void {
  for (const code of new Set(errors.map(({ extensions }) => extensions.code as ErrorCode))) {
    meter?.failed(code);
    deny?.(code);
  }
}

/** Versions, ages and sources reveal commits that callers with rules may not see; and so does which field was answered first. */
function consistencyOf(scope: ResponseScope, token: string | null) {
  if (!scope.sealer) return { token, fields: scope.reader.fields };
  const fields = scope.reader.fieldModes.toSorted((a, b) => compareUtf8(a.path.join('\n'), b.path.join('\n')));
  return { token, fields };
}

function traceOf({ shards: { trace }, reader, tracer }: ResponseScope) {
  const { shards, rpcs, statements, rowsRead, rowsWritten } = trace;
  const { reads: kvReads, hits: kvHits } = reader.kvCounts;
  const plans = reader.reads.map(({ path, node, keys, shards, asOf, meter, rowsReturned }) => ({
    path,
    table: node.table,
    keys,
    shards,
    asOf,
    rowsRead: meter.rowsRead,
    rowsReturned,
    plan: outlinePlan(node),
  }));
  return {
    shards: [...shards].sort(),
    rpcs,
    statements,
    rowsRead,
    rowsWritten,
    kvReads,
    kvHits,
    plans,
    steps: tracer ? traceSteps(tracer) : [],
  };
}

/** Length of a text below which compressing it saves no packet. */
const MIN_GZIP_CHARACTERS = 1_000;

interface AnswerLength {
  /** Bytes. */
  readonly limit: number;
  /** False: it is known to be shorter. */
  readonly mayExceed: boolean;
}

/**
 * A GraphQL response over HTTP. Status by GraphQL over HTTP: 200 wherever there is `data`, null too; without, clients of
 * `application/json` get 200 as well, by which they recognise a GraphQL answer.
 */
export function toHttpResponse(response: OperationResult, form: AnswerForm, length: AnswerLength): Response {
  const { type } = form;
  const text = textOf(response, length);
  const status = type === 'application/json' || 'data' in response ? 200 : statusOf(response);
  const shown = endpointResponse(text, status, `${type}; charset=utf-8`);
  // The header makes the runtime compress. Cloudflare's network compresses `application/json` by itself, at no CPU of the
  // Worker's; the other type it does not know.
  if (type !== 'application/json' && text.length >= MIN_GZIP_CHARACTERS && form.acceptsGzip())
    shown.headers.set('content-encoding', 'gzip');
  return shown;
}

function textOf(response: OperationResult, { limit, mayExceed }: AnswerLength): string {
  if (mayExceed && isLonger(response, limit)) return tooLongText(response, limit);
  try {
    const text = jsonOf(response);
    return isLongerInBytes(text, limit) ? tooLongText(response, limit) : text;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return tooLongText(response, limit);
  }
}

/** As `JSON.stringify` writes it, around what is written already. */
function jsonOf(response: OperationResult): string {
  const { data, extensions } = response;
  if (!(data instanceof WrittenData)) return JSON.stringify(response);
  return `{"data":${data.text}${extensions === undefined ? '' : `,"extensions":${JSON.stringify(extensions)}`}}`;
}

/** What was changed stays changed, and its extensions say so: only the rows cannot be shown. */
function tooLongText(response: OperationResult, limit: number): string {
  const extensions = { code: 'COST_LIMIT_EXCEEDED' satisfies ErrorCode, retryable: false };
  const message = `Expected an answer of at most ${limit.toLocaleString('en-US')} bytes, but got a longer one. Select fewer rows or fields.`;
  return JSON.stringify({ ...response, data: null, errors: [{ message, extensions }] });
}

/** A character takes one to three bytes. */
const isLongerInBytes = (text: string, limit: number): boolean =>
  text.length > limit || (text.length * 3 > limit && new TextEncoder().encode(text).length > limit);

/** Of what has no `data`: errors, each with a code; or what was explained. */
const statusOf = ({ errors }: OperationResult): number =>
  errors === undefined ? 200 : statusOfCode(errors[0]!.extensions.code as ErrorCode);
