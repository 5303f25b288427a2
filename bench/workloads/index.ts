import { customerById } from './customer-by-id.ts';
import { customersByAlias } from './customers-by-alias.ts';
import { filteredOrders } from './filtered-orders.ts';
import { mixedReadsAndWrites } from './mixed-reads-and-writes.ts';
import { newestOrdersOfCustomer } from './newest-orders-of-customer.ts';
import { newestOrdersOfTenant } from './newest-orders-of-tenant.ts';
import { updatePhone } from './update-phone.ts';
import type { Workload } from './workload.ts';

/** What is asked of the API. Numbers that are missing are of workloads that the API cannot answer yet. */
export const WORKLOADS: readonly Workload[] = [
  customerById,
  newestOrdersOfCustomer,
  newestOrdersOfTenant,
  filteredOrders,
  updatePhone,
  mixedReadsAndWrites,
  customersByAlias,
];
