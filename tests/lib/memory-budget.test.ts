import { describe, expect, it } from 'vitest';
import { BoundedMap } from '../../src/lib/bounded-map.ts';
import { MemoryBudget } from '../../src/lib/memory-budget.ts';

const keysOf = (map: Iterable<readonly [string, null]>) => [...map].map(([key]) => key);

describe('memory that several caches share', () => {
  it('is taken from the largest of them, oldest entries first', () => {
    const budget = new MemoryBudget(10);
    const forgotten: string[] = [];
    const a = new BoundedMap<string, null>(budget, (_, key) => forgotten.push(key));
    const b = new BoundedMap<string, null>(budget);
    for (const key of ['a1', 'a2', 'a3', 'a4']) a.set(key, null, 2);
    b.set('b1', null, 2);
    expect(budget.used).toBe(10);
    b.set('b2', null, 1);
    expect(forgotten).toEqual(['a1']);
    b.set('b3', null, 4);
    expect([keysOf(a), keysOf(b), budget.used]).toEqual([['a3', 'a4'], ['b2', 'b3'], 9]);
  });

  it('has room for what was set last, whatever its weight, and for nothing else then', () => {
    const budget = new MemoryBudget(10);
    const [a, b] = [new BoundedMap<string, null>(budget), new BoundedMap<string, null>(budget)];
    a.set('a', null, 4);
    b.set('heavy', null, 50);
    expect([keysOf(a), keysOf(b)]).toEqual([[], ['heavy']]);
    a.set('a', null, 4);
    expect([keysOf(a), keysOf(b)]).toEqual([['a'], []]);
  });
});
