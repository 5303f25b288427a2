import { type DocumentNode, type ExecutionResult, type GraphQLSchema, getVariableValues } from 'graphql';
import { badUserInput } from '../../plans/bad-user-input.ts';
import { explainOperation } from '../../resolvers/explain/explain-operation.ts';
import type { Caller } from '../../shards/protocol/envelope.ts';
import { requireOperator } from '../authentication/require-operator.ts';
import type { RequestScope } from '../request-scope.ts';
import { fragmentsOf, operationOf } from './operation-of.ts';
import type { GraphqlParams } from './params.ts';

/**
 * True if a request is to be explained instead of run: `extensions: { explain: true }`.
 *
 * @throws ShardQLError BAD_USER_INPUT for another value than true and false; FORBIDDEN for callers who may not see plans.
 */
export function asksForExplain(extensions: unknown, caller: Caller): boolean {
  const asked = (extensions as { readonly explain?: unknown } | null | undefined)?.explain;
  if (asked === undefined || asked === false) return false;
  if (asked !== true) {
    throw badUserInput(`Expected extensions.explain to be true or false, but got ${JSON.stringify(asked)}.`);
  }
  // Plans show the SQL.
  requireOperator(caller);
  return true;
}

/** Wrong variables beyond so many are left out of the answer, as by the executor. */
const MAX_ERRORS = 50;

interface ExplainedRequest extends Pick<GraphqlParams, 'operationName'> {
  readonly document: DocumentNode | null;
  readonly variableValues: GraphqlParams['variables'];
}

/** Explains the operation of a valid document. */
export async function explainRequest(
  schema: GraphQLSchema,
  { document, operationName, variableValues }: ExplainedRequest,
  scope: RequestScope,
): Promise<ExecutionResult> {
  const operation = operationOf(document!, operationName);
  const definedVariables = operation.variableDefinitions ?? [];
  const values = getVariableValues(schema, definedVariables, variableValues ?? {}, { maxErrors: MAX_ERRORS });
  if (values.errors) return { errors: values.errors };
  const fragments = fragmentsOf(document!);
  return await explainOperation(scope, { schema, operation, fragments, variableValues: values.coerced });
}
