import type { GraphQLSchema } from 'graphql';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { createYoga } from 'graphql-yoga';
import { withHints } from '../schema/misplaced-selections.ts';
import type { AnswerForm } from './answer-form.ts';
import { finishOrExplain, type ServerContext, useExplain } from './explain.ts';
import type { GraphqlParams } from './graphql-params.ts';
import { GRAPHQL_PATH } from './graphql-path.ts';
import { respond } from './graphql-response.ts';
import type { KnownDocuments } from './known-documents.ts';
import type { RequestScope } from './request-scope.ts';

/** GraphQL Yoga: answers what has to be told of documents that are wrong, and explains. */
export interface YogaEndpoint {
  /** @param params those of the request, whose body has been read. */
  answer(request: Request, params: GraphqlParams, form: AnswerForm, scope: RequestScope): Response | Promise<Response>;
}

type YogaContext = ServerContext & { readonly params: GraphQLParams; readonly form: AnswerForm };

/** @param known null: Yoga remembers documents by itself. */
export function createYogaEndpoint(schema: GraphQLSchema, known: KnownDocuments | null): YogaEndpoint {
  const yoga = createYoga<YogaContext>({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
    plugins: [useReadParams(), useHints(), useExplain(), useResultFinish(), ...(known ? [known.usePlugin()] : [])],
    parserAndValidationCache: known?.yogaCaches ?? true,
    // Errors are translated and masked by `finishResult`, the body is read before.
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
    answer: (request, params, form, scope) =>
      yoga.handleRequest(request, Object.assign(Object.create(scope), { params, form }) as YogaContext),
  };
}

/** The parameters are those that were read before. */
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

/** Finishes the results that Yoga makes, wherever in it they arose, and answers with them. */
const useResultFinish = (): Plugin<object, YogaContext> => ({
  async onResultProcess({ result, setResult, setResultProcessor, serverContext }) {
    if (Array.isArray(result) || Symbol.asyncIterator in result) return;
    setResult(await finishOrExplain(result, serverContext));
    const { form } = serverContext;
    setResultProcessor((finished) => respond(finished as typeof result, form), form.type);
  },
});
