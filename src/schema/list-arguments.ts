import {
  GraphQLBoolean,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLInt,
  GraphQLString,
  getNamedType,
  isListType,
} from 'graphql';
import type { TableModel } from '../model/types.ts';
import { DEFAULT_PAGE_ROWS, MAX_OFFSET_ROWS, MAX_PAGE_ROWS } from '../plans/limits.ts';
import type { Builder } from './builder.ts';
import { listOf } from './list-of.ts';
import { searchDescription } from './search-types.ts';
import type { TypeRefs } from './type-refs.ts';
import type { TypeRegistry } from './type-registry.ts';

/** Arguments of every list: root fields and to-many relations alike. */
export const listArguments = (types: TypeRegistry, table: TableModel): GraphQLFieldConfigArgumentMap => ({
  where: { type: types.get<GraphQLInputObjectType>(`${table.typeName}Where`) },
  ...(table.search.length > 0 && { search: { type: GraphQLString, description: searchDescription(table) } }),
  orderBy: {
    type: listOf(types.get<GraphQLInputObjectType>(`${table.typeName}OrderBy`)),
    description:
      'Most important first. The primary key decides between equal rows. By related rows, each page reads all rows that match.',
  },
  ...pageArguments(table.rules?.maxPageRows ?? MAX_PAGE_ROWS),
  ...includeDeletedArgument(table),
});

/** Of reads of tables whose deleted rows stay. */
export const includeDeletedArgument = ({ softDelete, columnByName }: TableModel): GraphQLFieldConfigArgumentMap => {
  if (softDelete === null) return {};
  const { name } = softDelete;
  const description = columnByName.has(name) ? `${INCLUDE_DELETED}: those with a \`${name}\`.` : `${INCLUDE_DELETED}.`;
  return { includeDeleted: { type: GraphQLBoolean, description } };
};

const INCLUDE_DELETED = 'Show deleted rows too';

const pageArguments = (most: number): GraphQLFieldConfigArgumentMap => ({
  first: {
    type: GraphQLInt,
    description: `Rows from the start, at most ${most}; ${Math.min(DEFAULT_PAGE_ROWS, most)} if left out.`,
  },
  after: { type: GraphQLString, description: 'Only rows after this cursor.' },
  last: {
    type: GraphQLInt,
    description: `Rows from the end, at most ${most}. Not together with first or offset.`,
  },
  before: { type: GraphQLString, description: 'Only rows before this cursor.' },
  offset: {
    type: GraphQLInt,
    description: `Rows to leave out at the start, at most ${MAX_OFFSET_ROWS}. Not together with cursors.`,
  },
});

/** The same, for a field that is declared to the builder. */
export const listArgumentRefs = (builder: Builder, types: TypeRegistry, refs: TypeRefs, table: TableModel) =>
  builder.args((t) =>
    Object.fromEntries(
      Object.entries(listArguments(types, table)).map(([name, { type, description }]) => [
        name,
        t.field({ type: paramOf(refs, type), description: description ?? undefined }),
      ]),
    ),
  );

type Param = ReturnType<TypeRefs['input']> | (typeof SCALARS)[number];

const SCALARS = ['Boolean', 'Int', 'String'] as const;

/** An argument's type as the builder takes it. */
function paramOf(refs: TypeRefs, type: GraphQLInputType): Param | [Param] {
  const { name } = getNamedType(type);
  const param = SCALARS.find((scalar) => scalar === name) ?? refs.input(name);
  return isListType(type) ? [param] : param;
}
