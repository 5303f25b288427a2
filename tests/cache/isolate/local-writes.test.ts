import { describe, expect, it } from 'vitest';
import { LocalWrites } from '../../../src/cache/isolate/local-writes.ts';
import type { ShardKey } from '../../../src/shards/shard-key.ts';
import { rowBucket } from '../../../src/shards/stamps.ts';
import { CACHED, LabCache } from '../../support/cache/lab-cache.ts';
import { allOrders, customerById, ordersOfTenant, tenantKey } from '../../support/cache/reads.ts';
import { LAB_SHARD, labState } from '../../support/cache/seen.ts';

const ONE = 't:one' as ShardKey;

/** Is an answer that depends on this, and was read at `asOf`, old? */
const isOld = (changes: LocalWrites, shardKey: ShardKey | null, table: string, bucket: number | null, asOf: number) =>
  changes.hasChanged(
    { shardKey, dependencies: [{ table, bucket }], tables: [table] } as never,
    labState(asOf).snapshots,
  );

describe('what an isolate has changed itself', () => {
  it('makes older answers that depend on it old, and no others', () => {
    const changes = new LocalWrites();
    changes.record({ shard: LAB_SHARD, shardKeys: [ONE], version: 50, touched: [['Order', [3]]] });
    changes.record({
      shard: LAB_SHARD,
      shardKeys: [ONE],
      version: 60,
      touched: [
        ['Order', [4]],
        ['Review', null],
      ],
    });
    const isOldHere = (table: string, bucket: number | null, asOf: number) => isOld(changes, ONE, table, bucket, asOf);
    expect([isOldHere('Order', 3, 49), isOldHere('Order', 3, 50)]).toEqual([true, false]);
    expect([isOldHere('Order', 5, 1), isOldHere('Order', null, 59), isOldHere('Order', null, 60)]).toEqual([
      false,
      true,
      false,
    ]);
    expect(isOldHere('Review', 9, 59)).toBe(true);
    expect(isOldHere('Customer', null, 1)).toBe(false);
    expect(isOld(changes, 't:two' as ShardKey, 'Order', null, 1)).toBe(false);
    expect([isOld(changes, null, 'Order', null, 59), isOld(changes, null, 'Order', null, 60)]).toEqual([true, false]);
    expect(isOld(changes, null, 'Customer', null, 1)).toBe(false);
  });

  it('makes a list over all shards old by a change that it lacks, and not by one of another shard that it holds', () => {
    const changes = new LocalWrites();
    changes.record({ shard: 'busy', shardKeys: [ONE], version: 900, touched: [['Order', null]] });
    const list = { shardKey: null, dependencies: [], tables: ['Order'] } as never;
    const asOf = (idle: number, busy: number) =>
      changes.hasChanged(list, [
        { shard: 'idle', asOf: idle, changed: idle },
        { shard: 'busy', asOf: busy, changed: busy },
      ]);
    expect([asOf(5, 899), asOf(5, 900), asOf(999, 899)]).toEqual([true, false, true]);
  });

  it('keeps the later of two changes of which the earlier is told last', () => {
    const changes = new LocalWrites();
    const note = (version: number, bucket: number | null) =>
      changes.record({
        shard: LAB_SHARD,
        shardKeys: [ONE],
        version,
        touched: [['Order', bucket === null ? null : [bucket]]],
      });
    note(60, 3);
    note(50, 3);
    expect(isOld(changes, ONE, 'Order', 3, 55)).toBe(true);
    expect(isOld(changes, ONE, 'Order', null, 55)).toBe(true);
    note(80, null);
    note(70, null);
    expect(isOld(changes, ONE, 'Order', 4, 75)).toBe(true);
  });

  it('takes bounded memory: the least recently changed shard keys are left to the stamps', () => {
    // Two shard keys of which nothing but one table is known.
    const changes = new LocalWrites(1_120);
    for (const key of ['a', 'b', 'a', 'c']) {
      changes.record({ shard: LAB_SHARD, shardKeys: [`t:${key}` as ShardKey], version: 5, touched: [['Order', null]] });
    }
    expect(['a', 'b', 'c'].map((key) => isOld(changes, `t:${key}` as ShardKey, 'Order', null, 1))).toEqual([
      true,
      false,
      true,
    ]);
    changes.record({ shard: LAB_SHARD, shardKeys: ['t:d' as ShardKey], version: 5, touched: [['Order', [1]]] });
    expect(['a', 'c', 'd'].map((key) => isOld(changes, `t:${key}` as ShardKey, 'Order', 1, 1))).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('shows at once, before any stamp', async () => {
    const lab = new LabCache();
    const isolate = lab.isolate();
    const [row, list, all] = [customerById('one', 'c1'), ordersOfTenant('one'), allOrders()];
    for (const read of [row, list, all]) await isolate.read(read, CACHED);
    await lab.clock.advance(5);
    lab.answer = ['two'];
    const touched = [['Customer', [rowBucket(['one', 'c1'])]]] as const;
    isolate.cache.localWrites.record({
      shard: LAB_SHARD,
      shardKeys: [tenantKey('one')],
      version: lab.version,
      touched,
    });
    await lab.clock.advance(5);
    expect(await isolate.read(row, CACHED)).toMatchObject({ source: 'shard' });
    expect(await isolate.read(row, CACHED)).toMatchObject({ source: 'memory' });
    expect(await isolate.read(list, CACHED)).toMatchObject({ source: 'memory', answer: ['one'] });
    expect(await isolate.read(all, CACHED)).toMatchObject({ source: 'memory', answer: ['one'] });
  });
});
