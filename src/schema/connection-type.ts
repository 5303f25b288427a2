import type { TableModel } from '../model/types.ts';
import type { Edge } from '../resolvers/connection.ts';
import type { Builder } from './builder.ts';
import { searchFields } from './search-types.ts';
import type { SharedTypes } from './shared-types.ts';
import type { TableRefs } from './table-refs.ts';

/** The types of a page of a table's rows. Sources find the rows of a place by its response keys. */
export function addConnectionTypes(
  builder: Builder,
  table: TableModel,
  refs: TableRefs,
  { pageInfo, searchHighlight }: SharedTypes,
): void {
  const edge = builder.objectRef<Edge>(`${table.typeName}Edge`).implement({
    fields: (t) => ({
      cursor: t.exposeString('cursor', { nullable: false }),
      node: t.field({
        type: refs.row,
        nullable: false,
        resolve: (parent, _args, _context, info) => parent.node(String(info.path.key)),
      }),
      ...(searchHighlight !== null && table.search.length > 0 && searchFields(t, searchHighlight)),
    }),
  });

  refs.connection.implement({
    fields: (t) => ({
      nodes: t.field({
        type: [refs.row],
        nullable: false,
        resolve: (connection, _args, _context, info) => connection.nodes(String(info.path.key)),
      }),
      edges: t.field({
        type: [edge],
        nullable: false,
        resolve: (connection, _args, _context, info) => connection.edges(String(info.path.key)),
      }),
      pageInfo: t.expose('pageInfo', { type: pageInfo, nullable: false }),
      totalCount: t.exposeInt('totalCount', { nullable: false, description: 'Rows of the whole list.' }),
    }),
  });
}
