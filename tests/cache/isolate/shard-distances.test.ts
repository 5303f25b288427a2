import { describe, expect, it } from 'vitest';
import { ShardDistances } from '../../../src/cache/isolate/shard-distances.ts';
import type { ShardKey } from '../../../src/shards/shard-key.ts';

const ONE = 't:one' as ShardKey;
const TWO = 't:two' as ShardKey;

function measured(...answers: readonly (readonly [ShardKey, number])[]): ShardDistances {
  const distances = new ShardDistances();
  for (const [shardKey, ms] of answers) distances.answered(shardKey, ms);
  return distances;
}

describe('the distance of a shard', () => {
  it('is not known from one answer, which may be that of a shard that woke', () => {
    expect(measured().of(ONE)).toBe(0);
    expect(measured([ONE, 200]).of(ONE)).toBe(0);
    expect(measured([ONE, 200], [ONE, 180]).of(ONE)).toBe(180);
  });

  it('is the time of quick answers, of which slow moments change little', () => {
    expect(measured([ONE, 200], [ONE, 4]).of(ONE)).toBe(4);
    expect(measured([ONE, 4], [ONE, 4], [ONE, 404]).of(ONE)).toBe(54);
    expect(measured([ONE, 4], [ONE, 404], [ONE, 4]).of(ONE)).toBe(4);
  });

  it('follows a shard that has become slow', () => {
    const distances = measured([ONE, 4]);
    for (let answer = 0; answer < 20; answer++) distances.answered(ONE, 100);
    expect(distances.of(ONE)).toBeGreaterThan(80);
  });

  it('is that of the nearest ones where a shard has not been asked yet', () => {
    expect(measured([ONE, 300], [ONE, 300]).of(TWO)).toBe(300);
    expect(measured([ONE, 300], [ONE, 300], [TWO, 5]).of('t:three' as ShardKey)).toBe(5);
    expect(measured([ONE, 300], [ONE, 300], [TWO, 5], [TWO, 5]).of(ONE)).toBe(300);
  });
});
