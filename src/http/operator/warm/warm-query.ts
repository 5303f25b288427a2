import { normalizedExecutor } from '@graphql-tools/executor';
import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import type { RequestContext } from '../../../resolvers/context.ts';
import { ShardQLError } from '../../../shards/errors.ts';
import type { WarmRequest } from './warm-request.ts';

const ASKS_CACHED: NonNullable<OperationDefinitionNode['directives']>[number] = {
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: 'consistency' },
  arguments: [
    { kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: 'mode' }, value: { kind: Kind.ENUM, value: 'CACHED' } },
  ],
};

/** Runs a query for what it leaves in the cache: CACHED, where neither it nor a table asks for something else. */
export async function runQuery(
  request: Extract<WarmRequest, { kind: 'query' }>,
  schema: GraphQLSchema,
  contextValue: RequestContext,
): Promise<void> {
  const { variables: variableValues, operationName } = request;
  const document = parseQuery(request.query, schema, operationName);
  const args = { schema, document, contextValue, variableValues, operationName };
  const { errors } = (await normalizedExecutor(args)) as ExecutionResult;
  if (errors !== undefined && errors.length > 0) throw errors[0]!.originalError ?? refused(errors[0]!);
}

function parseQuery(text: string, schema: GraphQLSchema, operationName: string | null): DocumentNode {
  const document = parseDocument(text);
  const [error] = validate(schema, document);
  if (error !== undefined) throw refused(error);
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== 'query') {
    const got = operation ? `a ${operation.operation}` : 'none, or several without an operationName';
    throw new ShardQLError('BAD_USER_INPUT', `Expected a query to warm the cache with, but got ${got}.`);
  }
  const definitions = document.definitions.map((definition) =>
    definition === operation && !asksItself(operation)
      ? { ...operation, directives: [...(operation.directives ?? []), ASKS_CACHED] }
      : definition,
  );
  return { ...document, definitions };
}

const asksItself = ({ directives = [] }: OperationDefinitionNode): boolean =>
  directives.some(({ name }) => name.value === 'consistency');

function parseDocument(text: string): DocumentNode {
  try {
    return parse(text, { maxTokens: 10_000 });
  } catch (error) {
    throw refused(error as GraphQLError);
  }
}

const refused = ({ message }: GraphQLError): ShardQLError =>
  new ShardQLError(
    'BAD_USER_INPUT',
    `Expected a valid query to warm the cache with, but got one with this error: ${message}`,
  );
