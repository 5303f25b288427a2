import { describe, expect, it } from 'vitest';
import { rowEntryPlan } from '../../../src/cache/entries/row-entry.ts';
import type { Model, RefreshPolicy } from '../../../src/model/types.ts';
import { maxEntryLifeMs } from '../../../src/shards/entry-life.ts';
import type { Read } from '../../../src/shards/plan/read.ts';
import type { ShardKey } from '../../../src/shards/shard-key.ts';
import { update } from '../../shards/server/shop-rows.ts';
import { cachedModel } from '../../support/cache/lab-cache.ts';
import { customerById, ordersOfCustomer } from '../../support/cache/reads.ts';
import { inShopLab, type ShopLab } from '../../support/cache/shop-lab.ts';

function modelWith(refresh: RefreshPolicy): Model {
  const base = cachedModel();
  const tables = base.tables.map((table) => ({ ...table, cache: { ...table.cache, refresh } }));
  return { ...base, tables, tableByType: new Map(tables.map((table) => [table.typeName, table])) };
}

const CUSTOMER = customerById('t1', 'c1');
const ORDERS = ordersOfCustomer('t1', 'c1');
const T1 = 't:t1' as ShardKey;
const pay = (totalCents: number) => update('Order', 'o1', { totalCents });
const rename = (name: string) => update('Customer', 'c1', { name });

/** Two readers miss the answer, each after a write has made the one before worthless: it is hot then. */
async function heat(lab: ShopLab, read: Read): Promise<void> {
  for (const name of ['a', 'b']) {
    await lab.write([rename(name), pay(name.length)]);
    await lab.publish();
    await lab.isolate().read(read);
    await lab.clock.advance(2_000);
  }
}

/** Where an isolate that knows nothing gets the answer from right after a write and its invalidation. */
async function sourceAfterWrite(lab: ShopLab, read: Read, name = 'New') {
  await lab.write([rename(name), pay(7)]);
  await lab.publish();
  return await lab.isolate().read(read);
}

describe('a reader right after an invalidation', () => {
  it('finds the new value in KV where the table is refreshed and the answer was hot', () =>
    inShopLab(modelWith('hot'), async (lab) => {
      await heat(lab, CUSTOMER);
      expect(await sourceAfterWrite(lab, CUSTOMER)).toMatchObject({ source: 'kv', answer: ['New'] });
    }));

  it('finds it although the isolate that wrote has read it back: nobody else has it from there', () =>
    inShopLab(modelWith('hot'), async (lab) => {
      await heat(lab, CUSTOMER);
      const { values, keys } = CUSTOMER;
      const plan = CUSTOMER.plan.derived(rowEntryPlan, lab.shard.state.model).text;
      const call = { plan, values, keys, shardKeys: [T1], cacheable: true };
      expect(lab.shard.write(T1, [rename('New')], { readBack: [call] })).toHaveProperty('readBack');
      await lab.publish();
      expect(await lab.isolate().read(CUSTOMER)).toMatchObject({ source: 'kv', answer: ['New'] });
    }));

  it('finds lists, too', () =>
    inShopLab(modelWith('hot'), async (lab) => {
      await heat(lab, ORDERS);
      expect(await sourceAfterWrite(lab, ORDERS)).toMatchObject({ source: 'kv' });
    }));

  it('misses where the table is not refreshed', () =>
    inShopLab(modelWith('none'), async (lab) => {
      await heat(lab, CUSTOMER);
      expect(await sourceAfterWrite(lab, CUSTOMER)).toMatchObject({ source: 'shard', answer: ['New'] });
    }));

  it('misses what only one reader has asked for', () =>
    inShopLab(modelWith('hot'), async (lab) => {
      await lab.isolate().read(CUSTOMER);
      await lab.clock.advance(2_000);
      expect(await sourceAfterWrite(lab, CUSTOMER)).toMatchObject({ source: 'shard' });
    }));
});

describe('refreshing', () => {
  it('ends one or two lives after the last reader', () =>
    inShopLab(modelWith('hot'), async (lab) => {
      await heat(lab, CUSTOMER);
      let refreshed = -1;
      for (let half = 0; half < 10; half++) {
        lab.shard.state.freshness.trackCached([T1]);
        await lab.write([rename(`w${half}`)]);
        const before = lab.kv.counts.puts;
        await lab.publish();
        // One put is that of the stamps.
        refreshed = lab.kv.counts.puts - before > 1 ? half : refreshed;
        await lab.clock.advance(maxEntryLifeMs(lab.shard.state.model) / 2);
      }
      expect(refreshed).toBeGreaterThanOrEqual(0);
      expect(refreshed).toBeLessThan(4);
    }));

  it('asks for an answer once a second, and not at all for one that has not changed', () =>
    inShopLab(modelWith('hot'), async (lab) => {
      const { freshness } = lab.shard.state;
      await heat(lab, CUSTOMER);
      expect(freshness.takeHotReads([T1])).toEqual([]);
      await lab.write([rename('x')]);
      expect(freshness.takeHotReads([T1])).toHaveLength(1);
      await lab.write([rename('y')]);
      expect(freshness.takeHotReads([T1])).toEqual([]);
      await lab.clock.advance(1_000);
      expect(freshness.takeHotReads([T1])).toHaveLength(1);
      await lab.clock.advance(1_000);
      expect(freshness.takeHotReads([T1])).toEqual([]);
    }));

  it('is bounded per shard key, hottest first', () =>
    inShopLab(modelWith('hot'), async (lab) => {
      const { freshness } = lab.shard.state;
      for (let round = 0; round < 4; round++) {
        for (let index = 0; index < (round < 2 ? 30 : 3); index++)
          await lab.ask({ ...customerById('t1', `h${index}`), cacheable: true });
        await lab.clock.advance(100);
      }
      await lab.write([rename('x')]);
      const hot = freshness.takeHotReads([T1]);
      expect(hot).toHaveLength(10);
      expect(hot.slice(0, 3).map(({ key }) => key[1])).toEqual(['h0', 'h1', 'h2']);
    }));
});
