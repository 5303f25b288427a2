import { normalizedExecutor } from '@graphql-tools/executor';
import { type ExecutionArgs, type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql';
import { type AnswerType, simpleAnswerType } from './answer-type.ts';
import { finishResult } from './finish-result.ts';
import { KnownDocuments, type KnownRequest } from './known-documents.ts';
import { nestingError } from './nesting-limit.ts';
import { readText } from './read-text.ts';
import type { RequestScope } from './request-scope.ts';
import { requireAcceptable } from './require-media.ts';
import { requireParameters } from './require-parameters.ts';
import { createYogaEndpoint, type YogaEndpoint } from './yoga-endpoint.ts';

export type GraphqlEndpoint = (request: Request, scope: RequestScope) => Promise<Response>;

/**
 * GraphQL over HTTP: queries by GET and POST, mutations by POST, both media types. One per isolate, since it remembers
 * parsed and validated documents.
 *
 * Everything is Yoga's to answer, but for a plain POST of a valid document: its parameters go to an executor past Yoga's
 * pipeline, which costs as much as a point read. Yoga itself is made when it is first needed: by a request that is not
 * plain, or by a result with errors. Both ways have one executor, and end in `finishResult`.
 *
 * @param known null: Yoga answers everything. For tests, which hold both ways equal.
 */
export function createGraphqlEndpoint(
  schema: GraphQLSchema,
  known: KnownDocuments | null = new KnownDocuments(),
): GraphqlEndpoint {
  let made: YogaEndpoint | undefined;
  const yoga = (): YogaEndpoint => {
    made ??= createYogaEndpoint(schema, known);
    return made;
  };

  const outcomeOf = async (asked: KnownRequest, scope: RequestScope): Promise<ExecutionResult> => {
    const tooDeep = nestingError(asked.variableValues);
    if (tooDeep) return { errors: [tooDeep] };
    return run({ schema, contextValue: scope, ...asked });
  };

  return async (request, scope) => {
    requireAcceptable(request);
    if (request.method === 'GET') {
      requireParameters(request);
      return yoga().answer(request, scope);
    }
    const body = await readText(request);
    const answerType = simpleAnswerType(request.headers.get('accept'));
    const knownRequest = known && answerType && known.requestOf(body, schema);
    if (!knownRequest || !answerType) return yoga().answer(asJson(request, body), scope);
    const result = finishResult(await outcomeOf(knownRequest, scope), scope);
    return result.errors ? yoga().respond(result, answerType) : respond(result, answerType);
  };
}

/** The request as Yoga looks for JSON: it compares the letters of a content type, which `requireJsonBody` has judged. */
function asJson(request: Request, body: string): Request {
  const headers = new Headers(request.headers);
  headers.set('content-type', 'application/json');
  return new Request(request, { headers, body });
}

async function run(args: ExecutionArgs): Promise<ExecutionResult> {
  try {
    // Neither a subscription nor deferred: one result.
    return (await normalizedExecutor(args)) as ExecutionResult;
  } catch (error) {
    // Thrown before any field ran; what fields throw is in the result.
    if (error instanceof GraphQLError) return { errors: [error] };
    return { errors: [new GraphQLError((error as Error).message, { originalError: error as Error })] };
  }
}

/** As Yoga answers with a result that has no errors. */
const respond = (result: ExecutionResult, answerType: AnswerType): Response =>
  new Response(JSON.stringify(result), { headers: { 'content-type': `${answerType}; charset=utf-8` } });
