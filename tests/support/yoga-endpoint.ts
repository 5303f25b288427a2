import type { GraphQLSchema } from 'graphql';
import { createYoga, type GraphQLParams, type Plugin } from 'graphql-yoga';
import { type AnswerForm, answerForm } from '../../src/http/graphql/answer-form.ts';
import { DocumentCache } from '../../src/http/graphql/document-cache.ts';
import { asksForExplain } from '../../src/http/graphql/explain.ts';
import type { GraphqlEndpoint } from '../../src/http/graphql/graphql-endpoint.ts';
import { readParams } from '../../src/http/graphql/params.ts';
import { parseRequest } from '../../src/http/graphql/parse-request.ts';
import { PersistedQueries } from '../../src/http/graphql/persisted-queries.ts';
import { toHttpResponse, toResponse } from '../../src/http/graphql/response.ts';
import type { RequestScope } from '../../src/http/request-scope.ts';
import { withHints } from '../../src/schema/misplaced-selections.ts';

type YogaContext = RequestScope & { readonly params: GraphQLParams; readonly form: AnswerForm };

/**
 * GraphQL Yoga parses, validates and executes what a request asks, once it has been read as the API reads it.
 *
 * @param refuse answers requests that are refused before anybody looks at what is wrong with their document.
 */
export function createYogaEndpoint(
  schema: GraphQLSchema,
  maxBodyBytes: number,
  refuse: GraphqlEndpoint,
): GraphqlEndpoint {
  const documents = new DocumentCache(schema);
  const persisted = new PersistedQueries();
  const yoga = createYoga<YogaContext>({
    schema,
    plugins: [useReadParams(), useHints(), useResponses()],
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
    try {
      const form = answerForm(request);
      const read = await readParams(request.clone() as Request, maxBodyBytes);
      const { variableValues } = await parseRequest(request, read, schema, persisted, documents);
      asksForExplain(read.extensions, scope.caller);
      const { query, operationName, extensions } = read;
      const params = { query, variables: variableValues, operationName, extensions } as GraphQLParams;
      return yoga.handleRequest(request, Object.assign(Object.create(scope), { params, form }) as YogaContext);
    } catch {
      return refuse(request, scope);
    }
  };
}

/** The parameters were read before. */
const useReadParams = (): Plugin<object, YogaContext> => ({
  onRequestParse({ serverContext, setRequestParser }) {
    setRequestParser(() => serverContext.params);
  },
});

const useHints = (): Plugin => ({
  onValidate({ validateFn, setValidationFn }) {
    setValidationFn((schema, document, ...rest) => withHints(schema, document, validateFn(schema, document, ...rest)));
  },
});

/** Responses have the API's form, wherever in Yoga their results arose. */
const useResponses = (): Plugin<object, YogaContext> => ({
  onResultProcess({ result, setResult, setResultProcessor, serverContext }) {
    if (Array.isArray(result) || Symbol.asyncIterator in result) return;
    setResult(toResponse(result, serverContext));
    const { form } = serverContext;
    setResultProcessor((response) => toHttpResponse(response as typeof result, form), form.type);
  },
});
