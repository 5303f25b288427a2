/** Values that a column may hold, typical and awkward ones. */
import type { StoredForm } from '../../../src/model/stored-form.ts';
import { type FormKind, kindOf } from '../plan/conversion.ts';
import type { DatabaseTable } from '../schema/database-schema.ts';
import { sqlTokens } from '../schema/sql-tokens.ts';
import type { SqlValue } from './sql-value.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const TEXTS = [
  'plain',
  '',
  'it\'s “quoted” `so`, "and" so',
  'Ünïcödé 😀',
  'two\nlines\t\u0001',
  '5',
  '007',
  ' 5 ',
  '-12.50',
  '1e3',
  'true',
  'NULL',
  '{"a":[1]}',
  '2024-02-29T23:59:59.000Z',
  '2024-02-29T23:59:59.123Z',
  'x'.repeat(300),
  // What checks of users' tables often ask for.
  'name@example.com',
  'https://example.com/a',
  '01HVQ9Z6T3M8X4N2K7B5C1D0EF',
  'EUR',
  'de',
  '+491234567',
];

const SAMPLES: Readonly<Record<Exclude<FormKind, 'enum'>, readonly SqlValue[]>> = {
  text: TEXTS,
  iso: ['2024-02-29T23:59:59.000Z', '2024-02-29T23:59:59.123Z', '1969-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  json: ['{"a":[1,"x"]}', '[]', 'null', '"text"', '5', '"2024-02-29T23:59:59.000Z"'],
  int32: [1n, 0n, -1n, 5n, 12n, 2147483647n, -2147483648n],
  int53: [1n, 0n, -1n, 5n, 9007199254740991n, -9007199254740991n],
  int64: [1n, 0n, -1n, 5n, 9223372036854775807n, -9223372036854775808n, 9007199254740993n],
  boolean: [1n, 0n],
  seconds: [1709251199n, 0n, -1n, 253402300799n],
  milliseconds: [1709251199000n, 1709251199123n, 0n, -1n, 253402300799999n],
  real: [1.5, 0, -2.25, 5, 0.1 + 0.2, 1e300, -1e-300, 9007199254740992],
  decimal: [5n, 0n, 1.5, -0.25, 123456789012345n, 1e30],
  bytes: [new Uint8Array([0, 255, 128]), new Uint8Array(), bytes('text'), bytes('123'), bytes('{"a":1}')],
  bigintBlob: [bytes('5'), bytes('0'), bytes('-9223372036854775808'), bytes('9223372036854775807')],
  jsonBlob: [bytes('{"a":[1,"x"]}'), bytes('[]'), bytes('null')],
};

/** @param table Its checks and expressions name values at which they turn. */
export function sampleValues(form: StoredForm, table: DatabaseTable): readonly SqlValue[] {
  const kind = kindOf(form);
  if (kind === 'enum') return form.values!;
  const literals = literalsOf(table);
  switch (kind) {
    case 'text':
      return [...TEXTS, ...literals.texts];
    case 'int32':
    case 'int53':
    case 'int64':
      return [...SAMPLES[kind], ...literals.numbers.filter(Number.isInteger).map(BigInt)];
    case 'real':
      return [...SAMPLES.real, ...literals.numbers];
    case 'decimal':
      return [
        ...SAMPLES.decimal,
        ...literals.numbers.map((number) => (Number.isInteger(number) ? BigInt(number) : number)),
      ];
    default:
      return SAMPLES[kind];
  }
}

/** A value that no other row has, where the form has so many. */
export function freshValue(form: StoredForm, count: number): SqlValue | undefined {
  switch (kindOf(form)) {
    case 'text':
      return `value ${count}`;
    case 'int32':
    case 'int53':
    case 'int64':
    case 'decimal':
      return BigInt(1000 + count);
    case 'seconds':
      return BigInt(1700000000 + count);
    case 'milliseconds':
      return BigInt(1700000000000 + count);
    case 'iso':
      return new Date(1700000000000 + count).toISOString();
    case 'real':
      return 1000.5 + count;
    case 'json':
      return `{"count":${count}}`;
    case 'bytes':
      return bytes(`value ${count}`);
    case 'bigintBlob':
      return bytes(String(1000 + count));
    case 'jsonBlob':
      return bytes(`{"count":${count}}`);
    case 'enum':
    case 'boolean':
      return undefined;
  }
}

const MAX_TEXT_LENGTH = 300;

const textOfPattern = (pattern: string): string =>
  pattern
    .replace(/\[\^?(.)[^\]]*\]/g, '$1')
    .replace(/[%*]/g, 'ab')
    .replace(/[_?]/g, 'c');

function literalsOf({ constraints, columns }: DatabaseTable): { texts: readonly string[]; numbers: readonly number[] } {
  const expressions = [
    ...constraints.filter((text) => text.startsWith('check')),
    ...[...columns.values()].flatMap(({ expression }) => expression ?? []),
  ];
  const tokens = expressions.flatMap((sql) => sqlTokens(sql));
  const texts = tokens.filter(({ kind, text }) => kind === 'string' && text.startsWith("'"));
  const numbers = tokens.filter(({ kind }) => kind === 'number').map(({ text }) => Number(text));
  const strings = texts.map(({ text }) => text.slice(1, -1).replaceAll("''", "'"));
  const lengths = numbers.filter((number) => Number.isInteger(number) && number > 0 && number <= MAX_TEXT_LENGTH);
  return {
    // As they are, as patterns of LIKE and GLOB, and texts as long as a number says.
    texts: [...new Set([...strings, ...strings.map(textOfPattern), ...lengths.map((length) => 'a'.repeat(length))])],
    numbers: [...new Set(numbers.flatMap((number) => [number, number + 1, number - 1, -number]))].filter(
      (number) => Number.isFinite(number) && Math.abs(number) <= 2 ** 31 - 1,
    ),
  };
}
