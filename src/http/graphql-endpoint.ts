import type { GraphQLError, GraphQLSchema } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { createYoga } from 'graphql-yoga';
import type { RequestContext } from '../resolvers/context.ts';
import { toGraphQLError } from '../resolvers/graphql-error.ts';

import { HttpError } from './http-error.ts';
import type { RequestScope } from './request-scope.ts';
import { requireAcceptable } from './require-media.ts';

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
    requireAcceptable(request);
    if (request.method === 'GET') requireJsonParameters(request);
    // `handleRequest` instead of `fetch`: no abort signal is listened to, which costs more than a point read's SQL. Yoga
    // copies the context's own properties one by one; inherited ones cost nothing.
    return await yoga.handleRequest(request, Object.create(scope) as ServerContext);
  };
}

/** The parameters of a GET that hold JSON. */
function requireJsonParameters(request: Request): void {
  const { searchParams } = new URL(request.url);
  for (const name of ['variables', 'extensions']) {
    const text = searchParams.get(name);
    if (!text || isJson(text)) continue;
    throw new HttpError(400, 'BAD_USER_INPUT', `Expected the parameter ${name} to be JSON, but got another text.`);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
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
