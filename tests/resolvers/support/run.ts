import { type DocumentNode, execute, type GraphQLError, type GraphQLSchema, parse, validate } from 'graphql';
import type { Model } from '../../../src/model/types.ts';
import { FULL_ACCESS } from '../../../src/plans/access/access-rules.ts';
import { toGraphQLError } from '../../../src/resolvers/graphql-error.ts';
import type { ShardClient } from '../../../src/shards/client/shard-client.ts';
import { DEVELOPER } from '../../../src/shards/protocol/envelope.ts';
import { openLabReader } from '../../support/cache/lab-reader.ts';

export interface Outcome {
  // biome-ignore lint/suspicious/noExplicitAny: answers are as free as the queries of the tests.
  readonly data: any;
  readonly errors: readonly GraphQLError[];
}

/** Runs a document as the server does, below HTTP. One that was parsed before is the same document again. */
export async function run(
  { model, schema }: { readonly model: Model; readonly schema: GraphQLSchema },
  shards: Pick<ShardClient, 'read' | 'write'>,
  query: string | DocumentNode,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<Outcome> {
  const document = typeof query === 'string' ? parse(query) : query;
  const invalid = validate(schema, document);
  if (invalid.length > 0) return { data: undefined, errors: invalid };
  const reader = openLabReader(model, shards);
  const contextValue = {
    model,
    shards: shards as ShardClient,
    reader,
    caller: DEVELOPER,
    access: FULL_ACCESS,
    requestId: 'request-1',
  };
  const result = await execute({ schema, document, variableValues: variables, contextValue });
  const errors = (result.errors ?? []).map((error) => toGraphQLError(error, 'request-1'));
  // Plain objects compare as what a client sees.
  return { data: JSON.parse(JSON.stringify(result.data ?? null)), errors };
}

/** `path CODE` of each error. */
export const summary = (errors: readonly GraphQLError[]): string[] =>
  errors.map((error) => `${(error.path ?? []).join('.')} ${error.extensions.code}`.trim());
