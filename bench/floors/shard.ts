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

  /** The answer of W3: two statements, whatever the number of orders. */
  newestOrdersAnswer(tenantId: string): string {
    const orders = this.#sql.exec<OrderRow>(NEWEST_ORDERS, tenantId).toArray();
    const ids = JSON.stringify(orders.map(({ id }) => id));
    const itemsByOrder = new Map<string, string[]>();
    for (const item of this.#sql.exec<ItemRow>(ITEMS_OF_ORDERS, tenantId, ids)) {
      const product = `{"name":${JSON.stringify(item.name)},"priceCents":${item.price_cents}}`;
      const text = `{"quantity":${item.quantity},"product":${product}}`;
      const items = itemsByOrder.get(item.order_id);
      if (items) items.push(text);
      else itemsByOrder.set(item.order_id, [text]);
    }
    const nodes = orders.map(
      ({ id, total_cents, name }) =>
        `{"id":${JSON.stringify(id)},"totalCents":${total_cents},"customer":{"name":${JSON.stringify(name)}},` +
        `"items":{"nodes":[${itemsByOrder.get(id) ?? ''}]}}`,
    );
    return `{"data":{"orders":{"nodes":[${nodes}]}}}`;
  }
}

const CUSTOMER = 'SELECT id, name, email FROM customers WHERE tenant_id = ? AND id = ?';

const NEWEST_ORDERS = `
  SELECT o.id, o.total_cents, c.name
  FROM orders o JOIN customers c ON c.tenant_id = o.tenant_id AND c.id = o.customer_id
  WHERE o.tenant_id = ? ORDER BY o.created_at DESC, o.id LIMIT 20`;

const ITEMS_OF_ORDERS = `
  SELECT i.order_id, i.quantity, p.name, p.price_cents
  FROM json_each(?2) ids
  CROSS JOIN order_items i ON i.tenant_id = ?1 AND i.order_id = ids.value
  JOIN products p ON p.tenant_id = i.tenant_id AND p.id = i.product_id
  ORDER BY i.id`;

type OrderRow = { id: string; total_cents: number; name: string };
type ItemRow = { order_id: string; quantity: number; name: string; price_cents: number };
