import { expect, it } from 'vitest';
import { WritesUnderWay } from '../../../../src/shards/client/routing/writes-under-way.ts';

it('a shard has writes under way until the last of them has ended, or its time is over', () => {
  const writes = new WritesUnderWay();
  expect(writes.has('s0', 0)).toBe(false);
  const [first, second] = [writes.begin('s0', 0, 100), writes.begin('s0', 0, 200)];
  expect([writes.has('s0', 0), writes.has('s1', 0)]).toEqual([true, false]);
  first();
  expect(writes.has('s0', 199)).toBe(true);
  expect(writes.has('s0', 200)).toBe(false);
  second();
  const third = writes.begin('s0', 220, 300);
  expect(writes.has('s0', 250)).toBe(true);
  third();
  expect(writes.has('s0', 250)).toBe(false);
});
