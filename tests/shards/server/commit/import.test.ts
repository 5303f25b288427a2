import { describe, expect, it } from 'vitest';
import { bundle } from '../../../../src/schema/migrations/index.ts';
import shop from '../../../../src/schema/model.ts';
import { slotOf } from '../../../../src/shards/slots.ts';
import { SqlSession } from '../../../../src/shards/sql/sql-session.ts';
import { inNewShard, type LabShard } from '../lab-shard.ts';
import { create, oneOfEach, shopRow } from '../shop-rows.ts';

const inShop = <T>(test: (shard: LabShard) => T | Promise<T>) => inNewShard(shop, bundle, test);

const CUSTOMER = ['id', 'tenantId', 'name', 'email', 'phone', 'attributes', 'createdAt'] as const;

const customer = (id: string, changes = {}): unknown[] => {
  const row: Record<string, unknown> = shopRow('Customer', { id, email: `${id}@x.org`, phone: null, ...changes });
  return CUSTOMER.map((name) => row[name]);
};

describe('an import', () => {
  it('inserts, updates and leaves equal rows alone, and counts them', async () => {
    await inShop((shard) => {
      shard.write('t:t1', [create('Tenant')]);
      const first = shard.import('Customer', CUSTOMER, [customer('a'), customer('b'), customer('c')]);
      expect(first).toMatchObject({ status: 'OK', inserted: 3, updated: 0, unchanged: 0, failures: [] });
      const logged = shard.value('SELECT max(seq) FROM _log');
      const versions = shard.rows('SELECT id, _version FROM customers ORDER BY id');

      const same = shard.import('Customer', CUSTOMER, [customer('a'), customer('b'), customer('c')]);
      expect(same).toMatchObject({ inserted: 0, updated: 0, unchanged: 3 });
      expect(shard.value('SELECT max(seq) FROM _log')).toBe(logged);
      expect(shard.rows('SELECT id, _version FROM customers ORDER BY id')).toEqual(versions);

      const mixed = shard.import('Customer', CUSTOMER, [
        customer('a', { name: 'New' }),
        customer('b'),
        customer('d'),
        customer('d', { name: 'Twice' }),
        customer('d', { name: 'Twice' }),
      ]);
      expect(mixed).toMatchObject({ inserted: 1, updated: 2, unchanged: 2 });
      expect(shard.rows('SELECT id, name FROM customers ORDER BY id')).toEqual([
        ['a', 'New'],
        ['b', 'Ada'],
        ['c', 'Ada'],
        ['d', 'Twice'],
      ]);
      expect(shard.rows('SELECT op, image IS NULL FROM _log WHERE seq > ? ORDER BY seq', logged!)).toEqual([
        ['update', 0],
        ['insert', 1],
        ['update', 0],
      ]);
    });
  });

  it('counts rows that it changes though the same import wrote them, and no others', async () => {
    await inShop((shard) => {
      shard.write('t:t1', [create('Tenant')]);
      const send = (importId: string | undefined, ...rows: unknown[][]) =>
        shard.import('Customer', CUSTOMER, rows, { importId });
      send(undefined, customer('old'), customer('new'));
      expect(send('one', customer('old', { name: 'One' }), customer('a'))).toMatchObject({ updated: 1, rewritten: 0 });
      // Equal rows are not written, so nothing is lost.
      expect(send('one', customer('a'), customer('b'))).toMatchObject({ updated: 0, unchanged: 1, rewritten: 0 });
      const again = send('one', customer('new', { name: 'X' }), customer('a', { name: 'X' }), customer('old'));
      expect(again).toMatchObject({ updated: 3, rewritten: 2 });
      // Another import may change them once.
      const all = ['old', 'new', 'a', 'b'].map((id) => customer(id, { name: 'Two' }));
      expect(send('two', ...all)).toMatchObject({ updated: 4, rewritten: 0 });
      expect(send(undefined, customer('a'))).toMatchObject({ updated: 1, rewritten: 0 });
      // The first is still remembered.
      expect(send('one', customer('b'))).toMatchObject({ updated: 1, rewritten: 1 });
    });
  });

  it('sees a change of case, of null and of type', async () => {
    await inShop((shard) => {
      shard.write('t:t1', [create('Tenant')]);
      shard.import('Customer', CUSTOMER, [customer('a')]);
      const changes = [{ name: 'ADA' }, { name: 'ADA', phone: '' }, { name: 'ADA', phone: '0' }, { name: 'ADA' }];
      for (const change of changes) {
        expect(shard.import('Customer', CUSTOMER, [customer('a', change)])).toMatchObject({ updated: 1 });
      }
    });
  });

  it('lets one bad row fail alone, by its index', async () => {
    await inShop((shard) => {
      shard.write('t:t1', [create('Tenant')]);
      const rows = Array.from({ length: 50 }, (_, index) => customer(`c${index}`));
      rows[7] = customer('c7', { name: null });
      rows[23] = customer('c23', { email: 'c5@x.org' });
      rows[41] = customer('c41', { tenantId: 'nope' });
      const answer = shard.import('Customer', CUSTOMER, rows);
      expect(answer).toMatchObject({ status: 'OK', inserted: 47, updated: 0, unchanged: 0 });
      expect(answer.status === 'OK' && answer.failures).toEqual([
        { row: 7, error: expect.objectContaining({ code: 'NOT_NULL_VIOLATION' }) },
        { row: 23, error: expect.objectContaining({ code: 'UNIQUE_VIOLATION' }) },
        { row: 41, error: expect.objectContaining({ code: 'FOREIGN_KEY_VIOLATION' }) },
      ]);
      expect(shard.value('SELECT count(*) FROM customers')).toBe(47);
    });
  });

  it('of some columns keeps the others on update and takes their defaults on insert', async () => {
    await inShop((shard) => {
      shard.write('t:t1', oneOfEach);
      const renamed = shard.import('Customer', ['tenantId', 'id', 'name'], [['t1', 'c1', 'Renamed']]);
      expect(renamed).toMatchObject({ inserted: 0, updated: 1, failures: [] });
      expect(shard.rows('SELECT name, email FROM customers')).toEqual([['Renamed', 'ada@x.org']]);
      const unknown = shard.import('Customer', ['tenantId', 'id', 'name'], [['t1', 'c2', 'New']]);
      expect(unknown).toMatchObject({ failures: [{ row: 0, error: { code: 'NOT_NULL_VIOLATION' } }] });

      const order = ['tenantId', 'id', 'customerId', 'totalCents', 'shipping', 'createdAt'];
      shard.write('t:t1', [
        {
          kind: 'update',
          table: 'Order',
          key: { columns: ['tenantId', 'id'], values: ['t1', 'o1'] },
          set: { status: 'paid' },
          within: null,
          atomic: {},
          expectedVersion: null,
          select: null,
        },
      ]);
      const orders = [
        ['t1', 'o1', 'c1', 5, '{}', 'now'],
        ['t1', 'o2', 'c1', 6, '{}', 'now'],
      ];
      expect(shard.import('Order', order, orders)).toMatchObject({ inserted: 1, updated: 1 });
      expect(shard.rows('SELECT id, status, total_cents FROM orders ORDER BY id')).toEqual([
        ['o1', 'paid', 5],
        ['o2', 'pending', 6],
      ]);
    });
  });

  it('is refused as a whole when the shard does not own the slot of one row', async () => {
    await inShop((shard) => {
      shard.write('t:t1', [create('Tenant')]);
      const { storage, ownership } = shard.state;
      const slot = slotOf('t:t2' as never);
      ownership.grant(storage, new SqlSession(storage.sql), 2, [
        [0, slot - 1],
        [slot + 1, 16383],
      ]);
      const answer = shard.import('Customer', CUSTOMER, [customer('a'), customer('b', { tenantId: 't2' })]);
      expect(answer).toMatchObject({ status: 'WRONG_SHARD', epoch: 2 });
      expect(shard.value('SELECT count(*) FROM customers')).toBe(0);
    });
  });

  it('takes rows with values too large for one bulk statement', async () => {
    await inShop((shard) => {
      shard.write('t:t1', [create('Tenant')]);
      const big = 'ä'.repeat(900_000);
      const rows = [
        customer('a'),
        customer('b', { name: big }),
        customer('c'),
        customer('d', { name: `${big}${big}` }),
      ];
      const answer = shard.import('Customer', CUSTOMER, rows);
      expect(answer).toMatchObject({ inserted: 3, failures: [{ row: 3, error: { code: 'VALUE_TOO_LARGE' } }] });
      expect(shard.value("SELECT name FROM customers WHERE id = 'b'")).toBe(big);
      expect(shard.import('Customer', CUSTOMER, rows.slice(0, 3))).toMatchObject({ unchanged: 3 });
    });
  });

  it('keeps NUL, emoji and a leading zero in text', async () => {
    await inShop((shard) => {
      shard.write('t:t1', [create('Tenant')]);
      shard.import('Customer', CUSTOMER, [customer('a', { name: 'a\0💚', phone: '007' })]);
      expect(shard.rows('SELECT name, phone FROM customers')).toEqual([['a\0💚', '007']]);
    });
  });
});
