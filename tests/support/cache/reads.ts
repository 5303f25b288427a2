/** Reads of the shop, as the cache sees them. */

import type { WireValue } from '../../../src/model/types.ts';
import model from '../../../src/schema/model.ts';
import { compilePlan } from '../../../src/shards/plan/compiled-plan.ts';
import type { PlanNode } from '../../../src/shards/plan/node.ts';
import type { Read } from '../../../src/shards/plan/read.ts';
import type { PlanValue } from '../../../src/shards/plan/value.ts';
import type { ShardKey } from '../../../src/shards/shard-key.ts';
import { nodeOf } from '../plans.ts';

export { model };

export const tenantKey = (tenant: string): ShardKey => `t:${tenant}` as ShardKey;

export { nodeOf as node };

export const page = (limit = 0): NonNullable<PlanNode['page']> =>
  ({
    orderBy: [{ column: 'tenantId', descending: false, nullsFirst: true }],
    after: null,
    before: null,
    fromEnd: false,
    limit,
    offset: null,
    rows: true,
    probeOtherSide: false,
    totalCount: false,
  }) as NonNullable<PlanNode['page']>;

/** A read of one key under one tenant. */
export const readOf = (
  node: PlanNode,
  tenant: string | null,
  key: readonly WireValue[],
  values: readonly PlanValue[] = [],
): Read => ({ plan: compilePlan(node), values, keys: [key], shardKeys: tenant === null ? null : [tenantKey(tenant)] });

/** A customer by primary key: a row entry. */
export const customerById = (tenant: string, id: string, columns = ['name']): Read =>
  readOf(nodeOf({ table: 'Customer', match: ['tenantId', 'id'], columns }), tenant, [tenant, id]);

/** A customer by email: a lookup. */
export const customerByEmail = (tenant: string, email: string): Read =>
  readOf(nodeOf({ table: 'Customer', match: ['tenantId', 'email'], columns: ['name'] }), tenant, [tenant, email]);

/** The orders of a customer: a lookup, too. */
export const ordersOfCustomer = (tenant: string, customer: string, limit = 20): Read =>
  readOf(
    nodeOf({ table: 'Order', match: ['tenantId', 'customerId'], page: page() }),
    tenant,
    [tenant, customer],
    [limit],
  );

/** The orders of a tenant with their items: a tree. */
export const ordersOfTenant = (tenant: string, limit = 20): Read =>
  readOf(
    nodeOf({
      table: 'Order',
      match: ['tenantId'],
      page: page(),
      relations: [
        {
          key: 'items',
          from: ['tenantId', 'id'],
          node: nodeOf({ table: 'OrderItem', match: ['tenantId', 'orderId'], page: page(1) }),
        },
      ],
    }),
    tenant,
    [tenant],
    [limit, 5],
  );

/** Orders of all tenants. */
export const allOrders = (limit = 20): Read =>
  readOf(nodeOf({ table: 'Order', match: [], page: page() }), null, [], [limit]);
