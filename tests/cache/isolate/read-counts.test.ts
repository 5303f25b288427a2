import { describe, expect, it } from 'vitest';
import { ReadCounts } from '../../../src/cache/isolate/read-counts.ts';

const LIFE_MS = 90_000;
const NOW_MS = 1_790_000_000_000;

describe('counts of reads', () => {
  it('are of reads that are not further apart than an answer lives', () => {
    const counts = new ReadCounts();
    const readAt = (ms: number) => {
      counts.add('a', NOW_MS + ms, LIFE_MS);
      return counts.of('a');
    };
    expect([readAt(0), readAt(89_000), readAt(178_000), readAt(269_000)]).toEqual([1, 2, 3, 1]);
    expect(counts.of('b')).toBe(0);
  });

  it('begin again with an answer that has changed', () => {
    const counts = new ReadCounts();
    for (let time = 0; time < 300; time++) counts.add('a', NOW_MS, LIFE_MS);
    expect(counts.of('a')).toBe(255);
    counts.set('a', 0);
    counts.set('never read', 1);
    counts.add('a', NOW_MS, LIFE_MS);
    expect([counts.of('a'), counts.of('never read')]).toEqual([1, 0]);
  });

  it('outlast a clock that steps back', () => {
    const counts = new ReadCounts();
    counts.add('a', NOW_MS, LIFE_MS);
    counts.add('a', NOW_MS - 3_600_000, LIFE_MS);
    expect(counts.of('a')).toBe(2);
  });

  it('are those of the keys themselves, of which they forget the ones that were read first', () => {
    const counts = new ReadCounts();
    for (let key = 0; key < 100_000; key++) counts.add(`key ${key}`, NOW_MS + key, LIFE_MS);
    const known = Array.from({ length: 100_000 }, (_, key) => counts.of(`key ${key}`));
    // All are read once: more would be another key's reads. Sets of 4 in 16,384 slots hold most of the last 8,000.
    expect(known.filter((count) => count > 1).length).toBeLessThan(5);
    expect(known.slice(-8_000).filter((count) => count === 1).length).toBeGreaterThan(7_000);
    expect(known.slice(0, 50_000).filter((count) => count === 1).length).toBeLessThan(500);
  });
});
