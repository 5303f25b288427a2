import { normalizedExecutor } from '@graphql-tools/executor';
import { type ExecutionArgs, type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql';
import { type AnswerForm, answerForm } from './answer-form.ts';
import { errorResponse } from './error-response.ts';
import { withExactNumbers } from './exact-variables.ts';
import { asksForExplain } from './explain.ts';
import { finishResult } from './finish-result.ts';
import { readParams } from './graphql-params.ts';
import { respond } from './graphql-response.ts';
import { HttpError } from './http-error.ts';
import { KnownDocuments } from './known-documents.ts';
import { nestingError } from './nesting-limit.ts';
import { operationOf } from './operation-of.ts';
import { PersistedQueries } from './persisted-queries.ts';
import type { RequestScope } from './request-scope.ts';
import { requireJsonBody } from './require-media.ts';
import { createYogaEndpoint, type YogaEndpoint } from './yoga-endpoint.ts';

export type GraphqlEndpoint = (request: Request, scope: RequestScope) => Promise<Response>;

export interface GraphqlEndpointOptions {
  /** Greatest body of a request, in bytes. */
  readonly maxBodyBytes: number;
  readonly documents?: KnownDocuments;
  /** Yoga runs what it need not run, too. For tests, which hold both ways to an answer equal. */
  readonly isYogaAlone?: boolean;
}

/**
 * GraphQL over HTTP: queries by GET, HEAD and POST, mutations by POST, both media types. One per isolate, since it
 * remembers parsed and validated documents.
 *
 * Every request comes in by one door: media types, parameters, persisted queries, the operation. A valid document then
 * goes to an executor past Yoga's pipeline, which costs as much as a point read; what is wrong with others, and requests
 * to be explained, are Yoga's to answer. Yoga is made when it is first needed. Both ways have one executor, and end in
 * `finishResult` and `respond`.
 */
export function createGraphqlEndpoint(
  schema: GraphQLSchema,
  { maxBodyBytes, documents = new KnownDocuments(schema), isYogaAlone = false }: GraphqlEndpointOptions,
): GraphqlEndpoint {
  const persisted = new PersistedQueries();
  let yoga: YogaEndpoint | undefined;

  const answer = async (request: Request, form: AnswerForm, scope: RequestScope): Promise<Response> => {
    requireJsonBody(request);
    const params = await readParams(request, maxBodyBytes);
    try {
      const query = await persisted.textOf(params);
      const tooDeep = nestingError(params.variables);
      if (tooDeep) throw tooDeep;
      const document = documents.documentOf(query);
      const operation = document && operationOf(document, params.operationName);
      if (operation) requireOperation(request, operation.operation);
      const { variables: given, exactVariables: exact } = params;
      const variables = operation && given && exact ? withExactNumbers(schema, operation, given, exact) : given;
      if (document && !isYogaAlone && documents.isValid(document) && !asksForExplain(params.extensions)) {
        const { operationName } = params;
        const result = await run({ schema, document, contextValue: scope, variableValues: variables, operationName });
        return respond(finishResult(result, scope), form);
      }
      yoga ??= createYogaEndpoint(schema, isYogaAlone ? null : documents);
      return await yoga.answer(request, { ...params, variables, query }, form, scope);
    } catch (error) {
      if (error instanceof HttpError) throw error;
      // Found before anything ran, in a request that is well-formed: an answer of GraphQL.
      return respond(finishResult({ errors: [asGraphQLError(error as Error)] }, scope), form);
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

/** Throws for what must not be done by a GET, which browsers and proxies send on their own. */
function requireOperation({ method }: Request, operation: string): void {
  if (method === 'POST' || operation === 'query') return;
  throw new HttpError(405, 'BAD_USER_INPUT', `Expected a ${operation} in a POST, but got it in a ${method}.`, {
    allow: 'POST',
  });
}

async function run(args: ExecutionArgs): Promise<ExecutionResult> {
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
