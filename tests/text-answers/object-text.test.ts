import { describe, expect, it } from 'vitest';
import { listText, type Member, objectText, writeWithin } from '../../src/resolvers/text/object-text.ts';

const LIMIT = 10_000;
const VALUE = JSON.stringify('x'.repeat(1_000));

describe('a text within a bound', () => {
  it('is what JSON.stringify writes', () => {
    const write = objectText<number>([
      ['a"', (value) => String(value)],
      ['list', (value) => listText([value, value + 1], objectText<number>([['n', String]]))],
      ['none', () => listText([], () => '')],
      ['nothing', objectText([])],
    ]);
    const expected = { 'a"': 1, list: [{ n: 1 }, { n: 2 }], none: [], nothing: {} };
    expect(writeWithin(LIMIT, () => write(1))).toBe(JSON.stringify(expected));
  });

  it.each([1, 3, 30])('ends soon after it, with one value under 500 aliases on %i levels', (levels) => {
    let characters = 0;
    const leaf = (): string => {
      characters += VALUE.length;
      return VALUE;
    };
    const aliases = Array.from({ length: 500 }, (_, at): Member<null> => [`a${at}`, leaf]);
    // Of each level a part is written before the next begins.
    let write = objectText(aliases);
    for (let level = 1; level < levels; level++) {
      const inner = write;
      const member: Member<null> = ['inner', () => listText([null, null], inner)];
      write = objectText([...aliases.slice(0, 3), member, ...aliases]);
    }
    expect(() => writeWithin(LIMIT, () => write(null))).toThrow();
    expect(characters).toBeLessThanOrEqual(LIMIT + VALUE.length);
  });

  it('may be as long as the bound, whatever was written before', () => {
    const once = objectText<null>([['a', () => VALUE]]);
    const { length } = JSON.stringify({ a: JSON.parse(VALUE) });
    for (let times = 0; times < 3; times++) expect(writeWithin(length, () => once(null))).toHaveLength(length);
    const list = () => listText([1, 2, 3, 4], () => once(null));
    expect(writeWithin(4 * (length + 1) + 1, list)).toHaveLength(4 * (length + 1) + 1);
  });
});
