import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { driverToWire, importCellToWire, inputToWire, requireStored, wireToOutput } from '../../src/model/codec.ts';
import { InvalidValueError } from '../../src/model/invalid-value-error.ts';
import type { ColumnModel } from '../../src/model/types.ts';
import { parseDecimal, parseDecimalOperand } from '../../src/model/values/decimal.ts';
import allTypes from '../models/all-types/model.ts';
import crossShard from '../models/cross-shard/model.ts';

const sample = (name: string): ColumnModel => allTypes.table('Sample').columnByName.get(name)!;
const deviceId = allTypes.table('Device').columnByName.get('id')!;
const documentHash = allTypes.table('Document').columnByName.get('hash')!;

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
const wellFormed = fc.string({ unit: 'grapheme' });
const base64 = fc.uint8Array().map((bytes) => btoa(String.fromCharCode(...bytes)));
const moment = fc
  .date({ min: new Date('0000-01-01T00:00:00.000Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
  .map((date) => date.toISOString());
const wholeSecond = moment.map((text) => text.replace(/\.\d{3}Z$/, '.000Z'));
const decimal = fc
  .tuple(fc.integer({ min: -(10 ** 15) + 1, max: 10 ** 15 - 1 }), fc.integer({ min: 0, max: 20 }))
  .map(([digits, places]) => plain(digits, places));
const json = fc
  .jsonValue({ depthSize: 'medium', stringUnit: 'grapheme' })
  .filter((value) => value !== null)
  // JSON knows no -0.
  .map((value) => JSON.parse(JSON.stringify(value)));

/** `digits × 10^-places` in plain form, made without the code under test. */
function plain(digits: number, places: number): string {
  const padded = String(Math.abs(digits)).padStart(places + 1, '0');
  const whole = padded.slice(0, padded.length - places);
  const fraction = padded.slice(padded.length - places).replace(/0+$/, '');
  return `${digits < 0 ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** GraphQL values of each column, in the form in which they come back. */
const VALUES: readonly (readonly [column: ColumnModel, values: fc.Arbitrary<unknown>])[] = [
  [sample('textValue'), wellFormed],
  [sample('id'), wellFormed],
  [sample('level'), fc.constantFrom('LOW', 'VERY_HIGH', 'IN_BETWEEN')],
  [sample('json'), json],
  [sample('blobJson'), json],
  [sample('integerValue'), fc.integer()],
  [sample('flag'), fc.boolean()],
  [sample('seconds'), wholeSecond],
  [sample('milliseconds'), moment],
  [sample('moment'), moment],
  [sample('realValue'), fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0)],
  [sample('decimal'), decimal],
  [sample('decimalBigint'), int64],
  [sample('wide'), int64],
  [sample('blobBigint'), int64],
  [sample('bytes'), base64],
  [documentHash, base64],
  [deviceId, fc.maxSafeInteger().map((number) => String(number + 0))],
];

describe('Values survive the way through GraphQL', () => {
  test.each(VALUES.map(([column, values]) => [column.name, column, values] as const))('%s', (_, column, values) => {
    fc.assert(
      fc.property(values, (value) => {
        const wire = inputToWire(column, value);
        // What crosses the RPC boundary is JSON.
        const arrived = JSON.parse(JSON.stringify(wire));
        expect(wireToOutput(column, arrived)).toEqual(value);
        expect(inputToWire(column, wireToOutput(column, arrived))).toEqual(wire);
      }),
    );
  });

  test('an import cell with the same value gives the same wire value', () => {
    for (const [column, values] of VALUES) {
      if (column.scalar === 'JSON') continue;
      fc.assert(
        fc.property(values, (value) => {
          expect(importCellToWire(column, value)).toEqual(inputToWire(column, value));
        }),
      );
    }
  });

  test('null is NULL everywhere', () => {
    for (const [column] of VALUES) {
      expect(inputToWire(column, null)).toBeNull();
      expect(driverToWire(column, undefined)).toBeNull();
      expect(importCellToWire(column, null)).toBeNull();
      expect(wireToOutput(column, null)).toBeNull();
    }
  });
});

const REFUSED_INPUTS: readonly (readonly [string, ColumnModel, readonly unknown[]])[] = [
  ['text', sample('textValue'), [1, true, {}, 'lone \ud800 surrogate', '\udfff']],
  ['text id', sample('id'), [1.5, 2 ** 53, 'lone \udc00']],
  ['enum', sample('level'), ['low', 'Low', '', 1]],
  ['Int', sample('integerValue'), [2 ** 31, -(2 ** 31) - 1, 1.5, Number.NaN, '1', 1n]],
  ['Boolean', sample('flag'), [0, 1, 'true']],
  ['Float', sample('realValue'), [Number.NaN, Number.POSITIVE_INFINITY, '1.5']],
  ['Decimal', sample('decimal'), ['1234567890.123456', '', '.', '1.2.3', '1e309', '1e-400', 'Infinity', '0x10', ' 1']],
  ['BigInt', sample('wide'), ['9223372036854775808', '-9223372036854775809', '007', '+1', '1.0', '', 2 ** 53]],
  ['bigint blob', sample('blobBigint'), ['9223372036854775808', '1n']],
  ['integer id', deviceId, ['9007199254740992', '-0', '01', '1e3', '', 1.5]],
  ['Bytes', sample('bytes'), ['a', 'ab', 'abc', 'ab=c', 'YQ==\n', 'Y-_=', 1]],
  [
    'DateTime',
    sample('moment'),
    [
      ...['2026-02-30', '2026-13-01', '2026-01-01T24:00', '2026-01-01T23:60', '2026-01-01T23:59:60Z', '2026', 'now'],
      ...['2026-01-01T00:00:00+24:00', '0000-01-01T00:00:00+00:01', '9999-12-31T23:59:59-00:01', '2026-01-01T00', 0],
    ],
  ],
  ['seconds', sample('seconds'), ['2026-01-01T00:00:00.001Z']],
  ['JSON', sample('json'), [Number.NaN, ['\ud800'], { '\ud800': 1 }, { a: Number.POSITIVE_INFINITY }, () => 1, 1n]],
];

describe('Values that a column cannot hold exactly are refused', () => {
  test.each(REFUSED_INPUTS)('%s', (_, column, values) => {
    for (const value of values) {
      expect(() => inputToWire(column, value), String(value)).toThrow(InvalidValueError);
      expect(() => inputToWire(column, value)).toThrow(/^Expected .+, but got .+\.$/);
    }
  });

  test.each(['12,5', '12.50 €', '.', ''])('%j, which is no number, is not told of digits', (text) => {
    for (const parse of [parseDecimal, parseDecimalOperand]) {
      expect(() => parse(text)).toThrow(`Expected a decimal number, such as "12.50", but got "${text}".`);
    }
  });

  test('JSON of too many levels is refused, one level less is not', () => {
    const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
    expect(inputToWire(sample('json'), nested(500))).toHaveLength(1000);
    expect(() => inputToWire(sample('json'), nested(501))).toThrow(/at most 500 levels/);
    expect(() => inputToWire(sample('json'), nested(5000))).toThrow(InvalidValueError);
  });

  test('messages show long values cut, and no broken characters', () => {
    const value = `${'x'.repeat(63)}\u{1f600}${'y'.repeat(5000)}`;
    try {
      inputToWire(sample('integerValue'), value);
      expect.unreachable();
    } catch (error) {
      expect((error as Error).message.length).toBeLessThan(200);
      expect((error as Error).message.isWellFormed()).toBe(true);
    }
  });
});

describe('A stored value fits its column', () => {
  test.each(VALUES.map(([column, values]) => [column.name, column, values] as const))(
    'if it was written: %s',
    (_, column, values) => {
      fc.assert(fc.property(values, (value) => requireStored(column, inputToWire(column, value))));
    },
  );

  const MISFITS: readonly (readonly [string, ColumnModel, readonly unknown[]])[] = [
    ['text', sample('textValue'), [1, {}]],
    ['enum', sample('level'), ['gone', 1]],
    ['Int', sample('integerValue'), ['soon', 2 ** 40, 1.5]],
    ['Boolean', sample('flag'), [5, -1, 'true', 0.5]],
    ['Float', sample('realValue'), ['x', Number.POSITIVE_INFINITY]],
    ['Decimal', sample('decimal'), ['x', '1234567890123456', 1]],
    ['BigInt', sample('wide'), ['1.5', 'soon', '9223372036854775808', 1]],
    ['bigint blob', sample('blobBigint'), ['soon', '']],
    ['integer id', deviceId, ['soon', 2 ** 53, 1.5]],
    ['Bytes', sample('bytes'), ['soon', 1]],
    ['seconds', sample('seconds'), ['soon', 1.5, 1e15]],
    ['milliseconds', sample('milliseconds'), ['soon', 1e17]],
    ['JSON', sample('json'), ['{', '', '1e999', `[${'9'.repeat(400)}]`, 1]],
    ['JSON blob', sample('blobJson'), ['{']],
    [
      'DateTime',
      sample('moment'),
      ['soon', '2026-02-30T00:00:00.000Z', '2026-00-01T00:00:00.000Z', '2026-01-00T00:00:00.000Z', '2026-01-01', 5],
    ],
  ];

  test.each(MISFITS)('and not otherwise: %s', (_, column, wires) => {
    for (const wire of wires) expect(() => requireStored(column, wire), String(wire)).toThrow(InvalidValueError);
    requireStored(column, null);
  });

  test('nor if SQLite stores it otherwise', () => {
    expect(() => requireStored(sample('bytes'), '00', 'text')).toThrow(/stored as blob, but got "00"/);
    expect(() => requireStored(sample('wide'), '1', 'blob')).toThrow(InvalidValueError);
    requireStored(sample('decimal'), '1', 'real');
  });
});

describe('Forms of one value', () => {
  test.each([
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2026-01-31 09:05', '2026-01-31T09:05:00.000Z'],
    ['2026-01-31t09:05:07z', '2026-01-31T09:05:07.000Z'],
    ['2026-01-31T09:05:07.1+02:00', '2026-01-31T07:05:07.100Z'],
    ['2026-01-31T23:30:00-0130', '2026-02-01T01:00:00.000Z'],
    ['2026-01-31T09:05:07.123999Z', '2026-01-31T09:05:07.123Z'],
    ['2024-02-29T00:00:00+01', '2024-02-28T23:00:00.000Z'],
    ['0050-01-01', '0050-01-01T00:00:00.000Z'],
  ])('the moment %s is %s', (form, normalised) => {
    expect(inputToWire(sample('moment'), form)).toBe(normalised);
    expect(inputToWire(sample('milliseconds'), form)).toBe(Date.parse(normalised));
  });

  test.each([
    ['1.50', '1.5'],
    ['-0.0', '0'],
    ['007', '7'],
    ['1e3', '1000'],
    ['1.25E-7', '0.000000125'],
    ['.5', '0.5'],
    [0.1, '0.1'],
    [1e21, '1000000000000000000000'],
    [123n, '123'],
  ])('the decimal %s is %s', (form, normalised) => {
    expect(inputToWire(sample('decimal'), form)).toBe(normalised);
  });

  test('an ID may come as an integer', () => {
    expect(inputToWire(sample('id'), 42)).toBe('42');
    expect(inputToWire(deviceId, 42)).toBe(42);
    expect(inputToWire(crossShard.table('Route').columnByName.get('sourceAirportId')!, '42')).toBe(42);
  });
});

describe('Import files', () => {
  test('text cells are taken as CSV has them', () => {
    expect(importCellToWire(sample('integerValue'), '-12')).toBe(-12);
    expect(importCellToWire(sample('realValue'), '1.5e3')).toBe(1500);
    expect(importCellToWire(sample('flag'), 'true')).toBe(1);
    expect(importCellToWire(sample('flag'), '0')).toBe(0);
    expect(importCellToWire(sample('seconds'), '1700000000')).toBe(1_700_000_000);
    expect(importCellToWire(sample('moment'), 1_700_000_000_123)).toBe('2023-11-14T22:13:20.123Z');
    expect(importCellToWire(sample('level'), 'veryHigh')).toBe('veryHigh');
    expect(importCellToWire(sample('json'), '{"b":1, "a":2}')).toBe('{"b":1,"a":2}');
    expect(importCellToWire(sample('json'), { b: 1 })).toBe('{"b":1}');
  });

  test('text cells that are no value of the column are refused', () => {
    const refused: readonly (readonly [string, string])[] = [
      ['integerValue', ''],
      ['integerValue', '3000000000'],
      ['realValue', 'Infinity'],
      ['realValue', ''],
      ['flag', 'yes'],
      ['level', 'medium'],
      ['json', '{'],
      ['json', '"\\ud800"'],
      ['seconds', '99999999999999'],
    ];
    for (const [name, cell] of refused) {
      expect(() => importCellToWire(sample(name), cell), `${name} ${cell}`).toThrow(InvalidValueError);
    }
  });
});

describe('Drizzle-side values', () => {
  test('become what Drizzle itself would bind', () => {
    const date = new Date('2026-01-31T09:05:07.123Z');
    expect(driverToWire(sample('seconds'), date)).toBe(Math.floor(date.getTime() / 1000));
    expect(driverToWire(sample('milliseconds'), date)).toBe(date.getTime());
    expect(driverToWire(sample('flag'), true)).toBe(1);
    expect(driverToWire(sample('wide'), 2n ** 62n)).toBe('4611686018427387904');
    expect(driverToWire(sample('bytes'), new Uint8Array([0, 255]))).toBe('00ff');
    expect(driverToWire(sample('bytes'), new Uint8Array([1]).buffer)).toBe('01');
    expect(driverToWire(sample('json'), { at: date, gone: undefined })).toBe('{"at":"2026-01-31T09:05:07.123Z"}');
    expect(driverToWire(sample('level'), 'in between')).toBe('in between');
  });

  test('the defaults of the model give values that their columns hold', () => {
    for (const { columns } of allTypes.tables) {
      for (const column of columns) {
        if (column.defaultFn === null) continue;
        const wire = driverToWire(column, column.defaultFn());
        expect(inputToWire(column, wireToOutput(column, wire))).toEqual(wire);
      }
    }
  });

  test('values without a form in the column are refused', () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    expect(() => driverToWire(sample('json'), cycle)).toThrow(InvalidValueError);
    expect(() => driverToWire(sample('json'), () => 1)).toThrow(InvalidValueError);
    expect(() => driverToWire(sample('moment'), new Date(Number.NaN))).toThrow(InvalidValueError);
    expect(() => driverToWire(sample('bytes'), 'text')).toThrow(InvalidValueError);
  });
});
