/** What is written for a value is what the executor, and `JSON.stringify`, would make of it. */
import { type GraphQLLeafType, type GraphQLObjectType, getNamedType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { wireToOutput } from '../../src/model/codec.ts';
import { wireToText } from '../../src/model/output-text.ts';
import type { ColumnModel, WireValue } from '../../src/model/types.ts';
import { buildSchema } from '../../src/schema/build-schema.ts';
import model from '../models/all-types/model.ts';

const schema = buildSchema(model);

type Wire = Exclude<WireValue, null>;

/** Each character of the first 256, alone and between others, and what JSON, UTF-8 or JavaScript treat apart. */
const TEXTS: readonly string[] = [
  ...Array.from({ length: 256 }, (_, code) => `a${String.fromCharCode(code)}b`),
  ...['', ' ', '"', '\\', '/', '\0', '\u2028', '\u2029', '\ufeff', '\ufffd', '\uffff', '💚', '\u{10ffff}', 'e\u0301'],
  ...['null', 'true', '1', '{}', '[]', '</script>', '__proto__', 'a'.repeat(70_000), '\\u0041', '\ud800\udc00'],
];

const around = (value: number): number[] => [value - 1, value, value + 1];

const INTEGERS: readonly number[] = [
  ...Array.from({ length: 31 }, (_, power) => [2 ** power, -(2 ** power)]).flat(),
  ...Array.from({ length: 150 }, (_, value) => value - 75),
  ...Array.from({ length: 10 }, (_, power) => around(10 ** power)).flat(),
  ...around(2 ** 31),
  ...around(-(2 ** 31)),
  -0,
];

const SAFE: readonly number[] = [...INTEGERS, ...around(2 ** 53 - 2), ...around(-(2 ** 53) + 2), 2 ** 40, 1e15];

const INT64: readonly string[] = [
  ...Array.from({ length: 63 }, (_, power) => [2n ** BigInt(power), -(2n ** BigInt(power))]).flat(),
  ...Array.from({ length: 100 }, (_, value) => 2n ** 53n - 50n + BigInt(value)),
  2n ** 63n - 1n,
  -(2n ** 63n),
].map(String);

const REALS: readonly number[] = [
  ...Array.from({ length: 310 }, (_, power) => Number(`1e${power - 1}`)).filter(Number.isFinite),
  ...Array.from({ length: 330 }, (_, power) => Number(`-1.5e-${power}`)),
  ...[-0, 0, 1.0, 0.1, 0.1 + 0.2, 1e21, 1e-7, 123456789012345680000, 5e-324, 2.2250738585072014e-308],
  ...[Number.MAX_VALUE, Number.MIN_VALUE, Number.EPSILON, 2 ** 53, 2 ** 53 + 2, 1 / 3, 100, 1e20, 999999999999999.9],
];

const DECIMALS: readonly string[] = [
  ...Array.from({ length: 15 }, (_, digits) => ['9'.repeat(digits + 1), `-0.${'0'.repeat(digits)}1`]).flat(),
  ...Array.from({ length: 200 }, (_, value) => `${value - 100}.5`),
  '0',
  '1.5',
];

const HEX: readonly string[] = Array.from({ length: 300 }, (_, length) =>
  Array.from({ length: length % 50 }, (_, at) => ((at * 37 + length) % 256).toString(16).padStart(2, '0')).join(''),
);

const nested = (levels: number): string => `${'['.repeat(levels)}1${']'.repeat(levels)}`;

const JSONS: readonly string[] = [
  ...TEXTS.map((text) => JSON.stringify({ [text]: [text, null, true, 1.5] })),
  ...REALS.map((real) => JSON.stringify([real])),
  ...[
    'null',
    '1',
    '"x"',
    '{"b":1,"a":2,"1":3}',
    '{"__proto__":{"x":1}}',
    ' [ 1.0 , 1e2 ] ',
    '{"a":1,"a":2}',
    '"\\u0041"',
  ],
  nested(500),
];

function awkwardValues({ scalar, wire, dateTime, enum: type }: ColumnModel): readonly Wire[] {
  if (type !== null && type !== undefined) return type.values.map(([, stored]) => stored);
  if (scalar === 'Boolean') return [0, 1];
  if (scalar === 'JSON') return JSONS;
  const moments = Array.from({ length: 200 }, (_, day) => Date.UTC(1960, 0, 1) + day * 100_000_000_000);
  if (dateTime === 'iso') return moments.map((ms) => new Date(ms).toISOString());
  if (dateTime === 'seconds') return moments.map((ms) => ms / 1000);
  if (dateTime === 'milliseconds') return moments.map((ms) => ms + 1);
  switch (wire) {
    case 'int':
      return scalar === 'ID' ? SAFE : INTEGERS;
    case 'int64':
    case 'bigintBlob':
      return INT64;
    case 'real':
      return REALS;
    case 'decimal':
      return DECIMALS;
    case 'blob':
      return HEX;
    default:
      return TEXTS;
  }
}

function executed(leaf: GraphQLLeafType, column: ColumnModel, wire: Wire): string | null {
  try {
    return JSON.stringify(leaf.serialize(wireToOutput(column, wire))) ?? null;
  } catch {
    return null;
  }
}

describe('the text of values', () => {
  const columns = model.tables.flatMap((table) => table.columns.map((column) => ({ table, column })));

  it.each(columns.map(({ table, column }) => ({ name: `${table.typeName}.${column.name}`, table, column })))(
    'is what the executor shows of $name',
    ({ table, column }) => {
      const type = schema.getType(table.typeName) as GraphQLObjectType;
      const leaf = getNamedType(type.getFields()[column.name]!.type) as GraphQLLeafType;
      for (const wire of awkwardValues(column)) expect(wireToText(column)(wire)).toBe(executed(leaf, column, wire));
    },
  );

  it('is of at least 200 values of each scalar that has so many', () => {
    for (const { column } of columns.filter(({ column }) => !['Enum', 'Boolean'].includes(column.scalar)))
      expect(awkwardValues(column).length, column.name).toBeGreaterThanOrEqual(200);
  });

  it('is left to the executor where the scalar refuses the value', () => {
    const int = columns.find(({ column }) => column.scalar === 'Int')!.column;
    expect([2 ** 31, 1.5, Number.NaN, 'x'].map((wire) => wireToText(int)(wire))).toEqual([null, null, null, null]);
  });
});
