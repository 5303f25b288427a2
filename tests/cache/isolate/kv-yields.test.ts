import { describe, expect, it } from 'vitest';
import { KvYields } from '../../../src/cache/isolate/kv-yields.ts';

const LOOKUPS = 5_120;

/** How many of so many lookups were made, where `isFound` says of each that is whether it finds something. */
function made(yields: KvYields, isFound: (at: number) => boolean, group = 'row Customer'): number {
  let count = 0;
  for (let at = 0; at < LOOKUPS; at++) {
    if (!yields.isWorthLooking(group)) continue;
    count++;
    yields.looked(group, isFound(at));
  }
  return count;
}

describe('looking up answers that were not read before', () => {
  it('goes on while every fourth is found', () => {
    expect(made(new KvYields(), (at) => at % 2 === 0)).toBe(LOOKUPS);
  });

  it('is a matter of samples where next to none are', () => {
    const yields = new KvYields();
    made(yields, () => false);
    expect(made(yields, () => false)).toBe(LOOKUPS / 32);
    expect(made(yields, () => false, 'row Product')).toBeGreaterThan(LOOKUPS / 32);
  });

  it('begins again once samples are found', () => {
    const yields = new KvYields();
    made(yields, () => false);
    expect(made(yields, () => true)).toBeGreaterThan(LOOKUPS / 2);
  });
});
