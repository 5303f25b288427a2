import { type ExecutionResult, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { badUserInput } from '../plans/bad-user-input.ts';
import type { RequestContext } from '../resolvers/context.ts';
import { Explainer } from '../resolvers/explain/explainer.ts';
import { ShardQLError } from '../shards/errors.ts';
import { DEVELOPER } from '../shards/protocol.ts';
import { type ResponseScope, toResponse } from './graphql/response.ts';

/** Yoga's context: that of the resolvers, and what responses need. */
export type ServerContext = {
  -readonly [Key in keyof RequestContext]: RequestContext[Key];
} & ResponseScope & {
    /** Present while a request is explained: what `reader` and `shards` were before. */
    responseScope?: ResponseScope;
  };

/** Who may see plans and SQL. */
const ROLES: readonly string[] = [DEVELOPER.role, 'operator'];

/** True if the `extensions` of a request ask for something of the server. */
export const asksForExplain = (extensions: unknown): boolean =>
  (extensions as { readonly explain?: unknown } | null | undefined)?.explain !== undefined;

/** Requests with `extensions: { explain: true }` are explained instead of run. */
export const useExplain = (): Plugin<object, ServerContext> => ({
  onParams({ params, context, setResult }) {
    if (!asksForExplain(params.extensions)) return;
    try {
      beginExplain(params.extensions!.explain, context as ServerContext);
    } catch (error) {
      const { message } = error as Error;
      setResult({ errors: [new GraphQLError(message, { originalError: error as Error })] });
    }
  },
});

function beginExplain(asked: unknown, context: ServerContext): void {
  if (typeof asked !== 'boolean') {
    throw badUserInput(`Expected extensions.explain to be true or false, but got ${JSON.stringify(asked)}.`);
  }
  if (!asked) return;
  if (!ROLES.includes(context.caller.role)) {
    throw new ShardQLError(
      'FORBIDDEN',
      `Expected one of the roles ${ROLES.join(', ')} to ask for explain, but got ${context.caller.role}.`,
    );
  }
  const { requestId, isDevelopment, isTraced, shards, reader } = context;
  context.responseScope = { requestId, isDevelopment, isTraced, shards, reader };
  const explainer = new Explainer(shards);
  Object.assign(context, { explainer, shards: explainer.shards, reader: explainer });
}

/** The response of a result, or of the explanation that takes its place. */
export async function toResponseOrExplanation(
  result: ExecutionResult,
  context: ServerContext,
): Promise<ExecutionResult> {
  const { explainer, responseScope } = context;
  if (!explainer || !responseScope) return toResponse(result, context);
  const errors = result.errors?.filter((error) => !isOfMadeUpRows(error)) ?? [];
  const explain = await explainer.explanation();
  return toResponse({ ...(errors.length > 0 && { errors }), extensions: { explain } }, responseScope);
}

/** Made-up rows have relations on one row of each level only, and no values of users' own fields. */
const isOfMadeUpRows = ({ message }: GraphQLError): boolean =>
  message.startsWith('Cannot return null for non-nullable field ');
