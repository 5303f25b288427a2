import { expect, it } from 'vitest';
import { KeyLines } from '../../../src/http/import/key-lines.ts';

it('knows the first line of a key, for as long as it remembers it', () => {
  const keys = new KeyLines();
  expect(keys.record('a', 1)).toBe(null);
  expect(keys.record('a', 2)).toBe(1);
  expect(keys.record('a', 3)).toBe(1);
  for (let line = 4; line < 8_003; line++) expect(keys.record(`k${line}`, line)).toBe(null);
  expect(keys.record('a', 8_003)).toBe(1);
  // One more than it remembers: the oldest goes.
  expect(keys.record('b', 8_004)).toBe(null);
  expect(keys.record('a', 8_005)).toBe(null);
  expect(keys.record('b', 8_006)).toBe(8_004);
});

it('remembers fewer of long keys', () => {
  const keys = new KeyLines();
  const long = (letter: string) => letter.repeat(900_000);
  keys.record(long('a'), 1);
  keys.record(long('b'), 2);
  expect(keys.record(long('a'), 3)).toBe(1);
  keys.record(long('c'), 4);
  expect(keys.record(long('a'), 5)).toBe(null);
  expect(keys.record(long('c'), 6)).toBe(4);
});
