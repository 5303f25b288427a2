import { DurableObject } from 'cloudflare:workers';
import { bundle } from '../../src/schema/migrations/index.ts';
import shop from '../../src/schema/model.ts';
import { logTriggers } from '../../src/shards/server/log/log-triggers.ts';
import { searchIndexes } from '../../src/shards/server/search/search-index.ts';
import { CREATE_CLOCK_TABLE } from '../../src/shards/server/tables/clock-table.ts';
import { CREATE_LOG_STATE_TABLE } from '../../src/shards/server/tables/log-state-table.ts';
import {
  CREATE_END_OF_LOG_TRIGGER,
  CREATE_END_OF_LOG_VIEW,
  CREATE_LOG_TABLE,
} from '../../src/shards/server/tables/log-table.ts';
import type { Env } from './placement.ts';

/** The demo's tables and indexes in one object, and the least that each question can cost there. */
export class FloorShard extends DurableObject<Env> {
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    this.#storage = state.storage;
    this.#sql = state.storage.sql;
    const isNew = this.#sql.exec("SELECT 1 FROM sqlite_schema WHERE name = 'tenants'").toArray().length === 0;
    if (!isNew) return;
    for (const { statements } of bundle.migrations) for (const statement of statements) this.#sql.exec(statement);
    for (const statement of [CREATE_CLOCK_TABLE, ...LOG, ...LOG_OF_REVIEWS, ...SEARCH]) this.#sql.exec(statement);
    this.#sql.exec('INSERT INTO _clock (id) VALUES (1)');
  }

  insert(table: string, rows: readonly Record<string, unknown>[]): void {
    const columns = Object.keys(rows[0]!);
    const cells = columns.map((column) => `value->>'${column}'`);
    const statement = `INSERT OR REPLACE INTO ${table} (${columns}) SELECT ${cells} FROM json_each(?)`;
    this.#sql.exec(statement, JSON.stringify(rows));
  }

  nothing(): number {
    return 1;
  }

  customerRow(tenantId: string, id: string): Record<string, SqlStorageValue> | null {
    return this.#sql.exec(CUSTOMER, tenantId, id).toArray()[0] ?? null;
  }

  /** The answer of W1. */
  customerAnswer(tenantId: string, id: string): string {
    const row = this.customerRow(tenantId, id);
    return row === null ? '{"data":{"customer":null}}' : `{"data":{"customer":${JSON.stringify(row)}}}`;
  }

  /** The answer of W7: one statement, its log and its search index. `rows`: a JSON array of arrays of values. */
  createReviews(rows: string): string {
    const affectedCount = this.#storage.transactionSync(() => {
      this.#sql.exec('UPDATE _clock SET version = version + 1, origin = ?', crypto.randomUUID());
      this.#sql.exec(INSERT_REVIEWS, rows);
      return Number(this.#sql.exec('SELECT changes()').raw().next().value![0]);
    });
    return `{"data":{"createReviews":{"affectedCount":${affectedCount}}}}`;
  }

  /** The answer of W3: one statement, of which SQLite makes the text. */
  newestOrdersAnswer(tenantId: string): string {
    const [nodes] = this.#sql.exec(NEWEST_ORDERS, tenantId).raw().next().value as [string];
    return `{"data":{"orders":{"nodes":${nodes}}}}`;
  }

  /** The answer of W2; also of no customer, who is not asked for. */
  ordersOfCustomerAnswer(tenantId: string, id: string): string {
    return `{"data":{"customer":{"orders":{"nodes":${this.#text(ORDERS_OF_CUSTOMER, tenantId, id)}}}}}`;
  }

  /** The answer of W4. `status`: as in GraphQL. */
  filteredOrdersAnswer(tenantId: string, status: string, above: number): string {
    const text = this.#text(FILTERED_ORDERS, tenantId, status.toLowerCase(), above);
    return `{"data":{"orders":${text}}}`;
  }

  /** The answer of Q1. */
  ordersByStatusAnswer(tenantId: string): string {
    return `{"data":{"orders":{"groupBy":${this.#text(ORDERS_BY_STATUS, tenantId)}}}}`;
  }

  /** The answer of N1. */
  nestedItemsAnswer(tenantId: string): string {
    return `{"data":{"products":{"nodes":${this.#text(NESTED_ITEMS, tenantId)}}}}`;
  }

  /** Customers as JSON, in the order of their keys. `keys`: a JSON array of tenant and id. */
  customerTexts(keys: string): string[] {
    return [...this.#sql.exec(CUSTOMERS, keys).raw()].map(([text]) => text as string);
  }

  #text(sql: string, ...bindings: SqlStorageValue[]): string {
    return this.#sql
      .exec(sql, ...bindings)
      .raw()
      .next().value![0] as string;
  }
}

const ORDERS_OF_CUSTOMER = `
  SELECT json_group_array(json_object(
    'id', id, 'status', upper(status), 'totalCents', total_cents, 'createdAt', created_at))
  FROM (SELECT * FROM orders WHERE tenant_id = ?1 AND customer_id = ?2 ORDER BY created_at DESC, id LIMIT 20)`;

const FILTERED_ORDERS = `
  SELECT json_object(
    'totalCount', (SELECT count(*) FROM orders WHERE tenant_id = ?1 AND status = ?2 AND total_cents > ?3),
    'nodes', json(json_group_array(json_object('id', id, 'totalCents', total_cents, 'createdAt', created_at))))
  FROM (
    SELECT * FROM orders WHERE tenant_id = ?1 AND status = ?2 AND total_cents > ?3 ORDER BY total_cents DESC, id LIMIT 20)`;

const ORDERS_BY_STATUS = `
  SELECT json_group_array(json_object(
    'keys', json_object('status', upper(status)), 'count', orders, 'sum', json_object('totalCents', cents)))
  FROM (
    SELECT status, count(*) orders, sum(total_cents) cents FROM orders WHERE tenant_id = ?1 GROUP BY status ORDER BY status)`;

const NESTED_ITEMS = `
  SELECT json_group_array(json_object('id', p.id, 'orderItems', json_object('nodes', json((
    SELECT json_group_array(json_object('id', id, 'quantity', quantity))
    FROM (SELECT * FROM order_items WHERE tenant_id = ?1 AND product_id = p.id ORDER BY +id LIMIT 100))))))
  FROM (SELECT * FROM products WHERE tenant_id = ?1 ORDER BY id LIMIT 100) p`;

const CUSTOMERS = `
  SELECT json_object('id', c.id, 'name', c.name, 'email', c.email)
  FROM json_each(?) k CROSS JOIN customers c ON c.tenant_id = k.value ->> 0 AND c.id = k.value ->> 1`;

/** The same log as the API's, of the one table that is written to. */
const LOG = [CREATE_LOG_TABLE, CREATE_LOG_STATE_TABLE, CREATE_END_OF_LOG_VIEW, CREATE_END_OF_LOG_TRIGGER];
const LOG_OF_REVIEWS = logTriggers(shop, 'bench').flatMap(({ name, sql }) => (name.endsWith('_reviews') ? [sql] : []));

/** The same full-text indexes as the API's, which keep up with each row. */
const SEARCH = searchIndexes(shop).flatMap(({ createTable, followers }) => [createTable, ...followers.values()]);

const INSERT_REVIEWS = `
  INSERT INTO reviews (id, tenant_id, product_id, customer_id, rating, title, body, created_at, _version)
  SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
    (SELECT version FROM _clock)
  FROM json_each(?)`;

const CUSTOMER = 'SELECT id, name, email FROM customers WHERE tenant_id = ? AND id = ?';

// CROSS JOIN keeps the order of the tables; without the `+`, SQLite would walk all of a tenant's items in key order.
const NEWEST_ORDERS = `
  SELECT json_group_array(json_object(
    'id', o.id, 'totalCents', o.total_cents, 'customer', json_object('name', c.name),
    'items', json_object('nodes', json((
      SELECT json_group_array(json_object(
        'quantity', i.quantity, 'product', json_object('name', p.name, 'priceCents', p.price_cents)))
      FROM (SELECT * FROM order_items WHERE tenant_id = ?1 AND order_id = o.id ORDER BY +id) i
      CROSS JOIN products p ON p.tenant_id = ?1 AND p.id = i.product_id)))))
  FROM (SELECT * FROM orders WHERE tenant_id = ?1 ORDER BY created_at DESC, id LIMIT 20) o
  CROSS JOIN customers c ON c.tenant_id = ?1 AND c.id = o.customer_id`;
