import type { PlanNode } from '../../../src/shards/plan/node.ts';
import type { OrderTerm } from '../../../src/shards/plan/order.ts';
import type { PageShape } from '../../../src/shards/plan/page.ts';
import { nodeOf } from '../../support/plans.ts';

const NODE: PlanNode = nodeOf({ table: 'Item', columns: ['owner', 'id'] });

/** The one row with a primary key. */
export const itemByKey: PlanNode = { ...NODE, match: ['owner', 'id'], columns: ['owner', 'id', 'text'] };
/** The one row with an id, whoever owns it. */
export const itemById: PlanNode = { ...NODE, match: ['id'] };

export const ascending = (column: string): OrderTerm => ({ column, descending: false, nullsFirst: true });

/** A page of all rows; values are `[limit, offset]`. The order is made total by the primary key. */
export function itemPage(orderBy: readonly OrderTerm[], page: Partial<PageShape> = {}): PlanNode {
  const total = [...orderBy, ascending('owner'), ascending('id')];
  const columns = [...new Set(total.map(({ column }) => column))];
  const shape: PageShape = {
    orderBy: total,
    after: null,
    before: null,
    fromEnd: false,
    limit: 0,
    offset: null,
    rows: true,
    probeOtherSide: false,
    totalCount: false,
    ...page,
  };
  return { ...NODE, columns, page: shape };
}
