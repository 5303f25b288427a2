import { expect, it } from 'vitest';
import { memoizeByObject } from '../../src/lib/memoize-by-object.ts';

it('works a result out once for each object', () => {
  const asked: unknown[] = [];
  const size = memoizeByObject((list: readonly number[], factor: number): number => {
    asked.push(list);
    return list.length * factor;
  });
  const [a, b] = [[1], [1]];
  expect([size(a, 2), size(a, 3), size(b, 4)]).toEqual([2, 2, 4]);
  expect(asked).toEqual([a, b]);
});
