/** The shop as histories use it: customers of a few tenants, read by key, by email and as lists. */

import type { CachePolicy, Model } from '../../src/model/types.ts';
import shop from '../../src/schema/model.ts';
import type { RowOperation } from '../../src/shards/operation.ts';
import type { Answer, PageAnswer } from '../../src/shards/plan/answer.ts';
import { compilePlan } from '../../src/shards/plan/compiled-plan.ts';
import type { PlanNode } from '../../src/shards/plan/node.ts';
import type { Read } from '../../src/shards/plan/read.ts';
import type { ShardKey } from '../../src/shards/shard-key.ts';
import { type NodeDraft, nodeOf } from '../support/plans.ts';

export { bundle } from '../../src/schema/migrations/index.ts';

export const withPolicy = (policy: Partial<CachePolicy>): Model => {
  const tables = shop.tables.map((table) => ({ ...table, cache: { ...table.cache, ...policy } }));
  return { ...shop, tables, tableByType: new Map(tables.map((table) => [table.typeName, table])) };
};

export const shardKeyOf = (tenant: string): ShardKey => `t:${tenant}` as ShardKey;

/** A tenant's customers: name and email by id. */
export type Customers = ReadonlyMap<string, { readonly name: string; readonly email: string }>;

/** A question, and its answer in a given state: an oracle of its own, which knows nothing of plans. */
export interface Question {
  readonly title: string;
  readonly read: Read;
  /** Tenants whose customers decide the answer. */
  readonly tenants: readonly string[];
  /** What of the answer is about one tenant, as text. */
  shown(answer: Answer, tenant: string): string;
  expected(customers: Customers, tenant: string): string;
}

const planOf = (changes: Omit<NodeDraft, 'table'>) =>
  compilePlan(nodeOf({ table: 'Customer', columns: ['id', 'name'], ...changes }));

const LIMIT = 50;

const page = (orderBy: readonly string[]): NonNullable<PlanNode['page']> => ({
  orderBy: orderBy.map((column) => ({ column, descending: false, nullsFirst: true })),
  after: null,
  before: null,
  fromEnd: false,
  limit: 0,
  offset: null,
  rows: true,
  probeOtherSide: false,
  totalCount: true,
});

const rowText = (row: unknown): string => JSON.stringify(row);

export const customerById = (tenant: string, id: string): Question => ({
  title: `${tenant}/${id}`,
  read: {
    plan: planOf({ match: ['tenantId', 'id'], columns: ['name', 'email'] }),
    values: [],
    keys: [[tenant, id]],
    shardKeys: [shardKeyOf(tenant)],
  },
  tenants: [tenant],
  shown: (answer) => rowText(answer),
  expected: (customers) => {
    const row = customers.get(id);
    return rowText(row === undefined ? null : [row.name, row.email]);
  },
});

export const customerByEmail = (tenant: string, email: string): Question => ({
  title: `${tenant}/${email}`,
  read: {
    plan: planOf({ match: ['tenantId', 'email'] }),
    values: [],
    keys: [[tenant, email]],
    shardKeys: [shardKeyOf(tenant)],
  },
  tenants: [tenant],
  shown: (answer) => rowText(answer),
  expected: (customers) => {
    const found = [...customers].find(([, row]) => row.email === email);
    return rowText(found === undefined ? null : [found[0], found[1].name]);
  },
});

const pageText = ({ rows, total }: PageAnswer): string => JSON.stringify([rows, total]);

const allOf = (customers: Customers): string => {
  const rows = [...customers].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, { name }]) => [id, name]);
  return JSON.stringify([rows, rows.length]);
};

export const customersOf = (tenant: string): Question => ({
  title: `${tenant}/*`,
  read: {
    plan: planOf({ match: ['tenantId'], page: page(['tenantId', 'id']) }),
    values: [LIMIT],
    keys: [[tenant]],
    shardKeys: [shardKeyOf(tenant)],
  },
  tenants: [tenant],
  shown: (answer) => pageText(answer as PageAnswer),
  expected: allOf,
});

/** A list over all shards. */
export const customersOfAll = (tenants: readonly string[]): Question => ({
  title: '*',
  read: {
    plan: planOf({ match: [], columns: ['tenantId', 'id', 'name'], page: page(['tenantId', 'id']) }),
    values: [LIMIT],
    keys: [[]],
    shardKeys: null,
  },
  tenants,
  shown: (answer, tenant) => {
    const rows = (answer as PageAnswer).rows.filter(([owner]) => owner === tenant).map(([, ...row]) => row);
    return JSON.stringify([rows, rows.length]);
  },
  expected: allOf,
});

const CREATED_AT = '2026-01-01T00:00:00.000Z';

export const createTenant = (id: string): RowOperation => ({
  kind: 'create',
  table: 'Tenant',
  values: { id, name: id, plan: 'free', settings: '{}', createdAt: CREATED_AT },
  select: null,
});

export const createCustomer = (tenantId: string, id: string, name: string, email: string): RowOperation => ({
  kind: 'create',
  table: 'Customer',
  values: { tenantId, id, name, email, attributes: '{}', createdAt: CREATED_AT },
  select: null,
});

const keyOf = (tenant: string, id: string) => ({ columns: ['tenantId', 'id'], values: [tenant, id] });

export const updateCustomer = (tenant: string, id: string, set: { name?: string; email?: string }): RowOperation => ({
  kind: 'update',
  table: 'Customer',
  key: keyOf(tenant, id),
  set,
  within: null,
  atomic: {},
  expectedVersion: null,
  select: null,
});

export const deleteCustomer = (tenant: string, id: string): RowOperation => ({
  kind: 'delete',
  table: 'Customer',
  key: keyOf(tenant, id),
  within: null,
  expectedVersion: null,
  select: null,
});
