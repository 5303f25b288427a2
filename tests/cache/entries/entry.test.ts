import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEntry, encodeEntry } from '../../../src/cache/entries/entry.ts';

const count = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const entry = fc.record({
  text: fc.json(),
  asOf: count,
  changed: count,
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
    const stored = encodeEntry('a', { text: '1', asOf: 1, changed: 1, at: 1, ttlMs: 1, swrMs: 0, maker: 'm' });
    expect(decodeEntry('b', stored)).toBeNull();
  });

  it.each([
    '',
    'null',
    '{"a":1}',
    '[1]',
    '[2,"k",1,1,1,1,0,"m","1"]',
    '[1,"k",1,1,1,1,0,"m"]',
    '[1,"k",-1,1,1,1,0,"m","1"]',
    '[1,"k",1,1,1.5,1,0,"m","1"]',
    '[1,"k",1,1,1,1,0,7,"1"]',
    '[1,"k",1,1,1,1,0,"m",{}]',
  ])('are nothing if their text is %s', (stored) => expect(decodeEntry('k', stored)).toBeNull());
});
