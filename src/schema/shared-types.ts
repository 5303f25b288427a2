/** Types that all tables share. */
import type { Model } from '../model/types.ts';
import type { PageInfo } from '../resolvers/connection.ts';
import { roleExtensions } from '../resolvers/field-role.ts';
import { SORT_ORDERS, type SortOrder } from '../resolvers/plan/order.ts';
import { type Row, resolveNodeId } from '../resolvers/row.ts';
import { DATE_TRUNCS } from '../shards/plan.ts';
import type { Builder } from './builder.ts';
import { addSearchHighlight } from './search-types.ts';

const SORT_ORDER_DESCRIPTION =
  'Direction of an order. Nulls are smallest (first in `ASC`, last in `DESC`) unless the name says otherwise.';

export type SharedTypes = ReturnType<typeof addSharedTypes>;

export function addSharedTypes(builder: Builder, model: Model) {
  const sortOrder = builder.enumType('SortOrder', {
    description: SORT_ORDER_DESCRIPTION,
    values: Object.keys(SORT_ORDERS) as SortOrder[],
  });

  builder.enumType('DateTrunc', {
    description: 'A period of time. Weeks begin on Monday.',
    values: DATE_TRUNCS,
  });

  const node = builder.interfaceRef<Row>('Node').implement({
    description: 'A row of any table.',
    fields: (t) => ({
      nodeId: t.id({
        description: 'Global id: unique over all types and shard keys.',
        nullable: false,
        extensions: roleExtensions({ kind: 'nodeId' }),
        resolve: resolveNodeId,
      }),
    }),
    resolveType: (row) => row.table.typeName,
  });

  const pageInfo = builder.objectRef<PageInfo>('PageInfo').implement({
    description: 'Where a page lies in its list.',
    fields: (t) => ({
      hasNextPage: t.exposeBoolean('hasNextPage', { nullable: false }),
      hasPreviousPage: t.exposeBoolean('hasPreviousPage', { nullable: false }),
      startCursor: t.string({ nullable: true, resolve: (info) => info.startCursor() }),
      endCursor: t.string({ nullable: true, resolve: (info) => info.endCursor() }),
    }),
  });

  // Only where something can be searched: types that nothing leads to would show all the same.
  const isSearchable = model.tables.some(({ search }) => search.length > 0);
  return { sortOrder, node, pageInfo, searchHighlight: isSearchable ? addSearchHighlight(builder) : null };
}
