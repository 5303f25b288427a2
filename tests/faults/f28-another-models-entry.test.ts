/** F28: an entry that another release wrote, whose rows look otherwise, is a miss; stamps are understood by all. */
import { describe, expect, it } from 'vitest';
import { EntryKeyMaker } from '../../src/cache/entries/entry-key.ts';
import type { Model, TableModel } from '../../src/model/types.ts';
import { stampsKvKey } from '../../src/shards/kv-key.ts';
import { CACHED, LabCache } from '../support/cache/lab-cache.ts';
import { customerById, model, ordersOfTenant, tenantKey } from '../support/cache/reads.ts';

/** The model of a release in which a table is another. */
function changed(typeName: string, change: (table: TableModel) => TableModel): Model {
  const tables = model.tables.map((table) => (table.typeName === typeName ? change(table) : table));
  return { ...model, tables, tableByType: new Map(tables.map((table) => [table.typeName, table])) };
}

const withColumn = (table: TableModel): TableModel => {
  const columns = [...table.columns, { ...table.columns[0]!, name: 'added', sqlName: 'added' }];
  return { ...table, columns, columnByName: new Map(columns.map((column) => [column.name, column])) };
};

const nameIn = (release: Model, read = ordersOfTenant('one')): Promise<string> =>
  new EntryKeyMaker(release, read.plan, read.values, true).make(read.keys[0]!, tenantKey('one')).kvKey();

describe('an entry of another release', () => {
  it('has another name if one of its tables has changed', async () => {
    const row = customerById('one', 'c1');
    expect(await nameIn(changed('OrderItem', withColumn))).not.toBe(await nameIn(model));
    expect(await nameIn(changed('Customer', withColumn), row)).not.toBe(await nameIn(model, row));
    const retyped = changed('Order', (table) => ({
      ...table,
      columns: table.columns.map((column) => (column.name === 'totalCents' ? { ...column, wire: 'text' } : column)),
    }));
    expect(await nameIn(retyped)).not.toBe(await nameIn(model));
  });

  it('has the same name if they have not', async () => {
    expect(await nameIn(changed('Review', withColumn))).toBe(await nameIn(model));
  });

  it('is a miss if its text is of another format, or of another thing', async () => {
    for (const text of ['[2,"x"]', 'rubbish', '{"rows":[]}', '[1,"another key",1,1,1,60000,0,"m","[\\"stolen\\"]"]']) {
      const lab = new LabCache();
      const read = ordersOfTenant('one');
      await lab.kv.location().put(await nameIn(lab.model, read), text, { expirationTtl: 600 });
      expect(await lab.isolate().read(read, CACHED)).toMatchObject({ answer: ['one'], source: 'shard' });
    }
  });
});

it('stamps have one name for all releases', async () => {
  expect(await stampsKvKey(tenantKey('one'))).toBe('s:t%3Aone');
});
