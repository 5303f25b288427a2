import type { GraphQLInterfaceType } from 'graphql';
import { allowsAggregates } from '../model/access/role-model.ts';
import { isBulk } from '../model/mutation-names.ts';
import type { Model, TableModel } from '../model/types.ts';
import { addAggregateTypes, aggregateFields } from './aggregate-types.ts';
import type { Builder } from './builder.ts';
import { addEnums } from './column-types.ts';
import type { DeclaredTypes } from './declared-types.ts';
import type { ComputedField } from './extend/computed-field.ts';
import { addFederationTypes, type FederationOptions, federationQueries } from './federation/federation-types.ts';
import { mutationsOf } from './mutations/mutation-fields.ts';
import { addBulkPayload, addBulkResults } from './mutations/payload-types.ts';
import { tableMutations } from './mutations/root-fields.ts';
import { addTransactionTypes } from './mutations/transaction-field.ts';
import { type ObjectTypeParts, objectType, type WrapFields } from './object-type.ts';
import { tableQueries } from './query.ts';
import { declareRow } from './row-type.ts';
import { declareSearchHighlight, SEARCH_HIGHLIGHT_DESCRIPTION, searchFields } from './search-types.ts';
import { declarePageInfo, PAGE_INFO_DESCRIPTION, pageInfoRef } from './shared-types.ts';
import type { TypeRefs } from './type-refs.ts';
import type { TypeRegistry } from './type-registry.ts';

interface OutputTypeParts {
  readonly builder: Builder;
  readonly types: TypeRegistry;
  readonly declared: DeclaredTypes;
  readonly refs: TypeRefs;
  /** Users' own fields of a row's type. Asked when the type is made. */
  readonly computedOf: (table: TableModel) => readonly ComputedField[];
  readonly wrapFields: WrapFields;
  /** Null: the API is no subgraph. */
  readonly federation: FederationOptions | null;
}

/** Adds the root type of mutations that are users' own alone, if there are any. */
export function addMutationsOfCode({
  types,
  declared,
  wrapFields,
}: Pick<OutputTypeParts, 'types' | 'declared' | 'wrapFields'>): void {
  const name = 'Mutation';
  if (declared.fieldNames(name).length === 0) return;
  const parts = { name, description: declared.description(name), fields: () => ({}) };
  types.add(name, () => objectType(declared, parts, wrapFields));
}

/** Adds the root types, and all that they lead to, except inputs. */
export function addOutputTypes(
  model: Model,
  { builder, types, declared, refs, computedOf, wrapFields, federation }: OutputTypeParts,
): void {
  const add = <Source>(parts: ObjectTypeParts<Source>) =>
    types.add(parts.name, () => objectType(declared, parts, wrapFields));
  addEnums(types, declared, refs, model);
  const addRoot = (name: string, fieldsOf: typeof tableQueries) =>
    types.add(name, () => {
      const parts = { name, description: declared.description(name), fields: () => fieldsOf(types, model) };
      return objectType(declared, parts, wrapFields);
    });
  if (federation) addFederationTypes(types, model, federation);
  addRoot('Query', () => ({
    ...tableQueries(types, model),
    ...(federation && federationQueries(types, model, federation)),
  }));
  // A role that may write nothing has none, unless users' code adds some.
  if (model.tables.some((table) => mutationsOf(table).length > 0)) {
    addRoot('Mutation', tableMutations);
    addBulkResults(types);
    addTransactionTypes(types);
  }
  add({ name: 'PageInfo', description: PAGE_INFO_DESCRIPTION, declare: () => declarePageInfo(builder, refs) });
  // Only where something can be searched: types that nothing leads to would show all the same.
  if (model.tables.some(({ search }) => search.length > 0)) {
    const declare = () => declareSearchHighlight(builder, refs);
    add({ name: 'SearchHighlight', description: SEARCH_HIGHLIGHT_DESCRIPTION, declare });
  }
  for (const table of model.tables) {
    const { typeName } = table;
    add({
      name: typeName,
      interfaces: () => [types.get<GraphQLInterfaceType>('Node')],
      declare: () => declareRow(table, { builder, types, refs, model, computed: computedOf(table) }),
    });
    add({
      name: `${typeName}Connection`,
      declare: () => declareConnection(builder, refs, table),
      fields: () => (allowsAggregates(table) ? aggregateFields(types, table) : {}),
    });
    add({ name: `${typeName}Edge`, declare: () => declareEdge(builder, refs, table) });
    if (allowsAggregates(table)) addAggregateTypes(types, table);
    if (mutationsOf(table).some(isBulk)) addBulkPayload(types, table);
  }
}

/** The types of a page of a table's rows. Sources find the rows of a place by its response keys. */

function declareEdge(builder: Builder, refs: TypeRefs, table: TableModel): void {
  const { typeName, search } = table;
  builder.objectFields(refs.edge(typeName), (t) => ({
    cursor: t.exposeString('cursor', { nullable: false }),
    node: t.field({
      type: refs.row(typeName),
      nullable: false,
      resolve: (parent, _args, _context, info) => parent.node(String(info.path.key)),
    }),
    ...(search.length > 0 && searchFields(t as never, refs, table)),
  }));
}

function declareConnection(builder: Builder, refs: TypeRefs, table: TableModel): void {
  const { typeName } = table;
  builder.objectFields(refs.connection(typeName), (t) => ({
    nodes: t.field({
      type: [refs.row(typeName)],
      nullable: false,
      resolve: (connection, _args, _context, info) => connection.nodes(String(info.path.key)),
    }),
    edges: t.field({
      type: [refs.edge(typeName)],
      nullable: false,
      resolve: (connection, _args, _context, info) => connection.edges(String(info.path.key)),
    }),
    pageInfo: t.expose('pageInfo', { type: pageInfoRef(refs), nullable: false }),
    ...(allowsAggregates(table) && {
      totalCount: t.exposeInt('totalCount', { nullable: false, description: 'Rows of the whole list.' }),
    }),
  }));
}
