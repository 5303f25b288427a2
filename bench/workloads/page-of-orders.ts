import { FULL_ACCESS } from '../../src/plans/access/access-rules.ts';
import { listOrder } from '../../src/plans/arguments/order.ts';
import { PlanValues } from '../../src/plans/plan-values.ts';
import { cursorFormat, encodeCursor } from '../../src/plans/tokens/cursor.ts';
import model from '../../src/schema/model.ts';
import { PAGE_OF_ORDERS } from './queries.ts';
import { newestFirst, type Order } from './shop-index.ts';
import type { Workload } from './workload.ts';

const ROWS = 2;
const { terms: orderBy, computed } = listOrder(
  { model, access: FULL_ACCESS, values: new PlanValues() },
  model.table('Order'),
  [{ createdAt: 'DESC' }],
);
const format = cursorFormat({ model, table: 'Order', computed, list: 'Query.orders', orderBy, rankedBy: null });

/** Pages of the newest orders of a tenant, of which there are 1,250. */
export const pageOfOrders = (name: string, page: number): Workload => ({
  name,
  title: `page ${page.toLocaleString('en')} of a tenant's orders, ${ROWS} rows each`,
  size: 200,
  makeRequest({ shop, ordersByTenant }, random) {
    const tenant = random.pick(shop.tenants).id;
    const orders = [...ordersByTenant.get(tenant)!].sort(newestFirst);
    // Of a small shop, the last page.
    const start = Math.min((page - 1) * ROWS, orders.length - ROWS);
    const rows = orders.slice(start, start + ROWS);
    return {
      query: PAGE_OF_ORDERS,
      variables: { tenant, rows: ROWS, after: start === 0 ? null : cursorOf(orders[start - 1]!) },
      expected: () => ({ orders: { nodes: rows.map(({ id, total_cents }) => ({ id, totalCents: total_cents })) } }),
    };
  },
});

const cursorOf = ({ created_at, tenant_id, id }: Order): string => encodeCursor(format, [created_at, tenant_id, id]);
