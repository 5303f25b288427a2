import { expect, it } from 'vitest';
import type { LabShard } from '../lab-shard.ts';
import { create, update } from '../shop-rows.ts';
import { fail, inShop, succeed } from './commit-lab.ts';

const storedKeys = (shard: LabShard) => shard.rows('SELECT shard_key FROM _keys');

it('a shard key is noted by the first write that stands, and by no later one', () =>
  inShop((shard) => {
    fail(shard, create('Tenant', { id: 't1' }), update('Customer', 'nobody', { name: 'Eve' }));
    shard.write('t:t1', [create('Tenant', { id: 't1' })], { dryRun: true });
    expect(storedKeys(shard)).toEqual([]);
    succeed(shard, create('Tenant', { id: 't1' }), create('Customer', { id: 'c1' }));
    expect(storedKeys(shard)).toEqual([['t:t1']]);
    // By who remembers that it is there, though it is not.
    shard.rows('DELETE FROM _keys');
    succeed(shard, update('Customer', 'c1', { name: 'Eve' }));
    expect(storedKeys(shard)).toEqual([]);
  }));
