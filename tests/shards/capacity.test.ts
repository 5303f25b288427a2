import { describe, expect, it } from 'vitest';
import { levelOf, toCapacitySettings } from '../../src/shards/capacity.ts';

describe('settings of the capacity', () => {
  it('have defaults of 7, 8.5 and 9.5 GB', () => {
    const { warnBytes, planBytes, fullBytes } = toCapacitySettings({});
    expect([warnBytes, planBytes, fullBytes]).toEqual([7e9, 8.5e9, 9.5e9]);
  });

  it.each([
    [{ fullBytes: 9_500_000_001 }, /capacity\.fullBytes to be at most 9500000000, so that deletes have room/],
    [{ warnBytes: 0 }, /capacity\.warnBytes to be a whole number from 1 on, but got 0/],
    [{ planBytes: 1.5 }, /capacity\.planBytes to be a whole number/],
    [{ fullBytes: '9' }, /capacity\.fullBytes to be a whole number from 1 on, but got 9/],
    [{ fullBytes: 1_000 }, /warnBytes ≤ planBytes ≤ fullBytes, but got 7000000000, 8500000000 and 1000; set all three/],
    [{ largeShardKeyShare: 0 }, /largeShardKeyShare to be a number above 0 and up to 1, but got 0/],
    [{ largeShardKeyShare: Number.NaN }, /largeShardKeyShare .* but got NaN/],
    [{ reportSeconds: -1 }, /capacity\.reportSeconds/],
    [{ maxBytes: 1 }, /capacity to have warnBytes, .* but got maxBytes; take it out/],
  ])('refuse %j', (given, message) => {
    expect(() => toCapacitySettings(given as never)).toThrow(message);
  });

  it('tell the level of a size, from the threshold on', () => {
    const settings = toCapacitySettings({ warnBytes: 10, planBytes: 20, fullBytes: 30 });
    const levels = [9, 10, 19, 20, 29, 30, 31].map((bytes) => levelOf(bytes, settings));
    expect(levels).toEqual(['OK', 'WARN', 'WARN', 'PLAN', 'PLAN', 'FULL', 'FULL']);
  });
});
