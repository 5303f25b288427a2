/** Answers that are too long are given up while they are read: they would fill the memory before their length is known. */

import { expect, it } from 'vitest';
import { bundle } from '../../../../src/schema/migrations/index.ts';
import model from '../../../../src/schema/model.ts';
import { firstRows } from '../../../../src/shards/plan/page.ts';
import { AnswerSizes } from '../../../../src/shards/server/read/run/answer-size.ts';
import { SqlSession } from '../../../../src/shards/sql/sql-session.ts';
import { inDatabase, type LabDatabase, plan } from './lab-database.ts';

const MEGABYTE = 1_000_000;
const createdAt = '2026-01-15T00:00:00.000Z';
const byId = firstRows([{ column: 'id', descending: false, nullsFirst: true }], 0);

const PRODUCTS = plan({ table: 'Product', match: ['tenantId'], columns: ['id', 'description'], page: byId });
/** Items, each with its product. */
const ITEMS = plan({
  table: 'OrderItem',
  match: ['tenantId'],
  columns: ['id', 'tenantId', 'productId'],
  page: byId,
  relations: [
    {
      key: 'product',
      from: ['tenantId', 'productId'],
      node: plan({ table: 'Product', match: ['tenantId', 'id'], columns: ['description'] }),
    },
  ],
});

function fill(database: LabDatabase, products: number, descriptionCharacters: number): void {
  const tenantId = 't';
  const description = 'x'.repeat(descriptionCharacters);
  for (let at = 0; at < products; at++) {
    const id = `p${at}`;
    database.insert('Product', [{ tenantId, id, sku: id, name: id, priceCents: 1, description, createdAt }]);
  }
  for (let at = 0; at < 100; at++) {
    const id = `i${at}`;
    database.insert('OrderItem', [{ tenantId, id, orderId: 'o', productId: 'p0', quantity: 1, unitPriceCents: 1 }]);
  }
}

const call = { keys: [['t']], values: [100] };
const TOO_LONG = expect.objectContaining({ code: 'COST_LIMIT_EXCEEDED' });

it('a page of long texts is read no further than an answer may be long', async () => {
  await inDatabase(model, bundle, (database) => {
    fill(database, 40, MEGABYTE);
    expect(database.run(PRODUCTS, { ...call, values: [25] })).toHaveLength(1);
    const session = new SqlSession(database.sql);
    const run = () => database.runner.run(session, database.call(PRODUCTS, call), { visibleOnly: false });
    expect(run).toThrow(TOO_LONG);
    expect(session.counts.rowsRead).toBeLessThan(40);
  });
});

it('a long text of a row that several share counts for each of them', async () => {
  await inDatabase(model, bundle, (database) => {
    fill(database, 1, MEGABYTE);
    expect(database.run(ITEMS, { ...call, values: [25] })).toHaveLength(1);
    expect(() => database.run(ITEMS, call)).toThrow(TOO_LONG);
  });
});

it('what a call has read counts for the others of its request, unless it fails', async () => {
  await inDatabase(model, bundle, (database) => {
    fill(database, 40, MEGABYTE);
    const sizes = new AnswerSizes();
    const run = (rows: number) => {
      const read = database.call(PRODUCTS, { ...call, values: [rows] });
      return database.runner.run(new SqlSession(database.sql), read, { visibleOnly: false }, sizes);
    };
    run(15);
    expect(() => run(20)).toThrow(TOO_LONG);
    run(10);
    expect(() => run(10)).toThrow(TOO_LONG);
  });
});
