/** What filters and orders on related rows read: in proportion to the rows, however often they go to one row and on to many. */

import { describe, expect, it } from 'vitest';
import { buildSchema } from '../../../../src/schema/build-schema.ts';
import { bundle } from '../../../../src/schema/migrations/index.ts';
import model from '../../../../src/schema/model.ts';
import type { ShardClient } from '../../../../src/shards/client/shard-client.ts';
import type { AnswerOf } from '../../../../src/shards/plan/answer.ts';
import type { PlanNode } from '../../../../src/shards/plan/node.ts';
import type { Read } from '../../../../src/shards/plan/read.ts';
import { run } from '../../../resolvers/support/run.ts';
import { inDatabase, type LabDatabase } from './lab-database.ts';

const schema = buildSchema(model);

class CountingClient implements Pick<ShardClient, 'read' | 'write'> {
  rowsRead = 0;
  readonly #database: LabDatabase;

  constructor(database: LabDatabase) {
    this.#database = database;
  }

  async read<Node extends PlanNode>({ plan: { node }, values, keys, shardKeys }: Read<Node>) {
    const { answers, rowsRead } = this.#database.count(node, { values, keys, shardKeys });
    this.rowsRead += rowsRead;
    return answers as AnswerOf<Node>[];
  }

  write(): never {
    throw new Error('Expected queries alone.');
  }
}

/** A tenant with so many orders, of three items each, of one customer and of three products. */
function fill(database: LabDatabase, orders: number): void {
  const createdAt = '2026-01-15T00:00:00.000Z';
  const tenantId = 't';
  database.insert('Tenant', [{ id: tenantId, name: 'T', plan: 'free', settings: '{}', createdAt }]);
  database.insert('Customer', [{ tenantId, id: 'c', name: 'C', email: 'c@x.test', attributes: '{}', createdAt }]);
  for (const id of ['p0', 'p1', 'p2']) {
    database.insert('Product', [{ tenantId, id, sku: id, name: id, priceCents: 1, createdAt }]);
  }
  for (let at = 0; at < orders; at++) {
    const id = `o${at}`;
    database.insert('Order', [{ tenantId, id, customerId: 'c', totalCents: at, shipping: '{}', createdAt }]);
    const items = [0, 1, 2].map((item) => ({
      tenantId,
      id: `${id}-${item}`,
      orderId: id,
      productId: `p${item}`,
      quantity: item,
      unitPriceCents: 1,
    }));
    database.insert('OrderItem', items);
  }
}

const ORDERS = 60;
const GROWTH = 4;

/** Rows that a query reads of some orders, and of `GROWTH` times as many. */
async function rowsRead(query: string): Promise<[few: number, many: number]> {
  const read = (orders: number) =>
    inDatabase(model, bundle, async (database) => {
      fill(database, orders);
      const client = new CountingClient(database);
      const { errors } = await run({ model, schema }, client, query);
      expect(errors).toEqual([]);
      return client.rowsRead;
    });
  return [await read(ORDERS), await read(GROWTH * ORDERS)];
}

const NO_ITEM = '{ some: { quantity: { lt: 0 } } }';
/** Items of orders with items of orders … */
const nested = (levels: number, quantifier: string): string =>
  levels === 0 ? NO_ITEM : `{ ${quantifier}: { order: { items: ${nested(levels - 1, quantifier)} } } }`;
const throughProducts = (levels: number): string =>
  levels === 0 ? NO_ITEM : `{ some: { product: { orderItems: ${throughProducts(levels - 1)} } } }`;

describe('the rows that are read', () => {
  it.each<[what: string, query: string]>([
    ['four levels of some', `{ orders(shardKey: "t", where: { items: ${throughProducts(3)} }) { totalCount } }`],
    ['four levels of none', `{ products(shardKey: "t", where: { orderItems: ${nested(3, 'none')} }) { totalCount } }`],
    [
      'four levels of every',
      `{ products(shardKey: "t", where: { orderItems: ${nested(3, 'every')} }) { totalCount } }`,
    ],
    [
      'one level, from rows that share a row',
      `{ orders(shardKey: "t", where: { customer: { orders: { some: { totalCents: { lt: 0 } } } } }) { totalCount } }`,
    ],
    ['levels of all tenants', `{ orders(where: { items: ${throughProducts(3)} }) { totalCount } }`],
    [
      'an aggregate of a shared row',
      '{ orderItems(shardKey: "t", where: { product: { orderItemsAggregate: { count: { lt: 0 } } } }) { totalCount } }',
    ],
    [
      'aggregates within aggregates',
      '{ orders(shardKey: "t", where: { itemsAggregate: { where: { product: { orderItemsAggregate: { where: { order: { itemsAggregate: { sum: { quantity: { lt: 0 } } } } }, count: { gt: 0 } } } }, count: { gt: 0 } } }) { totalCount } }',
    ],
    [
      'an order by an aggregate of a shared row',
      '{ orderItems(shardKey: "t", orderBy: [{ product: { orderItemsAggregate: { sum: { quantity: DESC } } } }]) { nodes { id } } }',
    ],
    [
      'an order by aggregates that are far',
      '{ orderItems(shardKey: "t", orderBy: [{ order: { customer: { ordersAggregate: { max: { totalCents: DESC } } } } }, { product: { orderItemsAggregate: { count: ASC } } }]) { nodes { id } pageInfo { endCursor } } }',
    ],
    [
      'lists of many rows',
      `{ products(shardKey: "t") { nodes { orderItems(where: { order: { customer: { orders: { some: { items: ${NO_ITEM} } } } } }) { totalCount } } } }`,
    ],
    [
      'groups',
      `{ orders(shardKey: "t", where: { items: ${throughProducts(3)} }) { groupBy(by: [{ field: STATUS }]) { count } } }`,
    ],
  ])('of %s are in proportion to the rows there are', async (_, query) => {
    const [few, many] = await rowsRead(query);
    expect(few).toBeGreaterThan(0);
    expect(many).toBeLessThan((GROWTH + 1) * few);
    // Each of four levels reads a few tables once, and their indexes.
    expect(many).toBeLessThan(30 * 4 * GROWTH * ORDERS);
  });
});
