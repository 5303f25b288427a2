import { describe, expect, it } from 'vitest';
import { bundle } from '../../../../src/schema/migrations/index.ts';
import shop from '../../../../src/schema/model.ts';
import { Outcomes } from '../../../../src/shards/server/commit/outcomes.ts';
import type { ShardState } from '../../../../src/shards/server/shard-state.ts';
import { OPERATION_RETENTION_MS } from '../../../../src/shards/server/tables/operations-table.ts';
import type { ShardKey } from '../../../../src/shards/shard-key.ts';
import { below, createRandom, pick } from '../../../support/random.ts';
import { inNewShard, LabShard } from '../lab-shard.ts';
import { create, remove, shopRow, update } from '../shop-rows.ts';

const inShop = <T>(test: (shard: LabShard) => T | Promise<T>, wallClock?: () => number) =>
  inNewShard(shop, bundle, test, wallClock);

const COLUMNS = Object.keys(shopRow('Customer'));
const customer = (id: string, name: string) => Object.values(shopRow('Customer', { id, name, email: `${id}@x.org` }));

/** By commits whose outcomes are stored. */
const renameOften = (shard: LabShard): void => {
  for (let count = 0; count < 100; count++) {
    shard.write('t:t1', [update('Tenant', 't1', { name: `${count}` }), update('Tenant', 't1', { name: 'last' })]);
  }
};

/** What the shard had in memory of outcomes is lost. */
const nextLife = ({ state }: LabShard, name: string): LabShard =>
  new LabShard({ ...state, outcomes: new Outcomes() }, name);

describe('a retry under an operation id', () => {
  it('of a batch of an import overwrites nothing that was written since, and reports what the first attempt did', async () => {
    await inShop((shard) => {
      shard.write('t:t1', [create('Tenant')]);
      const rows = [customer('a', 'Imported'), customer('b', 'Imported'), [...customer('c', 'x').fill(null, 3)]];
      const send = () => shard.import('Customer', COLUMNS, rows, { operationId: 'batch' });
      const first = send();
      expect(first).toMatchObject({ status: 'OK', inserted: 2, failures: [{ row: 2 }] });
      // The answer is lost. Somebody else writes, and is told so.
      const acknowledged = shard.write('t:t1', [update('Customer', 'a', { name: 'Written since' })]);
      expect(acknowledged.status).toBe('OK');
      expect(send()).toEqual({ ...first, counts: expect.anything(), touched: [['Customer', null]] });
      expect(shard.rows('SELECT id, name FROM customers ORDER BY id')).toEqual([
        ['a', 'Written since'],
        ['b', 'Imported'],
      ]);
    });
  });

  it('that failed has no effect, though it could have one by now', async () => {
    await inShop((shard) => {
      const orphan = () => shard.write('t:t1', [create('Customer')], { operationId: 'failed' });
      const failed = orphan();
      expect(failed).toMatchObject({ status: 'FAILED', index: 0, error: { code: 'FOREIGN_KEY_VIOLATION' } });
      shard.write('t:t1', [create('Tenant')]);
      expect(orphan()).toEqual({ ...failed, counts: expect.anything() });
      expect(shard.value('SELECT count(*) FROM customers')).toBe(0);
      expect(shard.write('t:t1', [create('Customer')])).toMatchObject({ status: 'OK' });
    });
  });

  it('of a write that changed nothing has no effect either', async () => {
    await inShop((shard) => {
      shard.write('t:t1', [create('Tenant')]);
      const rows = [customer('a', 'Same')];
      shard.import('Customer', COLUMNS, rows);
      const send = () => shard.import('Customer', COLUMNS, rows, { operationId: 'nothing' });
      expect(send()).toMatchObject({ inserted: 0, updated: 0, unchanged: 1 });
      shard.write('t:t1', [remove('Customer', 'a')]);
      expect(send()).toMatchObject({ inserted: 0, updated: 0, unchanged: 1 });
      expect(shard.value('SELECT count(*) FROM customers')).toBe(0);
    });
  });

  it('is told of all tables that the write changed, those of cascades included', async () => {
    await inShop((shard) => {
      shard.write(
        't:t1',
        ['Tenant', 'Customer', 'Product', 'Order', 'OrderItem'].map((type) => create(type)),
      );
      const send = () => shard.write('t:t1', [remove('Order', 'o1')], { operationId: 'cascade' });
      const tablesOf = (answer: ReturnType<typeof send>) =>
        answer.status === 'OK' ? answer.touched!.map(([table]) => table).toSorted() : answer;
      expect(tablesOf(send())).toEqual(['Order', 'OrderItem']);
      shard.write('t:t1', [update('Customer', 'c1', { name: 'Other' })]);
      expect(tablesOf(send())).toEqual(['Order', 'OrderItem']);
    });
  });

  it('is found by the next life of the shard', async () => {
    await inShop((shard) => {
      const sendBy = (life: LabShard) => [
        life.write('t:t1', [create('Tenant')], { operationId: 'made' }),
        life.write('t:t1', [update('Customer', 'nobody', { name: 'x' })], { operationId: 'failed' }),
      ];
      const [made, failed] = sendBy(shard);
      expect([made!.status, failed!.status]).toEqual(['OK', 'FAILED']);
      const counts = expect.anything();
      const again = [
        { ...made, counts, touched: [['Tenant', null]] },
        { ...failed, counts },
      ];
      for (const name of ['second', 'third']) expect(sendBy(nextLife(shard, name))).toEqual(again);
    });
  });

  it('takes the place of none that may still be asked for, whatever life it is of', async () => {
    const wall = { ms: Date.UTC(2026, 5, 1) };
    await inShop(
      (shard) => {
        let life = shard;
        const random = createRandom(1);
        const made: { id: string; atMs: number; version: number }[] = [];
        life.write('t:t1', [create('Tenant')]);
        for (let count = 0; count < 600; count++) {
          wall.ms += below(random, count % 200 < 100 ? 300 : 8_000);
          if (random() < 0.05) life = nextLife(shard, `life-${count}`);
          const id = `made-${count}`;
          const answer = life.write('t:t1', [update('Tenant', 't1', { name: id })], { operationId: id });
          if (answer.status === 'OK') made.push({ id, atMs: wall.ms, version: answer.version });
          const again = pick(random, made);
          if (again.atMs < wall.ms - OPERATION_RETENTION_MS) continue;
          const retried = life.write('t:t1', [update('Tenant', 't1', { name: 'x' })], { operationId: again.id });
          expect(retried).toMatchObject({ status: 'OK', version: again.version });
        }
        expect(shard.value('SELECT count(*) FROM _operations')).toBeLessThan(200);
        expect(shard.value('SELECT count(*) - count(DISTINCT turn) FROM _operations')).toBe(0);
      },
      () => wall.ms,
    );
  });

  it('finds nothing of a dry run under the same id', async () => {
    await inShop((shard) => {
      const write = (dryRun: boolean) => shard.write('t:t1', [create('Tenant')], { operationId: 'tried', dryRun });
      expect(write(true)).toMatchObject({ status: 'OK' });
      expect(write(false)).toMatchObject({ status: 'OK' });
      expect(shard.value('SELECT count(*) FROM tenants')).toBe(1);
    });
  });

  it('finds failures within the retry window, as it finds commits', async () => {
    const wall = { ms: Date.UTC(2026, 5, 1) };
    await inShop(
      (shard) => {
        const orphan = () => shard.write('t:t1', [create('Customer')], { operationId: 'failed' });
        const failed = orphan();
        shard.write('t:t1', [create('Tenant')]);
        wall.ms += 120_000;
        renameOften(shard);
        expect(orphan()).toEqual({ ...failed, counts: expect.anything() });
        wall.ms += 120_000;
        renameOften(shard);
        expect(orphan()).toMatchObject({ status: 'OK' });
      },
      () => wall.ms,
    );
  });
});

describe('a commit', () => {
  it('tells an import what it changed: of one shard key which rows, of several all of the table', async () => {
    await inShop((shard) => {
      const rows = ['t1', 't2'].map((id) => Object.values(shopRow('Tenant', { id })));
      expect(shard.import('Tenant', Object.keys(shopRow('Tenant')), rows)).toMatchObject({
        inserted: 2,
        touched: [['Tenant', null]],
      });
      shard.state.freshness.trackCached(['t:t1' as ShardKey]);
      expect(shard.import('Customer', COLUMNS, [customer('a', 'One')])).toMatchObject({
        touched: [['Customer', expect.any(Array)]],
      });
    });
  });

  it('refuses a row of an import that is under none of its shard keys, and that row alone', async () => {
    await inShop((shard) => {
      shard.write('t:t1', [create('Tenant')]);
      const stray = Object.values(shopRow('Customer', { id: 'b', email: 'b', tenantId: 't2' }));
      const answer = shard.import('Customer', COLUMNS, [customer('a', 'One'), stray], {
        shardKeys: ['t:t1' as ShardKey],
      });
      expect(answer).toMatchObject({ inserted: 1, failures: [{ row: 1, error: { code: 'BAD_USER_INPUT' } }] });
    });
  });

  it('answers nothing and moves no clock when its transaction cannot end', async () => {
    await inShop((shard) => {
      shard.write('t:t1', [create('Tenant')]);
      const { state } = shard;
      const before = [state.clock.last, state.freshness.lastSeq];
      const full = Object.assign(new Error('database or disk is full: SQLITE_FULL'), { durableObjectReset: true });
      const transactionSync = <T>(work: () => T): T =>
        state.storage.transactionSync(() => {
          work();
          throw full;
        });
      const storage = { sql: state.storage.sql, transactionSync } as unknown as ShardState['storage'];
      const failing = new LabShard({ ...state, storage }, 'failing');
      expect(() => failing.write('t:t1', [create('Customer')])).toThrow(full);
      expect([state.clock.last, state.freshness.lastSeq]).toEqual(before);
      expect(shard.value("SELECT count(*) FROM _operations WHERE id LIKE 'failing%'")).toBe(0);
      expect(shard.value('SELECT count(*) FROM customers')).toBe(0);
    });
  });
});
