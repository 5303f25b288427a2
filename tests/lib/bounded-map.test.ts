import { describe, expect, it } from 'vitest';
import { BoundedMap } from '../../src/lib/bounded-map.ts';
import { below, createRandom } from '../support/random.ts';

describe('a map that forgets', () => {
  it('forgets what was set or used first, by weight', () => {
    const forgotten: unknown[] = [];
    const map = new BoundedMap<string, number>(6, (value, key) => forgotten.push([key, value]));
    for (const [index, key] of ['a', 'b', 'c'].entries()) map.set(key, index, 2);
    expect(map.use('a')).toBe(0);
    map.set('d', 3, 3);
    expect([...map]).toEqual([
      ['a', 0],
      ['d', 3],
    ]);
    expect(forgotten).toEqual([
      ['b', 1],
      ['c', 2],
    ]);
    expect([map.size, map.weight]).toEqual([2, 5]);
  });

  it('leaves entries as old as they are when they are only looked at', () => {
    const map = new BoundedMap<string, number>(2);
    map.set('a', 1);
    map.set('b', 2);
    expect(map.get('a')).toBe(1);
    map.set('c', 3);
    expect([...map.values()]).toEqual([2, 3]);
  });

  it('counts a key that is set again, or deleted, once', () => {
    const map = new BoundedMap<string, number>(10);
    map.set('a', 1, 4);
    map.set('b', 2, 4);
    map.set('a', 3, 5);
    expect([map.weight, [...map.values()]]).toEqual([9, [2, 3]]);
    expect([map.delete('a'), map.delete('a'), map.weight]).toEqual([true, false, 4]);
  });

  it('keeps what is too heavy only until the next', () => {
    const map = new BoundedMap<string, number>(3);
    map.set('heavy', 1, 9);
    expect(map.get('heavy')).toBe(1);
    map.set('light', 2);
    expect([map.get('heavy'), map.get('light')]).toEqual([undefined, 2]);
  });

  it('forgets in the same order over thousands of changes', () => {
    const forgotten: number[] = [];
    const map = new BoundedMap<number, number>(50, (_, key) => forgotten.push(key));
    let order: number[] = [];
    const expected: number[] = [];
    const random = createRandom(7);
    for (let step = 0; step < 20_000; step++) {
      const key = below(random, 120);
      const others = order.filter((each) => each !== key);
      const chance = below(random, 10);
      if (chance === 0) {
        map.delete(key);
        order = others;
      } else if (chance < 4 || step % 4_000 < 1_500) {
        if (map.use(key) !== undefined) order = [...others, key];
      } else {
        map.set(key, step);
        order = [...others, key];
        expected.push(...order.splice(0, Math.max(0, order.length - 50)));
      }
      if (step === 10_000) {
        map.clear();
        order = [];
      }
    }
    expect(forgotten).toEqual(expected);
    expect(forgotten.length).toBeGreaterThan(1_000);
    expect([...map].map(([key]) => key)).toEqual(order);
  });
});
