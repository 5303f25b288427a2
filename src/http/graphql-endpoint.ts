import type { GraphQLError, GraphQLSchema } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { createYoga } from 'graphql-yoga';
import type { RequestContext } from '../resolvers/context.ts';
import { toGraphQLError } from '../resolvers/graphql-error.ts';

import { HttpError } from './http-error.ts';
import type { RequestScope } from './request-scope.ts';

export const GRAPHQL_PATH = '/graphql';

export type GraphqlEndpoint = (request: Request, scope: RequestScope) => Promise<Response>;

type ServerContext = RequestContext & Pick<RequestScope, 'isTraced'>;

/**
 * GraphQL over HTTP: queries by GET and POST, mutations by POST, both media types. One per isolate, since it remembers
 * parsed and validated documents.
 */
export function createGraphqlEndpoint(schema: GraphQLSchema): GraphqlEndpoint {
  const yoga = createYoga<ServerContext>({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
    plugins: [useResultFinish()],
    // Errors are translated and masked by `useResultFinish`, the body is limited by the caller (see `limitBody`).
    maskedErrors: false,
    maxRequestBodySize: false,
    multipart: false,
    batching: false,
    cors: false,
    graphiql: false,
    landingPage: false,
    logging: false,
  });
  return async (request, scope) => {
    // `handleRequest` instead of `fetch`: no abort signal is listened to, which costs more than a point read's SQL. Yoga
    // copies the context's own properties one by one; inherited ones cost nothing.
    const response = await yoga.handleRequest(request, Object.create(scope) as ServerContext);
    if (response.status === 406) throw notAcceptable(request);
    return response;
  };
}

/**
 * Throws unless the body says that it is JSON. Yoga would take forms and plain GraphQL text as well: content types that
 * a page of another origin may send without the browser asking first.
 */
export function requireJson(request: Request): void {
  if (request.method !== 'POST') return;
  const got = request.headers.get('content-type');
  if (got !== null && /^application\/json\s*(;|$)/i.test(got)) return;
  const message = `Expected the content type application/json, but got ${got === null ? 'none' : `"${got}"`}.`;
  throw new HttpError(415, 'BAD_USER_INPUT', message);
}

function notAcceptable(request: Request): HttpError {
  const got = request.headers.get('accept');
  const message = `Expected to be allowed application/graphql-response+json or application/json, but got "${got}".`;
  return new HttpError(406, 'BAD_USER_INPUT', message);
}

/** Translates and masks the errors of every result, wherever in Yoga they arose, and adds the trace where asked for. */
function useResultFinish(): Plugin<object, ServerContext> {
  return {
    onResultProcess({ result, setResult, serverContext }) {
      if (Array.isArray(result) || Symbol.asyncIterator in result) return;
      const { requestId, isTraced, shards } = serverContext;
      const errors = result.errors?.map((error) => finishError(error, requestId));
      const extensions = isTraced ? { ...result.extensions, trace: traceOf(shards.trace) } : result.extensions;
      if (errors || isTraced) setResult({ ...result, ...(errors && { errors }), ...(extensions && { extensions }) });
    },
  };
}

function finishError(error: GraphQLError, requestId: string): GraphQLError {
  const finished = toGraphQLError(error, requestId);
  // Yoga's mark of a body that is no JSON: no GraphQL request at all, so a failure of HTTP for both media types.
  if (error.extensions?.originalError) finished.extensions.http = { status: 400 };
  return finished;
}

const traceOf = ({ shards, rpcs, statements, rowsRead, rowsWritten }: RequestContext['shards']['trace']) => ({
  shards: [...shards].sort(),
  rpcs,
  statements,
  rowsRead,
  rowsWritten,
});
