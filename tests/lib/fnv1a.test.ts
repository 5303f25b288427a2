import { describe, expect, it } from 'vitest';
import { fnv1a32, fnv1a64 } from '../../src/lib/fnv1a.ts';

describe('FNV-1a of 64 bits', () => {
  // From the test vectors that the algorithm's authors publish.
  it.each([
    ['', 'cbf29ce484222325'],
    ['a', 'af63dc4c8601ec8c'],
    ['foobar', '85944171f73967e8'],
    ['chongo was here!\n', '46810940eff5f915'],
  ])('of %j is %s', (text, hash) => {
    expect(fnv1a64(text)).toBe(hash);
  });

  it('is what the definition says, in whole numbers of any size', () => {
    const byDefinition = (text: string): string => {
      let hash = 0xcbf29ce484222325n;
      for (const byte of new TextEncoder().encode(text)) {
        hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
      }
      return hash.toString(16).padStart(16, '0');
    };
    let text = '';
    for (let length = 1; length <= 300; length++) {
      text += String.fromCodePoint((length * 2_654_435_761) % 0xd800);
      expect(fnv1a64(text)).toBe(byDefinition(text));
    }
  });
});

describe('FNV-1a of 32 bits', () => {
  it.each([
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
  ])('of %j is %i', (text, hash) => {
    expect(fnv1a32(text)).toBe(hash);
  });
});
