import { DurableObject } from 'cloudflare:workers';
import { bundle } from '../../src/schema/migrations/index.ts';
import type { Env } from './placement.ts';

/** The demo's tables and indexes in one object, and the least that each question can cost there. */
export class FloorShard extends DurableObject<Env> {
  readonly #sql: SqlStorage;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    this.#sql = state.storage.sql;
    const isNew = this.#sql.exec("SELECT 1 FROM sqlite_schema WHERE name = 'tenants'").toArray().length === 0;
    if (isNew)
      for (const { statements } of bundle.migrations) for (const statement of statements) this.#sql.exec(statement);
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

  /** The answer of W3: one statement, of which SQLite makes the text. */
  newestOrdersAnswer(tenantId: string): string {
    const [nodes] = this.#sql.exec(NEWEST_ORDERS, tenantId).raw().next().value as [string];
    return `{"data":{"orders":{"nodes":${nodes}}}}`;
  }
}

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
