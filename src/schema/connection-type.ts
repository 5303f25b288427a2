/** The types of a page of a table's rows. Sources find the rows of a place by its response keys. */
import type { TableModel } from '../model/types.ts';
import type { Builder } from './builder.ts';
import { searchFields } from './search-types.ts';
import { pageInfoRef } from './shared-types.ts';
import type { TypeRefs } from './type-refs.ts';

export function declareEdge(builder: Builder, refs: TypeRefs, { typeName, search }: TableModel): void {
  builder.objectFields(refs.edge(typeName), (t) => ({
    cursor: t.exposeString('cursor', { nullable: false }),
    node: t.field({
      type: refs.row(typeName),
      nullable: false,
      resolve: (parent, _args, _context, info) => parent.node(String(info.path.key)),
    }),
    ...(search.length > 0 && searchFields(t as never, refs)),
  }));
}

export function declareConnection(builder: Builder, refs: TypeRefs, { typeName }: TableModel): void {
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
    totalCount: t.exposeInt('totalCount', { nullable: false, description: 'Rows of the whole list.' }),
  }));
}
