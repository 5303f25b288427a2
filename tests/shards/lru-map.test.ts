import { describe, expect, it } from 'vitest';
import { LruMap } from '../../src/shards/lru-map.ts';

describe('a map that forgets', () => {
  it('keeps what was used last, up to a total length', () => {
    const map = new LruMap<number>(6);
    map.add('aa', 1);
    map.add('bb', 2);
    map.add('cc', 3);
    expect(map.get('aa')).toBe(1);
    map.add('ddd', 4);
    expect(['aa', 'bb', 'cc', 'ddd'].map((key) => map.get(key))).toEqual([1, undefined, undefined, 4]);
  });

  it('keeps a text that is too long only until the next', () => {
    const map = new LruMap<number>(3);
    map.add('long text', 1);
    expect(map.get('long text')).toBe(1);
    map.add('a', 2);
    expect([map.get('long text'), map.get('a')]).toEqual([undefined, 2]);
  });
});
