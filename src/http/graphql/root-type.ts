import type { GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { badUserInput } from '../../plans/bad-user-input.ts';

/**
 * Refuses operations that a schema has no root type for: there are no subscriptions, and a role that may write nothing has no mutations.
 *
 * @throws ShardQLError BAD_USER_INPUT
 */
export function requireRootType(
  schema: GraphQLSchema,
  { operation }: Pick<OperationDefinitionNode, 'operation'>,
): void {
  if (schema.getRootType(operation)) return;
  throw badUserInput(
    operation === 'mutation'
      ? 'Expected a query, since this caller may write nothing, but got a mutation. Ask as a caller whose role may write.'
      : `Expected a query or a mutation, but got a ${operation}. Ask again for what changes: there are no subscriptions.`,
  );
}
