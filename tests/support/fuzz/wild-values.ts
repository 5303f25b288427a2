import { below, pick, type Random } from '../random.ts';

const TEXTS = [
  '', ' ', '\u0000', 'a\u0000b', '\uFEFF', '\u{1F600}', '\uD800', '\uDFFF\uD800', '\u202Eabc', 'e\u0301', 'İ', 'ß',
  '%', '_', '\\', '\\%', "'", '"', '`', "'; DROP TABLE orders; --", '$v', '#{x}', '{{', '../../etc/passwd', '__proto__',
  'constructor', 'toString', 'hasOwnProperty', 'null', 'NaN', 'Infinity', '-0', '1e400', '0x10', '007', '9007199254740993',
  '2026-02-30T00:00:00Z', '2026-01-01', '-000001-01-01T00:00:00Z', '+275760-09-13T00:00:00.001Z', 'a.b', '$.a', '[0]',
  'x'.repeat(51), 'é'.repeat(3000), '\\'.repeat(200), '%'.repeat(200), '_'.repeat(200), '('.repeat(300),
  '%_'.repeat(100), 'AA==', 'Z'.repeat(5), '===', 'Europe/Berlin', 'UTC',
]; // biome-ignore format: a table

const NUMBERS = [
  0, -0, 1, -1, 2, 99, 100, 101, 1.5, -1.5, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 53, 2 ** 53 + 2, -(2 ** 53),
  2 ** 63, 2 ** 64, 1e21, 1e308, -1e308, 5e-324, 1e-7, 10_000, 10_001, 1e6, 1e9,
]; // biome-ignore format: a table

/** Words that would change an object if they were assigned to it as they are. */
const KEYS = [
  '__proto__',
  'constructor',
  'toString',
  '',
  'AND',
  'OR',
  'NOT',
  'eq',
  'id',
  'where',
  '#version',
  '_version',
];

export const wildText = (random: Random): string => pick(random, TEXTS);
export const wildNumber = (random: Random): number => pick(random, NUMBERS);

/** Any JSON value, mostly of the wrong type. */
export function wildValue(random: Random, depth = 3): unknown {
  switch (below(random, depth > 0 ? 8 : 5)) {
    case 0:
      return null;
    case 1:
      return random() < 0.5;
    case 2:
      return wildNumber(random);
    case 3:
    case 4:
      return wildText(random);
    case 5:
      return Array.from({ length: below(random, 4) }, () => wildValue(random, depth - 1));
    case 6:
      return nested(below(random, 300), random() < 0.5);
    default:
      return Object.fromEntries(
        Array.from({ length: below(random, 4) }, () => [pick(random, KEYS), wildValue(random, depth - 1)]),
      );
  }
}

function nested(depth: number, inObjects: boolean): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = inObjects ? { NOT: value } : [value];
  return value;
}
