import { integer, sqliteTable } from 'drizzle-orm/sqlite-core';
import { describe, expect, test } from 'vitest';
import { defineModel } from '../../src/model/define-model.ts';
import { physicalHash } from '../../src/model/physical.ts';
import type { Model, TableModel } from '../../src/model/types.ts';
import shop from '../../src/schema/model.ts';
import allTypes from '../models/all-types/model.ts';
import crossShard from '../models/cross-shard/model.ts';
import globalIds from '../models/global-ids/model.ts';
import wide from '../models/wide/model.ts';

const table = (model: Model, typeName: string): TableModel => model.table(typeName);
const relation = (model: Model, typeName: string, name: string) => table(model, typeName).relationByName.get(name);
const column = (model: Model, typeName: string, name: string) => table(model, typeName).columnByName.get(name)!;

describe('Names', () => {
  test('lists are named after the SQL table, single fields after the type', () => {
    expect(shop.tables.map(({ typeName, single, list }) => [typeName, single, list])).toEqual([
      ['Tenant', 'tenant', 'tenants'],
      ['Customer', 'customer', 'customers'],
      ['Product', 'product', 'products'],
      ['Order', 'order', 'orders'],
      ['OrderItem', 'orderItem', 'orderItems'],
      ['Review', 'review', 'reviews'],
    ]);
    expect(table(allTypes, 'Series')).toMatchObject({ single: 'series', list: 'allSeries' });
  });

  test('enum values are SCREAMING_SNAKE and know what is stored', () => {
    expect(column(allTypes, 'Sample', 'level').enum).toEqual({
      typeName: 'SampleLevel',
      values: [
        ['LOW', 'low'],
        ['VERY_HIGH', 'veryHigh'],
        ['IN_BETWEEN', 'in between'],
      ],
    });
  });
});

describe('Domains', () => {
  test('foreign keys from shard key to shard key join tables into the domain of the referenced type', () => {
    expect(new Set(shop.tables.map(({ domain }) => domain))).toEqual(new Set(['Tenant']));
    expect(allTypes.tables.map(({ typeName, domain }) => [typeName, domain])).toEqual([
      ['Account', 'Account'],
      ['Sample', 'Account'],
      ['Category', 'Account'],
      ['Series', 'Account'],
      ['SeriesCategory', 'Account'],
      ['Device', 'Device'],
      ['Reading', 'Device'],
      ['Document', 'Document'],
    ]);
  });

  test('the domain option joins tables without foreign keys', () => {
    expect(table(wide, 'Forty').domain).toBe('owner');
    expect(table(wide, 'Ninety').domain).toBe('owner');
    expect(table(crossShard, 'RoutePlane').domain).toBe('Airline');
  });
});

describe('Keys', () => {
  test('`by` names a key without the shard key, unless that is the whole key', () => {
    const names = (model: Model, typeName: string) =>
      [table(model, typeName).primaryKey, ...table(model, typeName).uniqueKeys].map((key) => key.byName);
    expect(names(shop, 'Tenant')).toEqual(['id']);
    expect(names(shop, 'Customer')).toEqual(['id', 'email']);
    expect(names(allTypes, 'SeriesCategory')).toEqual(['seriesIdAndCategoryId']);
    expect(names(allTypes, 'Sample')).toEqual(['id', 'wideAndLevelOrNull']);
  });

  test('primary, foreign and shard-key columns are IDs, and keep their wire form', () => {
    const scalars = (model: Model, typeName: string) =>
      Object.fromEntries(table(model, typeName).columns.map(({ name, scalar, wire }) => [name, `${scalar} ${wire}`]));
    expect(scalars(shop, 'OrderItem')).toEqual({
      id: 'ID text',
      tenantId: 'ID text',
      orderId: 'ID text',
      productId: 'ID text',
      quantity: 'Int int',
      unitPriceCents: 'Int int',
    });
    expect(scalars(allTypes, 'Document')).toEqual({ hash: 'ID blob', content: 'String text' });
    // A moment in a primary key stays a moment.
    expect(scalars(allTypes, 'Reading')).toMatchObject({ deviceId: 'ID int', takenAt: 'DateTime int' });
  });

  test('columns that relations pair with keys of another domain are IDs too', () => {
    expect(column(crossShard, 'Route', 'sourceAirportId').scalar).toBe('ID');
    expect(column(crossShard, 'RoutePlane', 'planeCode').scalar).toBe('ID');
    expect(column(crossShard, 'Airline', 'parentId').scalar).toBe('ID');
    expect(column(crossShard, 'Route', 'stops').scalar).toBe('Int');
    // Seen from the referring side alone as well.
    const people = sqliteTable('people', { id: integer().primaryKey(), friend: integer(), age: integer() });
    const model = defineModel({ Person: { table: people, shardKey: 'id' } }, ({ one }) => ({
      Person: { bestFriend: one.Person({ from: 'friend', to: 'id' }) },
    }));
    expect(column(model, 'Person', 'friend').scalar).toBe('ID');
    expect(column(model, 'Person', 'age').scalar).toBe('Int');
  });
});

describe('Relations', () => {
  test('within a domain they follow the foreign key and hold the pair of shard keys', () => {
    expect(relation(shop, 'Customer', 'orders')).toEqual({
      name: 'orders',
      kind: 'many',
      targetType: 'Order',
      from: ['tenantId', 'id'],
      to: ['tenantId', 'customerId'],
      through: null,
      colocated: true,
      nullable: false,
    });
    expect(relation(shop, 'Order', 'customer')).toMatchObject({
      from: ['tenantId', 'customerId'],
      to: ['tenantId', 'id'],
      colocated: true,
      nullable: false,
    });
  });

  test('a self relation leads up by its foreign key, down against it', () => {
    expect(relation(allTypes, 'Category', 'parent')).toMatchObject({
      from: ['accountId', 'parentId'],
      to: ['accountId', 'id'],
      colocated: true,
      nullable: true,
    });
    expect(relation(allTypes, 'Category', 'children')).toMatchObject({
      from: ['accountId', 'id'],
      to: ['accountId', 'parentId'],
      colocated: true,
    });
  });

  test('a self relation by the shard key itself leads to another shard', () => {
    expect(relation(allTypes, 'Device', 'hub')).toMatchObject({
      from: ['hubId'],
      to: ['id'],
      colocated: false,
      nullable: true,
    });
    expect(relation(crossShard, 'Airline', 'subsidiaries')).toMatchObject({
      from: ['id'],
      to: ['parentId'],
      colocated: false,
    });
  });

  test('many-to-many relations go through both foreign keys of the join table', () => {
    expect(relation(allTypes, 'Series', 'categories')).toEqual({
      name: 'categories',
      kind: 'many',
      targetType: 'Category',
      from: ['accountId', 'id'],
      to: ['accountId', 'id'],
      through: {
        type: 'SeriesCategory',
        from: ['accountId', 'seriesId'],
        to: ['accountId', 'categoryId'],
        colocatedWithTarget: true,
      },
      colocated: true,
      nullable: false,
    });
  });

  test('many-to-many relations use the join table’s own relations where it has no foreign keys', () => {
    expect(relation(crossShard, 'Route', 'planes')).toMatchObject({
      from: ['airlineId', 'id'],
      to: ['code'],
      through: { type: 'RoutePlane', from: ['airlineId', 'routeId'], to: ['planeCode'], colocatedWithTarget: false },
      colocated: false,
    });
  });

  test('named columns are completed by the shard keys within a domain, and only there', () => {
    expect(relation(crossShard, 'RoutePlane', 'route')).toMatchObject({
      from: ['airlineId', 'routeId'],
      to: ['airlineId', 'id'],
      colocated: true,
      // No foreign key guarantees that the route exists.
      nullable: true,
    });
    expect(relation(crossShard, 'Route', 'source')).toMatchObject({
      from: ['sourceAirportId'],
      to: ['id'],
      colocated: false,
      nullable: true,
    });
  });
});

describe('The model', () => {
  test('gives tables by type, and names the type that is none', () => {
    expect(shop.table('Order').sqlName).toBe('orders');
    expect(() => shop.table('Nothing')).toThrow('Expected a table of the model, but got Nothing.');
  });

  test('calls global ids nodeId, or id: then a column id is rowId wherever columns are named', () => {
    expect(shop.globalIdField).toBe('nodeId');
    expect(globalIds.globalIdField).toBe('id');
    const customer = globalIds.table('Customer');
    expect(customer.columns.map(({ name, sqlName }) => [name, sqlName])[0]).toEqual(['rowId', 'id']);
    expect(customer.primaryKey).toMatchObject({ names: ['tenantId', 'rowId'], byName: 'rowId' });
    expect(customer.columnByName.has('id')).toBe(false);
    expect(globalIds.table('Tenant').shardKey.name).toBe('rowId');
    expect(globalIds.table('Product').cache.strongColumns).toEqual(['rowId']);
    expect(relation(globalIds, 'Order', 'items')).toMatchObject({
      from: ['tenantId', 'rowId'],
      to: ['tenantId', 'orderId'],
    });
    expect(relation(globalIds, 'Customer', 'products')).toMatchObject({
      from: ['tenantId', 'rowId'],
      to: ['tenantId', 'rowId'],
      through: { from: ['tenantId', 'customerId'], to: ['tenantId', 'productId'] },
    });
    const isOther = (key: string): boolean => key === 'sqlName' || key === 'globalIdField';
    const names = JSON.stringify(globalIds.tables, (key, value: unknown) => (isOther(key) ? undefined : value));
    expect(names).not.toContain('"id"');
    // Migrations know SQL names alone.
    expect(physicalHash(globalIds)).toBe(physicalHash(shop));
  });

  test('knows the names of the columns of keys', () => {
    for (const { primaryKey, uniqueKeys } of [...shop.tables, ...wide.tables]) {
      for (const { names, columns } of [primaryKey, ...uniqueKeys]) {
        expect(names).toEqual(columns.map(({ name }) => name));
      }
    }
  });

  test('orders types so that referenced ones come first', () => {
    for (const model of [shop, allTypes, crossShard, wide]) {
      expect([...model.insertOrder].sort()).toEqual([...model.tableByType.keys()].sort());
      for (const { typeName, foreignKeys } of model.tables) {
        for (const { targetType } of foreignKeys) {
          if (targetType === typeName) continue;
          expect(model.insertOrder.indexOf(targetType)).toBeLessThan(model.insertOrder.indexOf(typeName));
        }
      }
    }
  });

  test('knows what fills a column that a write leaves out', () => {
    const sample = (name: string) => column(allTypes, 'Sample', name);
    expect(sample('integerValue')).toMatchObject({ hasSqlDefault: true, constantDefault: 7, defaultFn: null });
    expect(sample('milliseconds')).toMatchObject({ hasSqlDefault: true, constantDefault: undefined });
    expect(sample('id')).toMatchObject({ hasSqlDefault: false, defaultFn: expect.any(Function) });
    expect(sample('updatedAt')).toMatchObject({ defaultFn: expect.any(Function), onUpdateFn: expect.any(Function) });
    expect(sample('doubled')).toMatchObject({ generated: true, hasSqlDefault: true });
    // Drizzle calls an integer primary key "defaulted": here nothing may number rows shard by shard.
    expect(column(allTypes, 'Device', 'id').hasSqlDefault).toBe(false);
  });

  test('keeps partial and expression indexes apart from keys', () => {
    const indexByName = new Map(table(allTypes, 'Sample').indexes.map((index) => [index.name, index]));
    expect(indexByName.get('samples_flagged')).toMatchObject({ partial: true, columns: ['accountId', 'moment'] });
    expect(indexByName.get('samples_lower_text')).toMatchObject({ partial: false, columns: ['accountId', null] });
  });
});
