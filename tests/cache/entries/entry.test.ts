import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEntry, encodeEntry, isLater } from '../../../src/cache/entries/entry.ts';
import { LAB_SHARD, labState } from '../../support/cache/seen.ts';

const count = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const entry = fc.record({
  text: fc.json(),
  snapshots: fc.array(fc.record({ shard: fc.string(), asOf: count, changed: count }), { minLength: 1, maxLength: 3 }),
  epoch: count,
  at: count,
  ttlMs: count,
  swrMs: count,
  maker: fc.string(),
});

describe('entries', () => {
  it('come back from their text as they were', () => {
    fc.assert(
      fc.property(fc.string(), entry, (key, before) => {
        expect(decodeEntry(key, encodeEntry(key, before))).toEqual(before);
      }),
    );
  });

  it('are not taken for those of another key', () => {
    const stored = encodeEntry('a', { text: '1', ...labState(1), at: 1, ttlMs: 1, swrMs: 0, maker: 'm' });
    expect(decodeEntry('b', stored)).toBeNull();
  });

  it.each([
    '',
    'null',
    '{"a":1}',
    '[1]',
    '[1,"k",1,["s",1,1],1,1,0,"m","1"]',
    '[2,"k",1,["s",1,1],1,1,0,"m"]',
    '[2,"k",-1,["s",1,1],1,1,0,"m","1"]',
    '[2,"k",1,["s",1,-1],1,1,0,"m","1"]',
    '[2,"k",1,["s",1],1,1,0,"m","1"]',
    '[2,"k",1,[],1,1,0,"m","1"]',
    '[2,"k",1,[7,1,1],1,1,0,"m","1"]',
    '[2,"k",1,["s",1,1],1.5,1,0,"m","1"]',
    '[2,"k",1,["s",1,1],1,1,0,7,"1"]',
    '[2,"k",1,["s",1,1],1,1,0,"m",{}]',
  ])('are nothing if their text is %s', (stored) => expect(decodeEntry('k', stored)).toBeNull());
});

describe('of two entries of one key, the later', () => {
  const entryOf = (asOf: number, at: number, epoch = 1, shard = LAB_SHARD) => ({
    ...{ text: '1', ttlMs: 1, swrMs: 0, maker: 'm', at, epoch },
    snapshots: [{ shard, asOf, changed: 0 }],
  });

  it.each([
    ['holds more commits, whatever its age', entryOf(6, 1), entryOf(5, 9)],
    ['is the younger one if both hold the same', entryOf(5, 9), entryOf(5, 1)],
    ['is of the later epoch if another shard has the slot', entryOf(5, 1, 2, 'shard-9'), entryOf(6, 9)],
    ['holds more commits of its shard, whatever is known of other slots', entryOf(6, 1, 1), entryOf(5, 9, 2)],
  ])('%s', (_, later, earlier) => {
    expect([isLater(later, earlier), isLater(earlier, later), isLater(later, later)]).toEqual([true, false, false]);
  });

  it('of several shards is the younger one where neither holds all of the other', () => {
    const both = (one: number, two: number, at: number) => ({
      ...entryOf(0, at),
      snapshots: [...labState(one).snapshots, { shard: 'shard-2', asOf: two, changed: 0 }],
    });
    expect(isLater(both(5, 6, 1), both(5, 5, 9))).toBe(true);
    expect(isLater(both(4, 6, 1), both(5, 5, 9))).toBe(false);
    expect(isLater(both(5, 5, 9), both(4, 6, 1))).toBe(true);
  });
});
