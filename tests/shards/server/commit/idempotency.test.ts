import { describe, expect, it } from 'vitest';
import { bundle } from '../../../../src/schema/migrations/index.ts';
import shop from '../../../../src/schema/model.ts';
import type { WriteOperation } from '../../../../src/shards/operation.ts';
import { parseOperationId } from '../../../../src/shards/operation-id.ts';
import type { WriteRequest } from '../../../../src/shards/protocol/write.ts';
import { findRecordedKey } from '../../../../src/shards/server/tables/idempotency-table.ts';
import { createSystemTables } from '../../../../src/shards/server/tables/system-tables.ts';
import type { ShardKey } from '../../../../src/shards/shard-key.ts';
import { inNewShard, type LabShard } from '../lab-shard.ts';
import { create, remove, update } from '../shop-rows.ts';
import { undoIn } from '../undo/undo-in.ts';

const HOUR_MS = 3_600_000;
const ID = '0b9c7c1e-52a5-8d0e-9d4f-8a2f0c5d7e31';
const keyed = (fingerprint = 'asked', id = ID) => ({ id, fingerprint });

const inShop = (test: (shard: LabShard) => void, wallClock?: () => number) =>
  inNewShard(
    shop,
    bundle,
    (shard) => {
      shard.write('t:t1', [create('Tenant')]);
      test(shard);
    },
    wallClock,
  );

/** As each attempt of a client: with an operation id of its own. */
const send = (
  shard: LabShard,
  operations: readonly WriteOperation[],
  idempotency = keyed(),
  changes: Partial<WriteRequest> = {},
) => {
  const answer = shard.write('t:t1', operations, { idempotency, ...changes });
  if (answer.status === 'FAILED') return answer.error.code;
  if (answer.status !== 'OK') throw new Error(answer.status);
  const { version, results, touched } = answer;
  return { version, results, tables: touched?.map(([table]) => table) };
};

const rename = (name: string) => update('Tenant', 't1', { name });
const nameOf = (shard: LabShard) => shard.value('SELECT name FROM tenants');

describe('a keyed write', () => {
  it('that is sent again has the first answer, byte for byte, and changes nothing', async () => {
    await inShop((shard) => {
      const first = send(shard, [rename('First')]);
      shard.write('t:t1', [rename('Since')]);
      const logged = shard.value('SELECT count(*) FROM _log');
      // What a client's code makes anew, such as times, is no part of what it asks.
      expect(send(shard, [rename('Other bytes')])).toEqual(first);
      expect(nameOf(shard)).toBe('Since');
      expect(shard.value('SELECT count(*) FROM _log')).toBe(logged);
    });
  });

  it('is found where its row is gone', async () => {
    await inShop((shard) => {
      shard.write('t:t1', [create('Customer')]);
      const first = send(shard, [remove('Customer', 'c1')]);
      expect(first).toMatchObject({ tables: ['Customer'] });
      expect(send(shard, [remove('Customer', 'c1')])).toEqual(first);
      expect(findRecordedKey(shard.session, ID)).toBe('t:t1');
    });
  });

  it('with another fingerprint is refused, and does nothing', async () => {
    await inShop((shard) => {
      send(shard, [rename('First')]);
      expect(send(shard, [rename('Second')], keyed('something else'))).toBe('IDEMPOTENCY_KEY_PARAMETER_MISMATCH');
      expect(nameOf(shard)).toBe('First');
      expect(send(shard, [rename('Second')])).toMatchObject({ tables: ['Tenant'] });
    });
  });

  it('under another id, or under another shard key, is another write', async () => {
    await inShop((shard) => {
      send(shard, [rename('First')]);
      const other = '11111111-52a5-8d0e-9d4f-8a2f0c5d7e31';
      expect(send(shard, [rename('Second')], keyed('asked', other))).toMatchObject({ version: expect.any(Number) });
      expect(nameOf(shard)).toBe('Second');
      const shardKeys = ['t:t2' as ShardKey];
      expect(send(shard, [create('Tenant', { id: 't2' })], keyed('of t2'), { shardKeys })).toMatchObject({
        tables: ['Tenant'],
      });
      expect(send(shard, [rename('Third')])).not.toBe('IDEMPOTENCY_KEY_PARAMETER_MISMATCH');
      expect(nameOf(shard)).toBe('Second');
    });
  });

  it('under several shard keys counts for each of them', async () => {
    await inShop((shard) => {
      const shardKeys = ['t:t2', 't:t3'] as ShardKey[];
      const both = ['t2', 't3'].map((id) => create('Tenant', { id }));
      const first = send(shard, both, keyed(), { shardKeys });
      expect(send(shard, both, keyed(), { shardKeys })).toEqual(first);
      const one = { shardKeys: ['t:t2' as ShardKey] };
      expect(send(shard, [remove('Tenant', 't2')], keyed('one of them'), one)).toBe(
        'IDEMPOTENCY_KEY_PARAMETER_MISMATCH',
      );
    });
  });

  it('that failed is run again', async () => {
    await inShop((shard) => {
      expect(send(shard, [create('Customer'), create('Order')])).toMatchObject({ tables: ['Customer', 'Order'] });
      const other = keyed('asked', '22222222-52a5-8d0e-9d4f-8a2f0c5d7e31');
      const orphan = () => send(shard, [create('OrderItem')], other);
      expect(orphan()).toBe('FOREIGN_KEY_VIOLATION');
      shard.write('t:t1', [create('Product')]);
      expect(orphan()).toMatchObject({ tables: ['OrderItem'] });
    });
  });

  it('is called by its id in the log', async () => {
    await inShop((shard) => {
      const first = send(shard, [rename('First')]);
      const version = typeof first === 'string' ? 0 : first.version;
      expect(shard.rows('SELECT origin FROM _log WHERE version = ?', version)).toEqual([[ID]]);
      expect(parseOperationId(`${ID}@shard-0.${version}`).origin).toBe(ID);
    });
  });

  it('whose changes were undone says so, until the undo is undone; and so on', async () => {
    await inShop((shard) => {
      const first = send(shard, [rename('First')]) as { version: number };
      let last = { origin: ID, version: first.version };
      for (const isUndone of [true, false, true, false]) {
        const { conflicts, ...undo } = undoIn(shard, last);
        expect(conflicts.total).toBe(0);
        last = undo;
        expect(send(shard, [rename('First')])).toEqual(isUndone ? 'CONFLICT' : first);
        expect(nameOf(shard) === 'First').toBe(!isUndone);
      }
    });
  });

  it('whose changes were undone stays so where but a part of them was made again', async () => {
    await inShop((shard) => {
      const first = send(shard, [create('Customer'), create('Product')]) as { version: number };
      const undo = undoIn(shard, { origin: ID, version: first.version });
      expect(undo.deleted).toBe(2);
      shard.write('t:t1', [create('Customer')]);
      const redo = undoIn(shard, undo);
      expect([redo.restored, redo.conflicts.total]).toEqual([1, 1]);
      expect(send(shard, [create('Customer'), create('Product')])).toBe('CONFLICT');
      undoIn(shard, redo);
      expect(send(shard, [create('Customer'), create('Product')])).toBe('CONFLICT');
    });
  });

  it('that was undone in two parts holds again only if no undo of it is left', async () => {
    await inShop((shard) => {
      const both = [create('Customer'), create('Product')];
      const first = send(shard, both) as { version: number };
      const of = { origin: ID, version: first.version };
      shard.write('t:t1', [create('Order')]);
      const undoOfProduct = undoIn(shard, of);
      expect([undoOfProduct.deleted, undoOfProduct.conflicts.total]).toEqual([1, 1]);
      shard.write('t:t1', [remove('Order', 'o1')]);
      const undoOfCustomer = undoIn(shard, of);
      expect(undoOfCustomer.deleted).toBe(1);
      undoIn(shard, undoOfCustomer);
      expect(send(shard, both)).toBe('CONFLICT');
    });
  });

  it('of the release before can be undone, and made again', async () => {
    await inShop((shard) => {
      shard.session.run('DROP INDEX _idempotency_by_undo');
      shard.session.run('ALTER TABLE _idempotency DROP COLUMN undone_by');
      const first = send(shard, [rename('First')]) as { version: number };
      shard.session.run("UPDATE _system SET tables = ''");
      createSystemTables(shard.session);
      const undo = undoIn(shard, { origin: ID, version: first.version });
      expect(send(shard, [rename('First')])).toBe('CONFLICT');
      undoIn(shard, undo);
      expect(send(shard, [rename('First')])).toEqual(first);
    });
  });

  it('does not apply when an attempt arrives after another one was answered, however late', async () => {
    await inShop((shard) => {
      const first = send(shard, [rename('First')]);
      const replay = () => send(shard, [rename('Late')], keyed(), { operationId: 'second' });
      expect(replay()).toEqual(first);
      shard.session.run('DELETE FROM _idempotency');
      expect(replay()).toEqual(first);
      expect(nameOf(shard)).toBe('First');
    });
  });

  it('keeps nothing of a key that a shard does not own', async () => {
    await inShop((shard) => {
      shard.state.ownership.grant(shard.state.storage, shard.session, 2, []);
      expect(shard.write('t:t1', [rename('First')], { idempotency: keyed() }).status).toBe('WRONG_SHARD');
      expect(shard.value('SELECT count(*) FROM _idempotency')).toBe(0);
    });
  });

  it('of a newer release, that asks for more, is refused, to be tried again', async () => {
    await inShop((shard) => {
      const idempotency = { ...keyed(), keptFor: 'a week' };
      expect(send(shard, [rename('First')], idempotency)).toBe('SHARD_UNAVAILABLE');
    });
  });
});

describe('records of keyed writes', () => {
  const wall = { ms: 0 };
  const inTime = (test: (shard: LabShard) => void) => {
    wall.ms = Date.UTC(2026, 5, 1);
    return inShop(test, () => wall.ms);
  };
  let writes = 0;
  /** Some writes without a key every four minutes, as of a shard that is in use. */
  const pass = (shard: LabShard, ms: number) => {
    for (const until = wall.ms + ms; wall.ms < until; ) {
      wall.ms += Math.min(4 * 60_000, until - wall.ms);
      for (let count = 0; count < 32; count++) shard.write('t:t1', [update('Tenant', 't1', {})]);
    }
  };
  const isKept = (shard: LabShard) => shard.value('SELECT count(*) FROM _idempotency WHERE id = ?', ID) === 1;
  const another = (shard: LabShard) =>
    send(shard, [rename('x')], keyed('asked', `${String(++writes).padStart(8, '0')}-52a5-8d0e-9d4f-8a2f0c5d7e31`));

  it('are kept for 24 hours, and forgotten soon after', async () => {
    await inTime((shard) => {
      send(shard, [rename('First')]);
      another(shard);
      pass(shard, 24 * HOUR_MS);
      expect(isKept(shard)).toBe(true);
      pass(shard, 2 * HOUR_MS);
      expect(isKept(shard)).toBe(false);
      expect(send(shard, [rename('Anew')])).toMatchObject({ tables: ['Tenant'] });
    });
  });

  it('are kept although the clock leaps ahead, and back', async () => {
    await inTime((shard) => {
      send(shard, [rename('First')]);
      for (let leap = 0; leap < 4; leap++) {
        for (const days of [30, -30]) {
          wall.ms += days * 24 * HOUR_MS;
          another(shard);
          pass(shard, 2 * HOUR_MS);
        }
      }
      pass(shard, 8 * HOUR_MS - 1);
      expect(isKept(shard)).toBe(true);
      pass(shard, 3 * HOUR_MS);
      expect(isKept(shard)).toBe(false);
    });
  });

  it('that were made on a clock that was far ahead are forgotten all the same', async () => {
    await inTime((shard) => {
      wall.ms += 3_650 * 24 * HOUR_MS;
      send(shard, [rename('First')]);
      wall.ms -= 3_650 * 24 * HOUR_MS;
      another(shard);
      pass(shard, 26 * HOUR_MS);
      expect(isKept(shard)).toBe(false);
    });
  });

  it('are forgotten in small steps, without a look at the others', async () => {
    await inTime((shard) => {
      const many = JSON.stringify(Array.from({ length: 1_000 }, (_, index) => `old-${index}`));
      shard.session.run(
        `INSERT INTO _idempotency (id, shard_key, fingerprint, version, answer, kept_from)
         SELECT value, 't:t1', 'asked', 1, '[]', -${30 * HOUR_MS} FROM json_each(?)`,
        many,
      );
      const left = () => shard.value('SELECT count(*) FROM _idempotency') as number;
      another(shard);
      const reads: number[] = [];
      for (let count = 0; count < 64; count++) {
        const before = left();
        const { counts } = shard.write('t:t1', [update('Tenant', 't1', {})]);
        expect(before - left()).toBeLessThanOrEqual(64);
        reads.push(counts.rowsRead);
      }
      expect(left()).toBeLessThan(1_001);
      expect(left()).toBeGreaterThan(800);
      expect(Math.max(...reads)).toBeLessThan(600);
    });
  });
});
