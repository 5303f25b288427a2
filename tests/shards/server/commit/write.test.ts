import { describe, expect, it } from 'vitest';
import shop from '../../../../src/schema/model.ts';
import type { RowOperation } from '../../../../src/shards/operation.ts';
import { fromJsonText } from '../../../../src/shards/protocol/json-text.ts';
import { type ShardKey, toShardKey } from '../../../../src/shards/shard-key.ts';
import { slotOf } from '../../../../src/shards/slots.ts';
import { SqlSession } from '../../../../src/shards/sql/sql-session.ts';
import { nodeOf } from '../../../support/plans.ts';
import { create, oneOfEach, remove, update } from '../shop-rows.ts';
import { fail, inShop, succeed } from './commit-lab.ts';

const rowNode = (columns: readonly string[]) => nodeOf({ table: 'Customer', match: ['tenantId', 'id'], columns });

describe('a write', () => {
  it('applies its operations in order, in one version, with its log', async () => {
    await inShop((shard) => {
      const version = succeed(shard, ...oneOfEach, update('Customer', 'c1', { name: 'Eve' }), remove('Review', 'r1'));
      expect(shard.rows('SELECT name, _version FROM customers')).toEqual([['Eve', version]]);
      expect(shard.rows('SELECT DISTINCT version, origin FROM _log')).toEqual([[version, 'op-1']]);
      expect(shard.value('SELECT count(*) FROM _log')).toBe(8);
      expect(shard.rows('SELECT shard_key, slot FROM _keys')).toEqual([
        ['t:t1', slotOf(toShardKey(shop.tables[0]!.shardKey, 't1'))],
      ]);
    });
  });

  it('applies nothing if one operation fails, and says which', async () => {
    await inShop((shard) => {
      succeed(shard, create('Tenant'));
      const failure = fail(shard, create('Customer'), create('Product'), create('Customer', { id: 'c2' }));
      expect(failure).toMatchObject({ index: 2, code: 'UNIQUE_VIOLATION' });
      expect(shard.value('SELECT count(*) FROM customers')).toBe(0);
    });
  });

  it('is refused when the shard does not own the slot of its shard key', async () => {
    await inShop((shard) => {
      const { storage, ownership } = shard.state;
      ownership.grant(storage, new SqlSession(storage.sql), 2, [[0, slotOf('t:t1' as never) - 1]]);
      expect(shard.write('t:t1', [create('Tenant')])).toMatchObject({ status: 'WRONG_SHARD', epoch: 2 });
      expect(shard.value('SELECT count(*) FROM tenants')).toBe(0);
    });
  });

  it('F34b: is applied once, however often it is retried, and answers the same', async () => {
    await inShop((shard) => {
      succeed(shard, create('Tenant'));
      const envelope = { operationId: 'retried' };
      const first = shard.write('t:t1', [create('Customer')], envelope);
      succeed(shard, update('Customer', 'c1', { name: 'Later' }));
      const second = shard.write('t:t1', [create('Customer')], envelope);
      // Whose answer was lost does not know yet what the write has changed.
      expect(second).toEqual({ ...first, counts: expect.anything(), touched: [['Customer', null]] });
      expect(shard.value('SELECT name FROM customers')).toBe('Later');
      // The late answer has an old version; the clock must not go back to it.
      const next = succeed(shard, update('Customer', 'c1', { name: 'Last' }));
      expect(next).toBeGreaterThan(shard.value('SELECT max(version) FROM _log WHERE origin = ?', 'retried') as number);
      expect(shard.value('SELECT count(DISTINCT version) FROM _log')).toBe(4);
    });
  });

  it('reads back the state that it leaves, at a version that no later commit has', async () => {
    await inShop((shard) => {
      succeed(shard, create('Tenant'), create('Customer'));
      const plan = JSON.stringify(rowNode(['name']));
      const call = { plan, values: [], keys: [['t1', 'c1']], shardKeys: ['t:t1' as ShardKey], cacheable: true };
      const writeBack = (operation: RowOperation, envelope = {}) => {
        const answer = shard.write('t:t1', [operation], { readBack: [call], ...envelope });
        if (answer.status !== 'OK') throw new Error(JSON.stringify(answer));
        const { asOf, outcomes } = fromJsonText(answer.readBack!);
        return { version: answer.version, asOf, outcomes };
      };
      const renamed = writeBack(update('Customer', 'c1', { name: 'Eve' }), { operationId: 'renamed' });
      expect(renamed.outcomes).toMatchObject([{ answers: [['Eve']] }]);
      expect(renamed.asOf).toBeGreaterThanOrEqual(renamed.version);
      const later = succeed(shard, update('Customer', 'c1', { name: 'Later' }));
      expect(later).toBeGreaterThan(renamed.asOf);
      // A retry is answered as before, but reads what is there now.
      const retried = writeBack(update('Customer', 'c1', { name: 'Eve' }), { operationId: 'renamed' });
      expect(retried.version).toBe(renamed.version);
      expect(retried.outcomes).toMatchObject([{ answers: [['Later']] }]);
      expect(retried.asOf).toBeGreaterThanOrEqual(later);
      const statementsOf = (envelope: object) => {
        const answer = shard.write('t:t1', [update('Customer', 'c1', { name: 'Eve' })], envelope);
        return answer.status === 'OK' && answer.counts.statements;
      };
      expect(statementsOf({ readBack: [call, call] })).toBe(Number(statementsOf({})) + 2);
      expect(writeBack(remove('Customer', 'c1')).outcomes).toMatchObject([{ answers: [null] }]);
      const lost = shard.write('t:t1', [create('Customer')], { readBack: [{ ...call, plan: '{}' }] });
      expect(lost.status).toBe('OK');
      expect(shard.value('SELECT count(*) FROM customers')).toBe(1);
    });
  });

  it('remembers operation ids for at least two minutes, and not for ever', async () => {
    const wall = { ms: Date.UTC(2026, 5, 1) };
    await inShop(
      (shard) => {
        const writeMany = (count: number) => {
          for (let index = 0; index < count; index++) {
            const name = `${index}`;
            // Of a single one the log tells what was answered.
            succeed(shard, update('Tenant', 't1', { name }), update('Tenant', 't1', { name }));
          }
        };
        const remembered = () => shard.rows('SELECT id FROM _operations').flat();
        succeed(shard, create('Tenant'), create('Customer'));
        wall.ms += 120_000;
        writeMany(100);
        expect(remembered()).toHaveLength(101);
        wall.ms += 120_000;
        writeMany(100);
        expect(remembered()).not.toContain('op-1');
        expect(remembered()).toContain('op-2');
        wall.ms += 10_000_000;
        writeMany(100);
        expect(remembered().length).toBeLessThan(200);
        expect(remembered()).toContain('op-301');
      },
      () => wall.ms,
    );
  });

  it('refuses rows with another shard key than its own, whose slot was not checked', async () => {
    await inShop((shard) => {
      const other: RowOperation = {
        kind: 'delete',
        table: 'Customer',
        key: { columns: ['tenantId', 'id'], values: ['t2', 'c1'] },
        within: null,
        expectedVersion: null,
        select: null,
      };
      expect(fail(shard, create('Tenant', { id: 't2' }))).toMatchObject({ code: 'BAD_USER_INPUT', field: 'id' });
      expect(fail(shard, other)).toMatchObject({ code: 'BAD_USER_INPUT', field: 'tenantId' });
    });
  });
});

describe('an update', () => {
  it('applies only to the expected version', async () => {
    await inShop((shard) => {
      const version = succeed(shard, create('Tenant'));
      const second = succeed(shard, update('Tenant', 't1', { name: 'Two' }, version));
      const conflict = fail(shard, update('Tenant', 't1', { name: 'Three' }, version));
      expect(conflict).toMatchObject({ code: 'CONFLICT', currentVersion: String(second) });
      expect(fail(shard, remove('Tenant', 't1', version))).toMatchObject({ code: 'CONFLICT' });
      expect(fail(shard, update('Tenant', 't1', {}, version))).toMatchObject({ code: 'CONFLICT' });
      expect(shard.value('SELECT name FROM tenants')).toBe('Two');
    });
  });

  it('of nothing leaves row and version as they are', async () => {
    await inShop((shard) => {
      const version = succeed(shard, create('Tenant'));
      succeed(shard, update('Tenant', 't1', {}, version));
      expect(shard.value('SELECT _version FROM tenants')).toBe(version);
    });
  });

  it('finds its row by any unique key', async () => {
    await inShop((shard) => {
      succeed(shard, create('Tenant'), create('Customer'));
      succeed(shard, {
        kind: 'update',
        table: 'Customer',
        key: { columns: ['tenantId', 'email'], values: ['t1', 'ada@x.org'] },
        set: { phone: '1' },
        within: null,
        atomic: {},
        expectedVersion: null,
        select: null,
      });
      expect(shard.value('SELECT phone FROM customers')).toBe('1');
    });
  });

  it('cannot change the primary key', async () => {
    await inShop((shard) => {
      succeed(shard, create('Tenant'), create('Customer'));
      expect(fail(shard, update('Customer', 'c1', { id: 'c2' }))).toMatchObject({
        code: 'BAD_USER_INPUT',
        field: 'id',
      });
    });
  });
});

describe('a failure', () => {
  it('names table, field and constraint in the words of the model', async () => {
    await inShop((shard) => {
      succeed(shard, ...oneOfEach);
      expect(fail(shard, update('Tenant', 'nope', {}))).toMatchObject({ code: 'BAD_USER_INPUT' });
      expect(fail(shard, update('Customer', 'nope', {}))).toMatchObject({ code: 'NOT_FOUND', table: 'Customer' });
      expect(fail(shard, remove('Customer', 'nope'))).toMatchObject({ code: 'NOT_FOUND' });
      expect(fail(shard, create('Customer', { email: 'e' }))).toMatchObject({
        code: 'UNIQUE_VIOLATION',
        constraint: 'PRIMARY',
        field: 'id',
      });
      expect(fail(shard, create('Customer', { id: 'c2' }))).toMatchObject({
        code: 'UNIQUE_VIOLATION',
        table: 'Customer',
        field: 'email',
      });
      expect(fail(shard, create('Customer', { id: 'c2', email: 'e', name: null }))).toMatchObject({
        code: 'NOT_NULL_VIOLATION',
        table: 'Customer',
        field: 'name',
      });
      expect(fail(shard, create('Review', { id: 'r2', rating: 6 }))).toMatchObject({
        code: 'CHECK_VIOLATION',
        table: 'Review',
        constraint: shop.table('Review').checks[0],
      });
    });
  });

  it('of a foreign key says which', async () => {
    await inShop((shard) => {
      succeed(shard, ...oneOfEach);
      const item = { id: 'i2', orderId: 'nope' };
      expect(fail(shard, create('OrderItem', item))).toMatchObject({
        code: 'FOREIGN_KEY_VIOLATION',
        table: 'OrderItem',
        field: 'orderId',
      });
      expect(fail(shard, create('OrderItem', { ...item, orderId: 'o1', productId: 'nope' }))).toMatchObject({
        field: 'productId',
      });
      expect(fail(shard, update('Order', 'o1', { customerId: 'nope', note: 'x' }))).toMatchObject({
        table: 'Order',
        field: 'customerId',
      });
    });
  });

  it('of a delete says rows of which type still refer to the row', async () => {
    await inShop((shard) => {
      succeed(shard, ...oneOfEach);
      const answer = shard.write('t:t1', [remove('Review', 'r1'), remove('Customer', 'c1')]);
      expect(answer).toMatchObject({
        status: 'FAILED',
        index: 1,
        error: { code: 'FOREIGN_KEY_VIOLATION', details: { table: 'Order', field: 'customerId' } },
      });
      expect(answer).toMatchObject({ error: { message: expect.stringContaining('rows of Order still refer') } });
      expect(fail(shard, remove('Tenant', 't1'))).toMatchObject({ code: 'FOREIGN_KEY_VIOLATION' });
    });
  });

  it('of a foreign key to another tenant is the same as of one to nothing', async () => {
    await inShop((shard) => {
      succeed(shard, create('Tenant'));
      shard.write('t:t2', [create('Tenant', { id: 't2' }), create('Customer', { tenantId: 't2', id: 'theirs' })]);
      expect(fail(shard, create('Order', { customerId: 'theirs' }))).toMatchObject({
        code: 'FOREIGN_KEY_VIOLATION',
        field: 'customerId',
      });
    });
  });
});

describe('a row', () => {
  it('of up to about 2,000,000 bytes is stored, deleted and logged; a larger one is refused', async () => {
    await inShop((shard) => {
      succeed(shard, create('Tenant'), create('Product', { description: 'x'.repeat(1_998_000) }));
      succeed(shard, remove('Product', 'p1'));
      expect(shard.value("SELECT octet_length(image) FROM _log WHERE op = 'delete'")).toBeGreaterThan(1_998_000);
      const tooLarge = { code: 'VALUE_TOO_LARGE', table: 'Product' };
      expect(fail(shard, create('Product', { description: 'x'.repeat(2_000_001) }))).toMatchObject(tooLarge);
      expect(fail(shard, create('Product', { description: '💚'.repeat(500_001) }))).toMatchObject(tooLarge);
      expect(fail(shard, create('Product', { description: 'x'.repeat(9_000_000) }))).toMatchObject(tooLarge);
      succeed(shard, create('Product', { description: 'x'.repeat(1_000_000) }));
      expect(fail(shard, update('Product', 'p1', { name: 'y'.repeat(1_000_000) }))).toMatchObject(tooLarge);
    });
  });

  it('keeps text with NUL, emoji and quotes as it is', async () => {
    await inShop((shard) => {
      const name = `a\0b 💚 "'\\ \uFEFF`;
      succeed(shard, create('Tenant', { name }));
      expect(shard.value('SELECT name FROM tenants')).toBe(name);
    });
  });
});
