import type { ExecutionResult, GraphQLSchema } from 'graphql';
import type { FetchAPI, Plugin } from 'graphql-yoga';
import { createYoga, processRegularResult } from 'graphql-yoga';
import { withHints } from '../schema/misplaced-selections.ts';
import type { AnswerType } from './answer-type.ts';
import { finishOrExplain, type ServerContext, useExplain } from './explain.ts';
import { GRAPHQL_PATH } from './graphql-path.ts';
import type { KnownDocuments } from './known-documents.ts';
import { nestingError } from './nesting-limit.ts';
import type { RequestScope } from './request-scope.ts';

/** GraphQL Yoga: answers any request, and lends its serialiser. */
export interface YogaEndpoint {
  answer(request: Request, scope: RequestScope): Response | Promise<Response>;
  /** A finished result as answer: errors decide about status and headers. */
  respond(result: ExecutionResult, answerType: AnswerType): Response;
}

/** @param known null: Yoga remembers documents by itself. */
export function createYogaEndpoint(schema: GraphQLSchema, known: KnownDocuments | null): YogaEndpoint {
  const yoga = createYoga<ServerContext>({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
    plugins: [useNestingLimit(), useHints(), useExplain(), useResultFinish(), ...(known ? [known.usePlugin()] : [])],
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
  return {
    // `handleRequest` instead of `fetch`: no abort signal is listened to, which costs more than a point read's SQL. Yoga
    // copies the context's own properties one by one; inherited ones cost nothing.
    answer: (request, scope) => yoga.handleRequest(request, Object.create(scope) as ServerContext),
    respond: (result, answerType) =>
      processRegularResult(result as Parameters<typeof processRegularResult>[0], FETCH_API, answerType),
  };
}

/** Of which Yoga's serialiser takes the constructor of its answer. */
const FETCH_API = globalThis as unknown as FetchAPI;

/** Refuses variables that are nested too deep, before anything of them is read. */
const useNestingLimit = (): Plugin => ({
  onParams({ params: { variables }, setResult }) {
    const tooDeep = nestingError(variables);
    if (tooDeep) setResult({ errors: [tooDeep] });
  },
});

/** Hints are part of what Yoga remembers of a document that is not valid. */
const useHints = (): Plugin => ({
  onValidate({ validateFn, setValidationFn }) {
    setValidationFn((schema, document, ...rest) => withHints(schema, document, validateFn(schema, document, ...rest)));
  },
});

/** Finishes the results that Yoga makes, wherever in it they arose. */
const useResultFinish = (): Plugin<object, ServerContext> => ({
  async onResultProcess({ result, setResult, serverContext }) {
    if (Array.isArray(result) || Symbol.asyncIterator in result) return;
    setResult(await finishOrExplain(result, serverContext));
  },
});
