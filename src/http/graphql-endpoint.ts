import { type ExecutionArgs, type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql';
import type { FetchAPI, Plugin } from 'graphql-yoga';
import { createYoga, processRegularResult } from 'graphql-yoga';
import { type AnswerType, simpleAnswerType } from './answer-type.ts';
import { finishOrExplain, type ServerContext, useExplain } from './explain.ts';
import { finishResult } from './finish-result.ts';
import { type DocumentReader, KnownDocuments } from './known-documents.ts';
import { nestingError } from './nesting-limit.ts';
import type { RequestScope } from './request-scope.ts';
import { requireJsonParameters } from './require-json-parameters.ts';
import { requireAcceptable } from './require-media.ts';

export const GRAPHQL_PATH = '/graphql';

export type GraphqlEndpoint = (request: Request, scope: RequestScope) => Promise<Response>;

/**
 * GraphQL over HTTP: queries by GET and POST, mutations by POST, both media types. One per isolate, since it remembers
 * parsed and validated documents.
 *
 * Everything is Yoga's to answer, but for a plain POST of a document that Yoga's parser and validation find valid: its
 * parameters go to Yoga's executor and its result to Yoga's serialiser, past the pipeline around them, which costs as much
 * as a point read. Both ways end in `finishResult`.
 *
 * @param known null: Yoga answers everything. For tests, which hold both ways equal.
 */
export function createGraphqlEndpoint(
  schema: GraphQLSchema,
  known: KnownDocuments | null = new KnownDocuments(),
): GraphqlEndpoint {
  const yoga = createYoga<ServerContext>({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
    plugins: [useNestingLimit(), useExplain(), useResultFinish(), ...(known ? [known.usePlugin()] : [])],
    parserAndValidationCache: known?.yogaCaches ?? true,
    // Errors are translated and masked by `finishResult`, the body is limited by the caller (see `limitBody`).
    maskedErrors: false,
    maxRequestBodySize: false,
    multipart: false,
    batching: false,
    cors: false,
    graphiql: false,
    landingPage: false,
    logging: false,
  });
  // `handleRequest` instead of `fetch`: no abort signal is listened to, which costs more than a point read's SQL. Yoga
  // copies the context's own properties one by one; inherited ones cost nothing.
  const askYoga = (request: Request, scope: RequestScope): Response | Promise<Response> =>
    yoga.handleRequest(request, Object.create(scope) as ServerContext);
  const { parse, validate, execute } = yoga.getEnveloped();
  const reader: DocumentReader = { parse, validate: (document) => validate(schema, document) };

  return async (request, scope) => {
    requireAcceptable(request);
    if (request.method === 'GET') requireJsonParameters(request);
    const answerType = known && isPlainPost(request) ? simpleAnswerType(request.headers.get('accept')) : null;
    if (known === null || answerType === null) return askYoga(request, scope);
    const body = await request.text();
    const knownRequest = known.requestOf(body, reader);
    if (knownRequest === null) return askYoga(new Request(request, { body }), scope);
    const tooDeep = nestingError(knownRequest.variableValues);
    const result = tooDeep
      ? { errors: [tooDeep] }
      : await run(execute, { schema, contextValue: scope, ...knownRequest });
    return toResponse(finishResult(result, scope), answerType);
  };
}

/** As Yoga looks for JSON bodies; `requireJsonBody` lets more forms of the header pass. */
function isPlainPost(request: Request): boolean {
  if (request.method !== 'POST') return false;
  const contentType = request.headers.get('content-type');
  return contentType === 'application/json' || contentType === 'application/json; charset=utf-8';
}

type Execute = (args: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult>;

async function run(execute: Execute, args: ExecutionArgs): Promise<ExecutionResult> {
  try {
    return await execute(args);
  } catch (error) {
    // Thrown before any field ran; what fields throw is in the result.
    if (error instanceof GraphQLError) return { errors: [error] };
    return { errors: [new GraphQLError((error as Error).message, { originalError: error as Error })] };
  }
}

const toResponse = (result: ExecutionResult, answerType: AnswerType): Response =>
  processRegularResult(result as Parameters<typeof processRegularResult>[0], FETCH_API, answerType);

/** Of which Yoga's serialiser takes the constructor of its answer. */
const FETCH_API = globalThis as unknown as FetchAPI;

/** Refuses variables that are nested too deep, before anything of them is read. */
const useNestingLimit = (): Plugin => ({
  onParams({ params: { variables }, setResult }) {
    const tooDeep = nestingError(variables);
    if (tooDeep) setResult({ errors: [tooDeep] });
  },
});

/** Finishes the results that Yoga makes, wherever in it they arose. */
const useResultFinish = (): Plugin<object, ServerContext> => ({
  async onResultProcess({ result, setResult, serverContext }) {
    if (Array.isArray(result) || Symbol.asyncIterator in result) return;
    setResult(await finishOrExplain(result, serverContext));
  },
});
