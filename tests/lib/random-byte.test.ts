import { expect, it } from 'vitest';
import { randomByte } from '../../src/lib/random-byte.ts';

it('draws every byte, and never the same ones again', () => {
  const draw = (count: number) => Array.from({ length: count }, randomByte);
  // That one of 256 values is missing from so many has a probability of 10⁻¹⁴.
  expect(new Set(draw(10_000)).size).toBe(256);
  const texts = Array.from({ length: 1_000 }, () => draw(16).join());
  expect(new Set(texts).size).toBe(texts.length);
});
