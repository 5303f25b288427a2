import { Random } from '../../scripts/demo/random.ts';
import { httpRequest } from '../load/http-request.ts';
import type { BenchServer } from '../servers/start-server.ts';
import { createReviews } from '../workloads/create-reviews.ts';
import { customerById, customerFields } from '../workloads/customer-by-id.ts';
import { customersByAlias } from '../workloads/customers-by-alias.ts';
import { filteredOrders } from '../workloads/filtered-orders.ts';
import { nestedItems } from '../workloads/nested-items.ts';
import { newestOrdersOfCustomer } from '../workloads/newest-orders-of-customer.ts';
import { newestOrdersOfTenant } from '../workloads/newest-orders-of-tenant.ts';
import { ordersByStatus } from '../workloads/orders-by-status.ts';
import type { ShopIndex } from '../workloads/shop-index.ts';
import { makeRequests, type Workload } from '../workloads/workload.ts';
import { bodyOf, REQUEST_SEED } from './api-cells.ts';
import { type Cell, CHECKED_ANSWERS, checkAnswer } from './cell.ts';
import { PLAIN, POINT_READ, planNameOf } from './floor-names.ts';

interface Floor {
  readonly name: string;
  readonly title: string;
  readonly path: string;
  readonly asks: (shop: ShopIndex) => readonly { readonly body: string; readonly expected: unknown }[];
}

const FLOORS: readonly Floor[] = [
  {
    name: 'post-json',
    title: 'POST of W1, its JSON read, a constant answer',
    path: '/post-json',
    asks: (shop) => asksOf(customerById, shop).map(({ body }) => ({ body, expected: { got: ['query', 'variables'] } })),
  },
  {
    name: 'rpc',
    title: 'one call to a Durable Object that does nothing',
    path: '/rpc',
    asks: () => [{ body: '{}', expected: 1 }],
  },
  {
    name: POINT_READ,
    title: 'one call that reads one row by key',
    path: '/point-read',
    asks: ({ shop }) =>
      shop.customers.map((customer) => ({
        body: JSON.stringify({ tenantId: customer.tenant_id, id: customer.id }),
        expected: customerFields(customer),
      })),
  },
  planFloor(customerById),
  planFloor(newestOrdersOfCustomer),
  planFloor(newestOrdersOfTenant),
  planFloor(filteredOrders),
  planFloor(ordersByStatus),
  planFloor(customersByAlias),
  planFloor(nestedItems),
  planFloor(createReviews),
  {
    name: 'yoga',
    title: 'Yoga answering { __typename }',
    path: '/yoga',
    asks: () => [{ body: '{"query":"{ __typename }"}', expected: { data: { __typename: 'Query' } } }],
  },
];

function planFloor(workload: Workload): Floor {
  return {
    name: planNameOf(workload.name),
    title: `${workload.name} by a hand-written plan: one call, the answer comes as text`,
    path: '/plan',
    asks: (shop) => asksOf(workload, shop),
  };
}

const asksOf = (workload: Workload, shop: ShopIndex) =>
  makeRequests(workload, shop, new Random(REQUEST_SEED)).map((request) => ({
    body: bodyOf(request),
    get expected() {
      return { data: request.expected() };
    },
  }));

export const FLOOR_NAMES: readonly string[] = [PLAIN, ...FLOORS.map(({ name }) => name)];

/** All floors, their first answers checked. */
export async function makeFloorCells(server: BenchServer, shop: ShopIndex): Promise<Cell[]> {
  const plain: Cell = { name: PLAIN, title: 'GET of a constant text', server, requests: [httpRequest('/plain')] };
  return [plain, ...(await Promise.all(FLOORS.map((floor) => makeFloorCell(server, floor, shop))))];
}

async function makeFloorCell(server: BenchServer, { name, title, path, asks }: Floor, shop: ShopIndex): Promise<Cell> {
  const all = asks(shop);
  for (const { body, expected } of all.slice(0, CHECKED_ANSWERS)) await checkAnswer(server.port, path, body, expected);
  return { name, title, server, requests: all.map(({ body }) => httpRequest(path, body)) };
}
