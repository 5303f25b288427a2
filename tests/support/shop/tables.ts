/**
 * The demo shop as its contract states it, written down a second time: tests compare the product with this, so it is
 * never derived from the product's model.
 */

export type ColumnKind = 'id' | 'text' | 'int' | 'enum' | 'dateTime' | 'json';

export interface Column {
  /** GraphQL field. */
  readonly name: string;
  readonly sql: string;
  readonly kind: ColumnKind;
  readonly nullable: boolean;
}

export interface Relation {
  readonly name: string;
  readonly kind: 'one' | 'many';
  readonly target: TypeName;
  /** SQL columns of this table and of the target that must be equal, pair by pair. */
  readonly on: readonly (readonly [from: string, to: string])[];
}

export interface Table {
  readonly type: TypeName;
  readonly single: string;
  readonly list: string;
  readonly sql: string;
  /** SQL name of the shard-key column. */
  readonly shardKey: string;
  /** GraphQL names of the keys that `by` takes (the shard key is implicit). */
  readonly keys: readonly string[];
  readonly columns: readonly Column[];
  readonly relations: readonly Relation[];
}

export type TypeName = 'Tenant' | 'Customer' | 'Product' | 'Order' | 'OrderItem' | 'Review';

const column = (kind: ColumnKind, name: string, nullable = false): Column => ({
  name,
  sql: name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  kind,
  nullable,
});

const many = (name: string, target: TypeName, foreignKey: string): Relation => ({
  name,
  kind: 'many',
  target,
  on: foreignKey === 'tenant_id' ? [['id', 'tenant_id']] : [['tenant_id', 'tenant_id'], ['id', foreignKey]], // biome-ignore format: pairs
});

const one = (name: string, target: TypeName, foreignKey: string): Relation => ({
  name,
  kind: 'one',
  target,
  on: [['tenant_id', 'tenant_id'], [foreignKey, 'id']], // biome-ignore format: pairs
});

export const TABLES: readonly Table[] = [
  {
    type: 'Tenant',
    single: 'tenant',
    list: 'tenants',
    sql: 'tenants',
    shardKey: 'id',
    keys: ['id'],
    columns: [
      column('id', 'id'),
      column('text', 'name'),
      column('enum', 'plan'),
      column('json', 'settings'),
      column('dateTime', 'createdAt'),
    ],
    relations: [
      many('customers', 'Customer', 'tenant_id'),
      many('products', 'Product', 'tenant_id'),
      many('orders', 'Order', 'tenant_id'),
    ],
  },
  {
    type: 'Customer',
    single: 'customer',
    list: 'customers',
    sql: 'customers',
    shardKey: 'tenant_id',
    keys: ['id', 'email'],
    columns: [
      column('id', 'id'),
      column('id', 'tenantId'),
      column('text', 'name'),
      column('text', 'email'),
      column('text', 'phone', true),
      column('json', 'attributes'),
      column('dateTime', 'createdAt'),
    ],
    relations: [many('orders', 'Order', 'customer_id'), many('reviews', 'Review', 'customer_id')],
  },
  {
    type: 'Product',
    single: 'product',
    list: 'products',
    sql: 'products',
    shardKey: 'tenant_id',
    keys: ['id', 'sku'],
    columns: [
      column('id', 'id'),
      column('id', 'tenantId'),
      column('text', 'sku'),
      column('text', 'name'),
      column('int', 'priceCents'),
      column('text', 'description', true),
      column('int', 'stock'),
      column('dateTime', 'createdAt'),
    ],
    relations: [many('reviews', 'Review', 'product_id'), many('orderItems', 'OrderItem', 'product_id')],
  },
  {
    type: 'Order',
    single: 'order',
    list: 'orders',
    sql: 'orders',
    shardKey: 'tenant_id',
    keys: ['id'],
    columns: [
      column('id', 'id'),
      column('id', 'tenantId'),
      column('id', 'customerId'),
      column('enum', 'status'),
      column('int', 'totalCents'),
      column('text', 'note', true),
      column('json', 'shipping'),
      column('dateTime', 'createdAt'),
    ],
    relations: [one('customer', 'Customer', 'customer_id'), many('items', 'OrderItem', 'order_id')],
  },
  {
    type: 'OrderItem',
    single: 'orderItem',
    list: 'orderItems',
    sql: 'order_items',
    shardKey: 'tenant_id',
    keys: ['id'],
    columns: [
      column('id', 'id'),
      column('id', 'tenantId'),
      column('id', 'orderId'),
      column('id', 'productId'),
      column('int', 'quantity'),
      column('int', 'unitPriceCents'),
    ],
    relations: [one('order', 'Order', 'order_id'), one('product', 'Product', 'product_id')],
  },
  {
    type: 'Review',
    single: 'review',
    list: 'reviews',
    sql: 'reviews',
    shardKey: 'tenant_id',
    keys: ['id'],
    columns: [
      column('id', 'id'),
      column('id', 'tenantId'),
      column('id', 'productId'),
      column('id', 'customerId'),
      column('int', 'rating'),
      column('text', 'title', true),
      column('text', 'body'),
      column('dateTime', 'createdAt'),
    ],
    relations: [one('product', 'Product', 'product_id'), one('customer', 'Customer', 'customer_id')],
  },
];

export const table = (type: TypeName): Table => TABLES.find((candidate) => candidate.type === type)!;

/** SQL names of the primary key: the shard key first, then the row's own id. */
export const primaryKey = (of: Table): readonly string[] => (of.shardKey === 'id' ? ['id'] : [of.shardKey, 'id']);
