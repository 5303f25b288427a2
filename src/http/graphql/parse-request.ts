import type { DocumentNode, GraphQLSchema } from 'graphql';
import { type Awaitable, whenThere } from '../../lib/awaitable.ts';
import { HttpError } from '../core/http-error.ts';
import type { DocumentCache } from './document-cache.ts';
import { withExactNumbers } from './exact-variables.ts';
import { operationOf } from './operation-of.ts';
import type { GraphqlParams } from './params.ts';
import type { PersistedDocuments } from './persisted-documents.ts';
import { requireRootType } from './root-type.ts';
import { requireKnownFields } from './unknown-fields.ts';
import { nestingError } from './variable-nesting.ts';

/** What a request asks to be executed. */
export interface ParsedRequest extends Pick<GraphqlParams, 'operationName' | 'extensions'> {
  readonly query: string;
  /** Null for a text that cannot be parsed. */
  readonly document: DocumentNode | null;
  /** With all digits of their numbers. */
  readonly variableValues: GraphqlParams['variables'];
}

/**
 * The document, the operation and the variables of a request.
 *
 * @throws HttpError 405 for a mutation that does not come in a POST.
 * @throws ShardQLError or GraphQLError for what is wrong with a well-formed request.
 */
export function parseRequest(
  method: string,
  params: GraphqlParams,
  schema: GraphQLSchema,
  persisted: PersistedDocuments,
  documents: DocumentCache,
): Awaitable<ParsedRequest> {
  return whenThere(persisted.textOf(params), (query) => parse(method, query, params, schema, documents));
}

function parse(
  method: string,
  query: string,
  { variables, exactVariables, operationName, extensions }: GraphqlParams,
  schema: GraphQLSchema,
  documents: DocumentCache,
): ParsedRequest {
  const tooDeep = nestingError(variables);
  if (tooDeep) throw tooDeep;
  const document = documents.documentOf(query);
  const operation = document && operationOf(document, operationName);
  if (operation) {
    requireSafeMethod(method, operation.operation);
    requireRootType(schema, operation);
    requireKnownFields(schema, operation, variables);
  }
  const variableValues =
    operation && variables && exactVariables
      ? withExactNumbers(schema, operation, variables, exactVariables)
      : variables;
  return { query, document, variableValues, operationName, extensions };
}

/** Throws for what must not be done by a GET, which browsers and proxies send on their own. */
function requireSafeMethod(method: string, operation: string): void {
  if (method === 'POST' || operation === 'query') return;
  throw new HttpError(405, 'BAD_USER_INPUT', `Expected a ${operation} in a POST, but got it in a ${method}.`, {
    allow: 'POST',
  });
}
