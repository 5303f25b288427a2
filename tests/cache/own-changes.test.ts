import { describe, expect, it } from 'vitest';
import { OwnChanges } from '../../src/cache/own-changes.ts';
import type { ShardKey } from '../../src/shards/shard-key.ts';
import { rowBucket } from '../../src/shards/stamps.ts';
import { CACHED, LabCache } from '../support/cache/lab-cache.ts';
import { customerById, ordersOfTenant, tenantKey } from '../support/cache/reads.ts';

const ONE = 't:one' as ShardKey;

describe('what an isolate has changed itself', () => {
  it('makes older answers that depend on it old, and no others', () => {
    const changes = new OwnChanges(10);
    changes.note(ONE, 50, [['Order', [3]]]);
    changes.note(ONE, 60, [
      ['Order', [4]],
      ['Review', null],
    ]);
    const isOld = (table: string, bucket: number | null, asOf: number) =>
      changes.hasChanged(ONE, [{ table, bucket }], asOf);
    expect([isOld('Order', 3, 49), isOld('Order', 3, 50)]).toEqual([true, false]);
    expect([isOld('Order', 5, 1), isOld('Order', null, 59), isOld('Order', null, 60)]).toEqual([false, true, false]);
    expect(isOld('Review', 9, 59)).toBe(true);
    expect(isOld('Customer', null, 1)).toBe(false);
    expect(changes.hasChanged('t:two' as ShardKey, [{ table: 'Order', bucket: null }], 1)).toBe(false);
    expect(changes.hasChanged(null, [{ table: 'Order', bucket: null }], 1)).toBe(false);
  });

  it('takes bounded memory: the least recently changed shard keys are left to the stamps', () => {
    const changes = new OwnChanges(2);
    for (const key of ['a', 'b', 'a', 'c']) changes.note(`t:${key}` as ShardKey, 5, [['Order', null]]);
    const isKnown = (key: string) => changes.hasChanged(`t:${key}` as ShardKey, [{ table: 'Order', bucket: null }], 1);
    expect(['a', 'b', 'c'].map(isKnown)).toEqual([true, false, true]);
  });

  it('shows at once, before any stamp', async () => {
    const lab = new LabCache();
    const isolate = lab.isolate();
    const [row, list] = [customerById('one', 'c1'), ordersOfTenant('one')];
    for (const read of [row, list]) await isolate.read(read, CACHED);
    await lab.clock.advance(5);
    lab.answer = ['two'];
    isolate.request().changed(tenantKey('one'), lab.version, [['Customer', [rowBucket(['one', 'c1'])]]]);
    await lab.clock.advance(5);
    expect(await isolate.read(row, CACHED)).toMatchObject({ source: 'shard' });
    expect(await isolate.read(row, CACHED)).toMatchObject({ source: 'memory' });
    expect(await isolate.read(list, CACHED)).toMatchObject({ source: 'memory', answer: ['one'] });
  });
});
