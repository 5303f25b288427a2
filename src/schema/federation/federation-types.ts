/** What a subgraph of Apollo Federation 2 has besides its own types: https://www.apollographql.com/docs/federation/subgraph-spec. */
import {
  type GraphQLFieldConfigMap,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLString,
  GraphQLUnionType,
  valueFromASTUntyped,
} from 'graphql';
import type { Model } from '../../model/types.ts';
import { roleExtensions } from '../../plans/field-role.ts';
import type { RequestContext } from '../../resolvers/context.ts';
import { resolveEntities } from '../../resolvers/resolve-entities.ts';
import type { Row } from '../../resolvers/show/row.ts';
import type { TypeRegistry } from '../type-registry.ts';
import { subgraphSdl } from './subgraph-sdl.ts';

export interface FederationOptions {
  /** Whether who may ask may have the SDL, by `_service`. */
  readonly showsSdl: boolean;
}

export function addFederationTypes(types: TypeRegistry, model: Model, { showsSdl }: FederationOptions): void {
  types.add(
    '_Any',
    () =>
      new GraphQLScalarType({
        name: '_Any',
        description: 'A row, named by its `__typename` and the fields of one of its keys.',
        parseValue: (value) => value,
        parseLiteral: valueFromASTUntyped,
      }),
  );
  types.add(
    '_Entity',
    () =>
      new GraphQLUnionType({
        name: '_Entity',
        description: 'A row of any type.',
        types: () => model.tables.map(({ typeName }) => types.get<GraphQLObjectType>(typeName)),
        resolveType: (row: Row) => row.table.typeName,
      }),
  );
  if (!showsSdl) return;
  types.add(
    '_Service',
    () =>
      new GraphQLObjectType({
        name: '_Service',
        description: 'This API as a subgraph.',
        fields: { sdl: { type: GraphQLString, description: 'Its schema, with the keys of its types.' } },
      }),
  );
}

/** Root fields that the router of a supergraph asks for. */
export const federationQueries = (
  types: TypeRegistry,
  model: Model,
  { showsSdl }: FederationOptions,
): GraphQLFieldConfigMap<unknown, RequestContext> => ({
  ...entitiesField(types),
  ...(showsSdl && serviceField(types, model)),
});

const entitiesField = (types: TypeRegistry): GraphQLFieldConfigMap<unknown, RequestContext> => ({
  _entities: {
    type: new GraphQLNonNull(new GraphQLList(types.get<GraphQLUnionType>('_Entity'))),
    description:
      'The rows that the router of a supergraph names, in their order. Null: there is none, or the caller may not see it.',
    args: {
      representations: {
        type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(types.get<GraphQLScalarType>('_Any')))),
        description: 'Each has a `__typename`, and the fields of one of the keys of the type.',
      },
    },
    extensions: roleExtensions({ kind: 'entities' }),
    resolve: (_root, args, context, info) => resolveEntities(args.representations, context, info),
  },
});

const serviceField = (types: TypeRegistry, model: Model): GraphQLFieldConfigMap<unknown, RequestContext> => ({
  _service: {
    type: new GraphQLNonNull(types.get<GraphQLObjectType>('_Service')),
    description: 'The schema of this API, as the supergraph is composed of.',
    resolve: (_root, _args, _context, { schema }) => ({ sdl: subgraphSdl(schema, model) }),
  },
});
