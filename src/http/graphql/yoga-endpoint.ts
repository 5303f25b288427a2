import type { GraphQLSchema } from 'graphql';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { createYoga } from 'graphql-yoga';
import { withHints } from '../../schema/misplaced-selections.ts';
import type { RequestScope } from '../request-scope.ts';
import type { AnswerForm } from './answer-form.ts';
import type { DocumentCache } from './document-cache.ts';
import type { ParsedRequest } from './parse-request.ts';
import { toHttpResponse, toResponse } from './response.ts';

/** GraphQL Yoga: reports what is wrong with documents. */
export interface YogaEndpoint {
  /** @param parsed what the request asks; its body has been read. */
  answer(request: Request, parsed: ParsedRequest, form: AnswerForm, scope: RequestScope): Response | Promise<Response>;
}

type YogaContext = RequestScope & { readonly params: GraphQLParams; readonly form: AnswerForm };

/** @param documents null: Yoga remembers documents by itself. */
export function createYogaEndpoint(
  schema: GraphQLSchema,
  path: string,
  answerBytes: number,
  documents: DocumentCache | null,
): YogaEndpoint {
  const yoga = createYoga<YogaContext>({
    schema,
    graphqlEndpoint: path,
    plugins: [useReadParams(), useHints(), useResponses(answerBytes), ...(documents ? [documents.usePlugin()] : [])],
    parserAndValidationCache: documents?.yogaCaches ?? true,
    // Errors are translated and masked by `toResponse`, the body is read before.
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
    answer: (request, { query, variableValues: variables, operationName, extensions }, form, scope) => {
      const params = { query, variables, operationName, extensions };
      return yoga.handleRequest(request, Object.assign(Object.create(scope), { params, form }) as YogaContext);
    },
  };
}

/** The parameters were read before. */
const useReadParams = (): Plugin<object, YogaContext> => ({
  onRequestParse({ serverContext, setRequestParser }) {
    setRequestParser(() => serverContext.params);
  },
});

/** Hints are part of what Yoga remembers of a document that is not valid. */
const useHints = (): Plugin => ({
  onValidate({ validateFn, setValidationFn }) {
    setValidationFn((schema, document, ...rest) => withHints(schema, document, validateFn(schema, document, ...rest)));
  },
});

/** Makes responses of the results that Yoga gives, wherever in it they arose. */
const useResponses = (answerBytes: number): Plugin<object, YogaContext> => ({
  async onResultProcess({ result, setResult, setResultProcessor, serverContext }) {
    if (Array.isArray(result) || Symbol.asyncIterator in result) return;
    setResult(await toResponse(result, serverContext));
    const { form } = serverContext;
    setResultProcessor(
      (response) => toHttpResponse(response as typeof result, form, { limit: answerBytes, mayExceed: true }),
      form.type,
    );
  },
});
