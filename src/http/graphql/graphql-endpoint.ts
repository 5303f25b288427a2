import { normalizedExecutor } from '@graphql-tools/executor';
import { type ExecutionArgs, type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql';
import { type Awaitable, whenThere } from '../../lib/awaitable.ts';
import type { Tracer } from '../../lib/tracing/tracer.ts';
import { badUserInput } from '../../plans/bad-user-input.ts';
import type { OperationCosts } from '../../plans/cost/operation-costs.ts';
import { queryText } from '../../resolvers/text/query-text.ts';
import { type OperationResult, WrittenData } from '../../resolvers/text/written-data.ts';
import { ShardQLError } from '../../shards/errors.ts';
import { codeOf, errorResponse } from '../core/error-response.ts';
import { HttpError } from '../core/http-error.ts';
import { requireJsonBody } from '../core/media-type.ts';
import { GRAPHQL_PATH } from '../core/paths.ts';
import type { RequestScope } from '../request-scope.ts';
import { type AnswerForm, answerForm } from './answer-form.ts';
import { mayBeLonger } from './answer-length.ts';
import { DocumentCache } from './document-cache.ts';
import { asksForExplain, explainRequest } from './explain.ts';
import { withCaching } from './http-caching.ts';
import { requireAffordable } from './operation-budget.ts';
import { fragmentsOf, operationOf } from './operation-of.ts';
import { readParams } from './params.ts';
import { type ParsedRequest, parseRequest } from './parse-request.ts';
import { PersistedDocuments } from './persisted-documents.ts';
import type { RequestLimits } from './request-limits.ts';
import { toHttpResponse, toResponse } from './response.ts';
import { createYogaEndpoint, type YogaEndpoint } from './yoga-endpoint.ts';

export type GraphqlEndpoint = (request: Request, scope: RequestScope) => Promise<Response>;

interface GraphqlEndpointOptions {
  readonly limits: RequestLimits;
  readonly documents?: DocumentCache;
  /** Default: those that clients send once, with their hash. */
  readonly persisted?: PersistedDocuments;
  /** Default: that of the API. */
  readonly path?: string;
  /** What its operations cost. Default: no operation has a budget. */
  readonly costs?: OperationCosts;
  /** Its fields have plans that can be explained. Default: true. */
  readonly hasPlans?: boolean;
  /** Yoga runs what it need not run, too. For tests, which hold all ways to an answer equal. */
  readonly isYogaAlone?: boolean;
  /** The executor shows what plans could write, too. For the same. */
  readonly isExecutorAlone?: boolean;
}

/**
 * GraphQL over HTTP: queries by GET, HEAD and POST, mutations by POST, both media types. One per isolate, since it
 * remembers parsed and validated documents.
 *
 * Requests whose document is valid go straight to the executor: Yoga's pipeline costs as much as a point read. Yoga
 * answers the others, and is made when it is first needed.
 */
export function createGraphqlEndpoint(
  schema: GraphQLSchema,
  {
    limits,
    documents = new DocumentCache(schema, limits),
    persisted = new PersistedDocuments(undefined, false),
    costs,
    path = GRAPHQL_PATH,
    hasPlans = true,
    isYogaAlone = false,
    isExecutorAlone = false,
  }: GraphqlEndpointOptions,
): GraphqlEndpoint {
  let yoga: YogaEndpoint | undefined;

  /** Of answers that show no rows. */
  const short = { limit: limits.answerBytes, mayExceed: false };

  const isValid = ({ document }: ParsedRequest): boolean => document !== null && documents.isValid(document);

  const answer = async (request: Request, form: AnswerForm, scope: RequestScope): Promise<Response> => {
    const { method } = request;
    requireJsonBody(request, method);
    const params = await readParams(request, method, limits.bodyBytes);
    try {
      const parsing = parseRequest(method, params, schema, persisted, documents);
      const parsed = parsing instanceof Promise ? await parsing : parsing;
      if (asksForExplain(parsed.extensions, scope.caller) && isValid(parsed)) {
        if (!hasPlans) throw badUserInput('Expected explain of /graphql alone, but got it elsewhere.');
        return toHttpResponse(await toResponse(await explainRequest(schema, parsed, scope), scope), form, short);
      }
      if (isValid(parsed)) scope.meter?.ran(parsed.document!, parsed.operationName, schema);
      if (scope.tracer && isValid(parsed)) describeOperation(scope.tracer, parsed);
      if (costs && isValid(parsed)) requireAffordable(costs, limits.cost, parsed, scope);
      if (isValid(parsed) && !isYogaAlone) {
        const { variableValues, operationName } = parsed;
        const document = parsed.document!;
        const isCached = method === 'GET' && persisted.has(parsed.query);
        if (isCached) scope.reader.leaveHalfToHttpCaches();
        const hideSuggestions = scope.showsSchema === false;
        const asked = { schema, document, contextValue: scope, variableValues, operationName, hideSuggestions };
        const executed =
          isExecutorAlone || !hasPlans ? execute(asked) : writeOrExecute(asked, scope, limits.answerBytes);
        // What memory has is there, and needs no timer.
        const result = executed instanceof Promise ? await endingIn(limits.deadlineMs, executed, scope) : executed;
        const mayExceed = mayBeLonger(limits.answerBytes, scope, documents.aliasesOf(document));
        const responding = toResponse(result, scope);
        const response = responding instanceof Promise ? await responding : responding;
        const shown = toHttpResponse(response, form, { ...short, mayExceed });
        return isCached ? await withCaching(request, shown, response, form, scope) : shown;
      }
      yoga ??= createYogaEndpoint(schema, path, limits.answerBytes, isYogaAlone ? null : documents);
      return await yoga.answer(request, parsed, form, scope);
    } catch (error) {
      if (error instanceof HttpError) throw error;
      // Found before anything ran, in a request that is well-formed: an answer of GraphQL.
      return toHttpResponse(await toResponse({ errors: [asGraphQLError(error as Error)] }, scope), form, short);
    }
  };

  return async (request, scope) => {
    const form = answerForm(request);
    try {
      return await answer(request, form, scope);
    } catch (error) {
      if (error instanceof ShardQLError) scope.deny?.(error.code);
      scope.meter?.failed(codeOf(error));
      const { requestId, tracer } = scope;
      return errorResponse(error, { requestId, traceId: tracer?.sharedTraceId }, form.type);
    }
  };
}

/** After the calls to shards have ended, fields may still show what they have. */
const GRACE_MS = 100;

/**
 * The result, or that the time is over: calls to shards end by themselves, but what users' code waits for may not. Work that has been
 * begun goes on.
 */
const endingIn = (
  limitMs: number,
  result: Promise<OperationResult>,
  { shards }: RequestScope,
): Promise<OperationResult> =>
  shards.endingBy(Date.now() + limitMs + GRACE_MS, result, () => {
    const message = `Expected an answer within ${limitMs} ms, but got none. Ask for less, or repeat the request later; after a mutation, read first.`;
    return { errors: [asGraphQLError(new ShardQLError('DEADLINE_EXCEEDED', message))] };
  });

/** By the names that OpenTelemetry has for it (opentelemetry.io/docs/specs/semconv/graphql). */
function describeOperation({ root }: Tracer, { document, operationName }: ParsedRequest): void {
  const { operation, name } = operationOf(document!, operationName);
  root.set({ 'graphql.operation.type': operation, 'graphql.operation.name': name?.value });
}

/** What the plan of an operation does not write, the executor shows. */
function writeOrExecute(asked: ExecutionArgs, scope: RequestScope, maxCharacters: number): Awaitable<OperationResult> {
  const { schema, document, operationName = null, variableValues } = asked;
  const operation = operationOf(document, operationName);
  const text = queryText(
    { schema, operation, fragments: fragmentsOf(document), variables: variableValues ?? {} },
    scope,
    maxCharacters,
  );
  return whenThere(
    text,
    (written): Awaitable<OperationResult> => (written === null ? execute(asked) : { data: new WrittenData(written) }),
  );
}

async function execute(args: ExecutionArgs): Promise<ExecutionResult> {
  try {
    // Neither a subscription nor deferred: one result.
    return (await normalizedExecutor(args)) as ExecutionResult;
  } catch (error) {
    // Thrown before any field ran; what fields throw is in the result.
    return { errors: [asGraphQLError(error as Error)] };
  }
}

const asGraphQLError = (error: Error): GraphQLError =>
  error instanceof GraphQLError ? error : new GraphQLError(error.message, { originalError: error });
