import { normalizedExecutor } from '@graphql-tools/executor';
import { type DocumentNode, type ExecutionArgs, type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql';
import { errorResponse } from '../core/error-response.ts';
import { HttpError } from '../core/http-error.ts';
import { requireJsonBody } from '../core/media-type.ts';
import type { RequestScope } from '../request-scope.ts';
import { type AnswerForm, answerForm } from './answer-form.ts';
import { DocumentCache } from './document-cache.ts';
import { withExactNumbers } from './exact-variables.ts';
import { asksForExplain, explainRequest } from './explain.ts';
import { operationOf } from './operation-of.ts';
import { type GraphqlParams, readParams } from './params.ts';
import { PersistedQueries } from './persisted-queries.ts';
import { toHttpResponse, toResponse } from './response.ts';
import { nestingError } from './variable-nesting.ts';
import { createYogaEndpoint, type YogaEndpoint } from './yoga-endpoint.ts';

export type GraphqlEndpoint = (request: Request, scope: RequestScope) => Promise<Response>;

export interface GraphqlEndpointOptions {
  /** Greatest body of a request, in bytes. */
  readonly maxBodyBytes: number;
  readonly documents?: DocumentCache;
  /** Yoga runs what it need not run, too. For tests, which hold both ways to an answer equal. */
  readonly isYogaAlone?: boolean;
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
  { maxBodyBytes, documents = new DocumentCache(schema), isYogaAlone = false }: GraphqlEndpointOptions,
): GraphqlEndpoint {
  const persisted = new PersistedQueries();
  let yoga: YogaEndpoint | undefined;

  const isValid = ({ document }: ParsedRequest): boolean => document !== null && documents.isValid(document);

  const answer = async (request: Request, form: AnswerForm, scope: RequestScope): Promise<Response> => {
    requireJsonBody(request);
    const params = await readParams(request, maxBodyBytes);
    try {
      const parsed = await parseRequest(request, params, schema, persisted, documents);
      if (asksForExplain(parsed.extensions, scope.caller) && isValid(parsed)) {
        return toHttpResponse(toResponse(await explainRequest(schema, parsed, scope), scope), form);
      }
      if (isValid(parsed) && !isYogaAlone) {
        const { variableValues, operationName } = parsed;
        const document = parsed.document!;
        const result = await execute({ schema, document, contextValue: scope, variableValues, operationName });
        return toHttpResponse(toResponse(result, scope), form);
      }
      yoga ??= createYogaEndpoint(schema, isYogaAlone ? null : documents);
      return await yoga.answer(request, parsed, form, scope);
    } catch (error) {
      if (error instanceof HttpError) throw error;
      // Found before anything ran, in a request that is well-formed: an answer of GraphQL.
      return toHttpResponse(toResponse({ errors: [asGraphQLError(error as Error)] }, scope), form);
    }
  };

  return async (request, scope) => {
    const form = answerForm(request);
    try {
      return await answer(request, form, scope);
    } catch (error) {
      return errorResponse(error, scope.requestId, form.type);
    }
  };
}

/** What a request asks to be executed. */
export interface ParsedRequest extends Pick<GraphqlParams, 'operationName' | 'extensions'> {
  readonly query: string;
  /** Null for a text that cannot be parsed. */
  readonly document: DocumentNode | null;
  /** With all digits of their numbers. */
  readonly variableValues: GraphqlParams['variables'];
}

async function parseRequest(
  request: Request,
  { variables, exactVariables, operationName, extensions, ...params }: GraphqlParams,
  schema: GraphQLSchema,
  persisted: PersistedQueries,
  documents: DocumentCache,
): Promise<ParsedRequest> {
  const query = await persisted.textOf({ ...params, extensions });
  const tooDeep = nestingError(variables);
  if (tooDeep) throw tooDeep;
  const document = documents.documentOf(query);
  const operation = document && operationOf(document, operationName);
  if (operation) requireSafeMethod(request, operation.operation);
  const variableValues =
    operation && variables && exactVariables
      ? withExactNumbers(schema, operation, variables, exactVariables)
      : variables;
  return { query, document, variableValues, operationName, extensions };
}

/** Throws for what must not be done by a GET, which browsers and proxies send on their own. */
function requireSafeMethod({ method }: Request, operation: string): void {
  if (method === 'POST' || operation === 'query') return;
  throw new HttpError(405, 'BAD_USER_INPUT', `Expected a ${operation} in a POST, but got it in a ${method}.`, {
    allow: 'POST',
  });
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
