/** Types that all tables share. */

import { GraphQLEnumType } from 'graphql';
import type { Model } from '../model/types.ts';
import { SORT_ORDERS } from '../plans/arguments/order.ts';
import { roleExtensions } from '../plans/field-role.ts';
import { ON_CONFLICT } from '../resolvers/mutations/compile/on-conflict.ts';
import { BULK_OUTCOMES } from '../resolvers/show/bulk-payload.ts';
import type { PageInfo } from '../resolvers/show/connection.ts';
import { type Row, resolveNodeId } from '../resolvers/show/row.ts';
import { DATE_TRUNCS } from '../shards/plan/aggregate.ts';
import type { Builder } from './builder.ts';
import type { TypeRefs } from './type-refs.ts';
import type { TypeRegistry } from './type-registry.ts';

const SORT_ORDER_DESCRIPTION =
  'Direction of an order. Nulls are smallest (first in `ASC`, last in `DESC`) unless the name says otherwise.';

const ON_CONFLICT_DESCRIPTION =
  '`ERROR`: nothing is written. `IGNORE`: the new row is left out. `UPDATE`: the given columns are set in the existing row.';

export function addSharedEnums(types: TypeRegistry): void {
  const add = (name: string, description: string, values: readonly string[]) =>
    types.add(
      name,
      () => new GraphQLEnumType({ name, description, values: Object.fromEntries(values.map((value) => [value, {}])) }),
    );
  add('SortOrder', SORT_ORDER_DESCRIPTION, Object.keys(SORT_ORDERS));
  add('DateTrunc', 'A period of time. Weeks begin on Monday.', DATE_TRUNCS);
  add('OnConflict', ON_CONFLICT_DESCRIPTION, ON_CONFLICT);
  add('BulkOutcome', 'What became of a row. `UNCHANGED`: it was there, and equal.', BULK_OUTCOMES);
}

export type NodeRef = ReturnType<typeof declareNode>;

export const declareNode = (builder: Builder, { globalIdField }: Model) =>
  builder.interfaceRef<Row>('Node').implement({
    description: 'A row of any table.',
    fields: (t) => ({
      [globalIdField]: t.id({
        description: 'Global id: unique over all types and shard keys.',
        nullable: false,
        extensions: roleExtensions({ kind: 'nodeId' }),
        resolve: resolveNodeId,
      }),
    }),
    resolveType: (row) => row.table.typeName,
  });

export const PAGE_INFO_DESCRIPTION = 'Where a page lies in its list.';

export const pageInfoRef = (refs: TypeRefs) => refs.object<PageInfo>('PageInfo');

export const declarePageInfo = (builder: Builder, refs: TypeRefs): void =>
  builder.objectFields(pageInfoRef(refs), (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage', { nullable: false }),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage', { nullable: false }),
    startCursor: t.string({ nullable: true, resolve: (info) => info.startCursor() }),
    endCursor: t.string({ nullable: true, resolve: (info) => info.endCursor() }),
  }));
