/** While a deploy rolls out, readers of one release read through shards, stamps and entries of another. */
import { describe, expect, it } from 'vitest';
import type { Model, TableModel } from '../../src/model/types.ts';
import type { ShardKey } from '../../src/shards/shard-key.ts';
import { update } from '../shards/server/shop-rows.ts';
import { cachedModel } from '../support/cache/lab-cache.ts';
import { customerByEmail, customerById, node, readOf } from '../support/cache/reads.ts';
import { inShopLab } from '../support/cache/shop-lab.ts';

const withTables = (model: Model, change: (table: TableModel) => TableModel): Model => {
  const tables = model.tables.map(change);
  return { ...model, tables, tableByType: new Map(tables.map((table) => [table.typeName, table])) };
};

const before = cachedModel(300, 60);

/** It can look customers up by name. */
const withKey = withTables(before, (table) =>
  table.typeName === 'Customer'
    ? {
        ...table,
        uniqueKeys: [
          ...table.uniqueKeys,
          { ...table.uniqueKeys[0]!, name: 'name', columns: [table.shardKey, table.columnByName.get('name')!] },
        ],
      }
    : table,
);

const withLife = (ttlSeconds: number, swrSeconds = 0) =>
  withTables(before, (table) => ({ ...table, cache: { ...table.cache, ttlSeconds, swrSeconds } }));

const byName = (name: string) =>
  readOf(node({ table: 'Customer', match: ['tenantId', 'name'], columns: ['id'] }), 't1', ['t1', name]);

describe('a reader of the next release', () => {
  it('is told by a shard of the one before that what it finds by a key of its own has changed', () =>
    inShopLab(before, async (lab) => {
      const reader = lab.isolate(withKey);
      expect((await reader.read(byName('Ada'))).answer).toEqual(['c1']);
      expect((await reader.read(byName('Ada'))).source).not.toBe('shard');
      // Absence too.
      expect((await reader.read(byName('Grace'))).answer).toBeNull();
      await lab.write([update('Customer', 'c1', { name: 'Grace' })]);
      await lab.publish();
      await lab.clock.advance(70_000);
      for (const each of [reader, lab.isolate(withKey)]) {
        expect(await each.read(byName('Ada'))).toMatchObject({ answer: null });
        expect(await each.read(byName('Grace'))).toMatchObject({ answer: ['c1'] });
      }
    }));

  it('is told by buckets again once the shard is of its release', () =>
    inShopLab(withKey, async (lab) => {
      const reader = lab.isolate(withKey);
      const other = customerByEmail('t1', 'nobody@x');
      for (const read of [byName('Ada'), other]) await reader.read(read);
      await lab.write([update('Customer', 'c1', { name: 'Grace' })]);
      await lab.publish();
      await lab.clock.advance(70_000);
      expect(await reader.read(byName('Ada'))).toMatchObject({ answer: null, source: 'shard' });
      expect((await reader.read(other)).source).not.toBe('shard');
    }));
});

describe('a policy that has changed', () => {
  const ROW = customerById('t1', 'c1');
  const rename = (name: string) => update('Customer', 'c1', { name });

  it('holds for what was kept under the one before', () =>
    inShopLab(withLife(3), async (lab) => {
      const [old, present] = [lab.isolate(withLife(360)), lab.isolate(withLife(3))];
      await old.read(ROW);
      await lab.clock.advance(2_000);
      expect((await present.read(ROW)).source).toBe('kv');
      await lab.clock.advance(2_000);
      expect(await present.read(ROW)).toMatchObject({ source: 'shard', answer: ['Ada'] });
    }));

  it.each([
    ['of a release that keeps answers for longer', 360, 3, false],
    ['of the same, after the shard has started again', 360, 3, true],
    ['of a release that keeps them as long as any of the shard', 300, 300, false],
  ])('leaves no change unstamped of which a reader may have an answer: %s', (_, kept, life, restarts) =>
    inShopLab(withLife(life), async (lab) => {
      const reader = lab.isolate(withLife(kept));
      await reader.read(ROW);
      if (restarts) lab.restart();
      // Looked at all the while: else the shard would not trust its clock, and take everything for handed out.
      for (let look = 0; look < 5; look++) {
        await lab.clock.advance(40_000);
        await lab.write([update('Product', 'p1', { name: `look ${look}` })]);
        await lab.publish();
      }
      await lab.write([rename('New')]);
      await lab.publish();
      await lab.clock.advance(70_000);
      expect((await lab.isolate(withLife(kept)).read(ROW)).answer).toEqual(['New']);
      expect((await reader.read(ROW)).answer).toEqual(['New']);
    }),
  );
});

describe('a shard', () => {
  const T1 = 't:t1' as ShardKey;

  it('remembers what it has handed out although its clock was set ahead', () =>
    inShopLab(before, async (lab) => {
      await lab.isolate().read(customerById('t1', 'c1'));
      await lab.clock.advance(24 * 3_600_000);
      await lab.write([update('Customer', 'c1', { name: 'New' })]);
      expect(lab.shard.state.freshness.unpublished.isDirty(T1)).toBe(true);
    }));
});
