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
import { responsePath } from '../response-path.ts';
import { UserCodeError } from '../unforeseen-error.ts';
import { completeList, completeRows } from './complete-rows.ts';
import { type ExtensionContext, extensionContext } from './extension-context.ts';

export type UserResolve = (
  source: unknown,
  args: never,
  context: ExtensionContext,
  info: GraphQLResolveInfo,
) => unknown;

type Finish = (value: unknown, context: RequestContext, info: GraphQLResolveInfo) => unknown;

/** A user's resolver as the executor calls it: with the context that users have, and its rows and lists read as selected. */
export function userResolver(
  resolve: UserResolve,
  type: GraphQLOutputType,
  model: Model,
): GraphQLFieldResolver<unknown, RequestContext> {
  const finish = finisher(type, model);
  const isList = isListType(isNonNullType(type) ? type.ofType : type);
  return async (source, args, context, info) => {
    if (context.explainer) {
      context.explainer.leftOut(responsePath(info.path));
      return null;
    }
    const value = await ownErrors(async () => {
      const given = await resolve(source, args as never, extensionContext(context, info), info);
      return isList && isAsyncIterable(given) ? collect(given) : given;
    });
    return finish(value, context, info);
  };
}

/**
 * Only `ShardQLError`s of users' code are shown. Whatever else it throws is one error, and masked: a `GraphQLError` may come
 * from anywhere (a client of another API, say), and an `AggregateError` is one error, whoever executes.
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

/** What finishes a list takes it whole. */
async function collect(values: AsyncIterable<unknown>): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const item of values) items.push(item);
  return items;
}

function finisher(type: GraphQLOutputType, model: Model): Finish {
  const { name } = getNamedType(type);
  const listed = model.tables.find(({ typeName }) => name === `${typeName}Connection`);
  if (listed) return async (value, context, info) => (value ? completeList(value, listed, context, info) : value);
  const table = model.tableByType.get(name) ?? null;
  if (table === null && name !== 'Node') return (value) => value;
  const nullable = isNonNullType(type) ? type.ofType : type;
  return isListType(nullable) ? listFinisher(table, nullable.ofType) : oneFinisher(table);
}

const oneFinisher =
  (table: TableModel | null): Finish =>
  async (value, context, info) =>
    (await completeRows([value], table, context, info))[0];

/** Rows that are gone by now are null where the list may hold nulls, and left out elsewhere. */
function listFinisher(table: TableModel | null, itemType: GraphQLOutputType): Finish {
  return async (value, context, info) => {
    if (value === null || value === undefined) return value;
    const rows = await completeRows(await Promise.all(value as Iterable<unknown>), table, context, info);
    return isNonNullType(itemType) ? rows.filter((row) => row !== null) : rows;
  };
}
