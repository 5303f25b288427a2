import {
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getNamedType,
  isListType,
  isNonNullType,
} from 'graphql';
import type { Model, TableModel } from '../../model/types.ts';
import { ShardQLError } from '../../shards/errors.ts';
import type { RequestContext } from '../context.ts';
import { runAlone } from '../idempotency/running-fields.ts';
import { keyedField } from '../run/field-run.ts';
import { UserCodeError } from '../user-code-error.ts';
import { completeList, completeRows } from './complete-rows.ts';
import { type ExtensionContext, extensionContext } from './extension-context.ts';

export type UserResolve = (
  source: unknown,
  args: never,
  context: ExtensionContext,
  info: GraphQLResolveInfo,
) => unknown;

/** Makes what a field shows of what its code gave. */
type Complete = (value: unknown, context: RequestContext, info: GraphQLResolveInfo) => unknown;

/** A user's resolver as the executor calls it: with the context that users have, and its rows and lists read as selected. */
export function userResolver(
  resolve: UserResolve,
  type: GraphQLOutputType,
  model: Model,
): GraphQLFieldResolver<unknown, RequestContext> {
  const complete = completer(type, model);
  const isList = isListType(isNonNullType(type) ? type.ofType : type);
  return async (source, args, context, info) => {
    const run = () =>
      ownErrors(async () => {
        const given = await resolve(source, args as never, extensionContext(context, info), info);
        return isList && isAsyncIterable(given) ? collect(given) : given;
      });
    const keyed = keyedField(context, info);
    const value = keyed === null ? await run() : await runAlone(await keyed.id, Date.now(), run);
    return complete(value, context, info);
  };
}

/**
 * Only `ShardQLError`s of users' code are shown. Whatever else it throws is one error, and masked: a `GraphQLError` may come
 * from anywhere (a client of another API, say), and an `AggregateError` is one error, whichever executor runs.
 */
async function ownErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ShardQLError ? error : new UserCodeError(error);
  }
}

const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

/** Lists are completed as a whole. */
async function collect(values: AsyncIterable<unknown>): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const item of values) items.push(item);
  return items;
}

function completer(type: GraphQLOutputType, model: Model): Complete {
  const { name } = getNamedType(type);
  const listed = model.tables.find(({ typeName }) => name === `${typeName}Connection`);
  if (listed) return async (value, context, info) => (value ? completeList(value, listed, context, info) : value);
  const table = model.tableByType.get(name) ?? null;
  if (table === null && name !== 'Node') return (value) => value;
  const nullable = isNonNullType(type) ? type.ofType : type;
  return isListType(nullable) ? listCompleter(table, nullable.ofType) : oneCompleter(table);
}

const oneCompleter =
  (table: TableModel | null): Complete =>
  async (value, context, info) =>
    (await completeRows([value], table, context, info))[0];

/** Rows that are gone by now are null where the list may hold nulls, and left out elsewhere. */
function listCompleter(table: TableModel | null, itemType: GraphQLOutputType): Complete {
  return async (value, context, info) => {
    if (value === null || value === undefined) return value;
    const rows = await completeRows(await Promise.all(value as Iterable<unknown>), table, context, info);
    return isNonNullType(itemType) ? rows.filter((row) => row !== null) : rows;
  };
}
