import type { Random } from '../../random.ts';
import { randomRows, rowToGraphQL } from '../../shop/rows.ts';
import { TABLES } from '../../shop/tables.ts';
import { columns, type Entity, many, one, type Row, type World } from '../world.ts';

const of = 'tenantId=tenantId';

const ENTITIES: readonly Entity[] = [
  {
    type: 'Tenant',
    list: 'tenants',
    shardKey: 'id',
    primaryKey: ['id'],
    columns: columns('id:id name:text plan:enum settings:json createdAt:dateTime', { plan: ['free', 'pro', 'scale'] }),
    relations: [
      many('customers', 'Customer', 'id=tenantId'),
      many('products', 'Product', 'id=tenantId'),
      many('orders', 'Order', 'id=tenantId'),
    ],
  },
  {
    type: 'Customer',
    list: 'customers',
    shardKey: 'tenantId',
    primaryKey: ['tenantId', 'id'],
    columns: columns('id:id tenantId:id name:text email:text phone:text? attributes:json createdAt:dateTime'),
    relations: [many('orders', 'Order', `${of},id=customerId`), many('reviews', 'Review', `${of},id=customerId`)],
  },
  {
    type: 'Product',
    list: 'products',
    shardKey: 'tenantId',
    primaryKey: ['tenantId', 'id'],
    columns: columns(
      'id:id tenantId:id sku:text name:text priceCents:int description:text? stock:int createdAt:dateTime',
    ),
    relations: [many('reviews', 'Review', `${of},id=productId`), many('orderItems', 'OrderItem', `${of},id=productId`)],
  },
  {
    type: 'Order',
    list: 'orders',
    shardKey: 'tenantId',
    primaryKey: ['tenantId', 'id'],
    columns: columns(
      'id:id tenantId:id customerId:id status:enum totalCents:int note:text? shipping:json createdAt:dateTime',
      { status: ['pending', 'paid', 'shipped', 'delivered', 'cancelled'] },
    ),
    relations: [one('customer', 'Customer', `${of},customerId=id`), many('items', 'OrderItem', `${of},id=orderId`)],
  },
  {
    type: 'OrderItem',
    list: 'orderItems',
    shardKey: 'tenantId',
    primaryKey: ['tenantId', 'id'],
    columns: columns('id:id tenantId:id orderId:id productId:id quantity:int unitPriceCents:int'),
    relations: [one('order', 'Order', `${of},orderId=id`), one('product', 'Product', `${of},productId=id`)],
  },
  {
    type: 'Review',
    list: 'reviews',
    shardKey: 'tenantId',
    primaryKey: ['tenantId', 'id'],
    columns: columns(
      'id:id tenantId:id productId:id customerId:id rating:int title:text? body:text createdAt:dateTime',
    ),
    relations: [one('product', 'Product', `${of},productId=id`), one('customer', 'Customer', `${of},customerId=id`)],
  },
];

const COUNTS = { perTenant: { Customer: 10, Product: 6, Order: 20, OrderItem: 30, Review: 14 } };

/** The demo's model over texts, ids and numbers that tend to break things. */
export function shopWorld(random: Random): World {
  const rows = randomRows(random, COUNTS);
  const all = TABLES.map((table) => [table.type, rows[table.type].map((row) => rowToGraphQL(table, row) as Row)]);
  return { name: 'shop', entities: ENTITIES, rows: Object.fromEntries(all) };
}
