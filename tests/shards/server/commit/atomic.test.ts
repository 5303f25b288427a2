import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WireValue } from '../../../../src/model/types.ts';
import type { AtomicChange, AtomicChanges, OperationOf } from '../../../../src/shards/operation.ts';
import { fromJsonText } from '../../../../src/shards/protocol/json-text.ts';
import { dropTriggers } from '../../../../src/shards/server/log/install-triggers.ts';
import { readLogBackwards } from '../../../../src/shards/server/tables/log-table.ts';
import { bundle } from '../../../models/all-types/migrations/index.ts';
import model from '../../../models/all-types/model.ts';
import { nodeOf } from '../../../support/plans.ts';
import { describeRuns, propertyRuns } from '../../../support/property-runs.ts';
import { undoLogRow } from '../../../support/undo-log-row.ts';
import { inNewShard, type LabShard } from '../lab-shard.ts';
import { create as createRow } from '../shop-rows.ts';
import { fail, inShop, succeed } from './commit-lab.ts';

const NUMBER_CHANGES = ['increment', 'decrement', 'multiply', 'min', 'max', 'setIfNull'] as const;
type NumberChange = { readonly kind: (typeof NUMBER_CHANGES)[number]; readonly value: WireValue };

const inSamples = (test: (shard: LabShard) => void) =>
  inNewShard(model, bundle, (shard) => {
    shard.write('t:a', [{ kind: 'create', table: 'Account', values: { id: 'a', name: 'A' }, select: null }]);
    test(shard);
  });

function createSample(shard: LabShard, values: Readonly<Record<string, WireValue>>) {
  const required = model
    .table('Sample')
    .columns.filter((column) => column.notNull && !column.hasSqlDefault && !column.generated)
    .map(({ name, wire, dateTime }) => [name, dateTime === 'iso' ? '2026-01-01T00:00:00.000Z' : PLAIN[wire]] as const);
  const row = { ...Object.fromEntries(required), accountId: 'a', id: 'x', ...values };
  return shard.write('t:a', [
    { kind: 'create', table: 'Sample', values: row as Record<string, WireValue>, select: null },
  ]);
}

const PLAIN = {
  text: 'x',
  int: 1,
  int64: '1',
  real: 1,
  decimal: '1',
  blob: '00',
  bigintBlob: '1',
  jsonBlob: '{}',
} as const;

const change = (atomic: AtomicChanges, changes: Partial<OperationOf<'update'>> = {}): OperationOf<'update'> => ({
  kind: 'update',
  table: 'Sample',
  key: { columns: ['accountId', 'id'], values: ['a', 'x'] },
  within: null,
  expectedVersion: null,
  set: {},
  atomic,
  select: null,
  ...changes,
});

/** Changes one column, and gives its value; the code of the failure if it fails. */
function changed(shard: LabShard, column: string, changes: readonly AtomicChange[]): WireValue | { code: string } {
  const plan = nodeOf({ table: 'Sample', match: ['accountId', 'id'], columns: [column] });
  const select = { plan: JSON.stringify(plan), values: [] };
  const answer = shard.write('t:a', [change({ [column]: changes }, { select })]);
  if (answer.status === 'FAILED') return { code: answer.error.code };
  if (answer.status !== 'OK') throw new Error(JSON.stringify(answer));
  const [result] = fromJsonText(answer.results);
  return result && 'rows' in result ? (result.rows[0]![0] as WireValue) : null;
}

/** Arithmetic of its own: integers of 10⁻⁶⁰. */
const SCALE = 10n ** 60n;
const toScaled = (value: WireValue): bigint => {
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(value))!;
  const digits = BigInt(whole!) * SCALE + BigInt(fraction.padEnd(60, '0'));
  return sign === '-' ? -digits : digits;
};
const fromScaled = (scaled: bigint): string => {
  const digits = String(scaled < 0n ? -scaled : scaled).padStart(61, '0');
  const fraction = digits.slice(-60).replace(/0+$/, '');
  return `${scaled < 0n ? '-' : ''}${digits.slice(0, -60)}${fraction && '.'}${fraction}`;
};

function expectedNumber(stored: WireValue, changes: readonly NumberChange[]): string | null {
  let value = stored === null ? null : toScaled(stored);
  for (const { kind, value: given } of changes) {
    const operand = toScaled(given);
    if (value === null) value = kind === 'setIfNull' ? operand : null;
    else if (kind === 'increment') value += operand;
    else if (kind === 'decrement') value -= operand;
    else if (kind === 'multiply') value = (value * operand) / SCALE;
    else if (kind === 'min') value = value < operand ? value : operand;
    else if (kind === 'max') value = value > operand ? value : operand;
  }
  return value === null ? null : fromScaled(value);
}

const digitsOf = (text: string) => text.replace(/[-.]/g, '').replace(/^0+|0+$/g, '').length;
const within = (text: string, bits: bigint) => BigInt(text) >= -(2n ** (bits - 1n)) && BigInt(text) < 2n ** (bits - 1n);

const int32 = fc.oneof(
  fc.integer(),
  fc.integer({ min: -50_000, max: 50_000 }),
  fc.constantFrom(0, 2 ** 31 - 1, -(2 ** 31)),
);
const int64 = fc
  .oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.bigInt({ min: -(2n ** 32n), max: 2n ** 32n }),
    fc.constantFrom(2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n),
  )
  .map(String);
const decimal = fc
  .tuple(fc.integer({ min: -99_999_999, max: 99_999_999 }), fc.nat(6))
  .map(([digits, places]) => fromScaled(toScaled(digits) / 10n ** BigInt(places)));

const changesOf = (value: fc.Arbitrary<WireValue>) =>
  fc.array(fc.record({ kind: fc.constantFrom(...NUMBER_CHANGES), value }), { minLength: 1, maxLength: 4 });

describe('numbers that are changed in place', () => {
  const cases = [
    ['integerOrNull', int32, (text: string) => within(text, 32n), Number],
    ['decimalBigint', int64, (text: string) => within(text, 64n), String],
    ['wideOrNull', int64, (text: string) => within(text, 64n), String],
    ['blobBigint', int64, (text: string) => within(text, 64n), String],
    ['decimalOrNull', decimal, (text: string) => digitsOf(text) <= 15, String],
  ] as const;
  const runs = propertyRuns(40);

  it.each(cases)(`are exact, or refused: %s (${describeRuns(runs)})`, async (column, value, fits, toWire) => {
    await inSamples((shard) => {
      createSample(shard, {});
      fc.assert(
        fc.property(fc.option(value as fc.Arbitrary<WireValue>), changesOf(value), (stored, changes) => {
          shard.write('t:a', [change({}, { set: { [column]: stored } })]);
          const before = shard.rows('SELECT * FROM samples');
          const result = expectedNumber(stored, changes);
          const isFit = result === null || fits(result);
          const expected = !isFit ? { code: 'INVALID_VALUE' } : result === null ? null : toWire(result);
          expect(changed(shard, column, changes)).toEqual(expected);
          if (!isFit) expect(shard.rows('SELECT * FROM samples')).toEqual(before);
        }),
        runs,
      );
    });
  });

  it('of doubles are what JavaScript makes of them', async () => {
    await inSamples((shard) => {
      createSample(shard, { realOrNull: 0.1 });
      expect(changed(shard, 'realOrNull', [{ kind: 'increment', value: 0.2 }])).toBe(0.1 + 0.2);
      expect(changed(shard, 'realOrNull', [{ kind: 'multiply', value: 1e308 }])).toBe((0.1 + 0.2) * 1e308);
      expect(
        changed(shard, 'realOrNull', [
          { kind: 'multiply', value: 10 },
          { kind: 'multiply', value: 0 },
        ]),
      ).toEqual({ code: 'INVALID_VALUE' });
      expect(
        changed(shard, 'realOrNull', [
          { kind: 'min', value: -1.5 },
          { kind: 'max', value: -3 },
        ]),
      ).toBe(-1.5);
    });
  });

  it('are as exact as fifty of them at once, in one commit and in many', async () => {
    await inShop((shard) => {
      succeed(shard, createRow('Tenant'), createRow('Product', { priceCents: 0 }));
      const increment = {
        ...change({ priceCents: [{ kind: 'increment', value: 3 }] }),
        table: 'Product',
        key: { columns: ['tenantId', 'id'], values: ['t1', 'p1'] },
      };
      succeed(shard, ...Array.from({ length: 50 }, () => increment));
      for (let index = 0; index < 50; index++) succeed(shard, increment);
      expect(shard.value('SELECT price_cents FROM products')).toBe(300);
      const update = { ...increment, atomic: {}, set: { priceCents: 1 } };
      const statements = (operation: OperationOf<'update'>) => shard.write('t:t1', [operation]).counts.statements;
      expect(statements(increment)).toBe(statements(update));
    });
  });
});

describe('texts and values of any kind', () => {
  it('are put behind and before, and set where there is none', async () => {
    await inSamples((shard) => {
      createSample(shard, { textOrNull: 'b' });
      const around = [
        { kind: 'append', value: 'c' },
        { kind: 'prepend', value: 'a' },
        { kind: 'setIfNull', value: 'no' },
      ] as const;
      expect(changed(shard, 'textOrNull', around)).toBe('abc');
      shard.write('t:a', [change({}, { set: { textOrNull: null } })]);
      expect(changed(shard, 'textOrNull', around.slice(0, 2))).toBeNull();
      expect(changed(shard, 'textOrNull', around)).toBe('no');
      expect(changed(shard, 'secondsOrNull', [{ kind: 'setIfNull', value: 5 }])).toBe(5);
      expect(changed(shard, 'jsonOrNull', [{ kind: 'setIfNull', value: '[1]' }])).toBe('[1]');
    });
  });

  it('are held to the size of a row', async () => {
    await inSamples((shard) => {
      createSample(shard, { textOrNull: 'x'.repeat(1_000_000) });
      const before = shard.rows('SELECT * FROM samples');
      const much = [{ kind: 'append', value: 'y'.repeat(1_200_000) }] as const;
      expect(changed(shard, 'textOrNull', much)).toEqual({ code: 'VALUE_TOO_LARGE' });
      expect(shard.rows('SELECT * FROM samples')).toEqual(before);
    });
  });
});

describe('JSON that is changed in place', () => {
  const merged = propertyRuns(100);
  it(`is merged as SQLite merges it (${describeRuns(merged)})`, async () => {
    const json = fc.json({ maxDepth: 3 });
    const object = fc
      .dictionary(fc.string({ maxLength: 2 }), fc.jsonValue({ maxDepth: 2 }))
      .map((value) => JSON.stringify(value));
    await inSamples((shard) => {
      createSample(shard, {});
      fc.assert(
        fc.property(fc.oneof(object, json), fc.oneof(object, json), (stored, patch) => {
          // What is null at the root is the column's NULL.
          fc.pre(stored !== 'null' && patch !== 'null');
          shard.write('t:a', [change({}, { set: { jsonOrNull: stored } })]);
          const expected = JSON.parse(shard.value('SELECT json_patch(?, ?)', stored, patch) as string);
          const result = changed(shard, 'jsonOrNull', [{ kind: 'mergeJson', value: patch }]);
          expect(JSON.parse(result as string)).toEqual(expected);
        }),
        merged,
      );
    });
  });

  it.each<[string, string | null, readonly AtomicChange[], string | null | { code: string }]>([
    ['a value', '{"a":1}', [{ kind: 'setJson', path: ['a'], value: '{"b":2}' }], '{"a":{"b":2}}'],
    ['what is missing on the way', '{}', [{ kind: 'setJson', path: ['a', 'b', 0], value: '1' }], '{"a":{"b":[1]}}'],
    ['what is null on the way', '{"a":null}', [{ kind: 'setJson', path: ['a', 'b'], value: '1' }], '{"a":{"b":1}}'],
    ['what is NULL', null, [{ kind: 'setJson', path: ['a'], value: '1' }], '{"a":1}'],
    [
      'an element, or the next',
      '[1,2]',
      [
        { kind: 'setJson', path: [0], value: '3' },
        { kind: 'setJson', path: [2], value: '4' },
      ],
      '[3,2,4]',
    ],
    ['no element further on', '[1,2]', [{ kind: 'setJson', path: [3], value: '3' }], { code: 'INVALID_VALUE' }],
    [
      'nothing below a number',
      '{"a":1}',
      [{ kind: 'setJson', path: ['a', 'b'], value: '1' }],
      { code: 'INVALID_VALUE' },
    ],
    ['no name in a list', '{"a":[]}', [{ kind: 'setJson', path: ['a', 'b'], value: '1' }], { code: 'INVALID_VALUE' }],
    [
      'a name that objects have',
      '{}',
      [{ kind: 'setJson', path: ['__proto__', 'toString'], value: '1' }],
      '{"__proto__":{"toString":1}}',
    ],
    ['what is put behind others', '{"a":[1]}', [{ kind: 'appendJson', path: ['a'], value: '[2]' }], '{"a":[1,[2]]}'],
    ['a new list', '{}', [{ kind: 'appendJson', path: ['a', 'b'], value: '1' }], '{"a":{"b":[1]}}'],
    [
      'nothing behind a text',
      '{"a":"x"}',
      [{ kind: 'appendJson', path: ['a'], value: '1' }],
      { code: 'INVALID_VALUE' },
    ],
    [
      'what is removed',
      '{"a":{"b":1,"c":2},"d":[1,2,3]}',
      [
        { kind: 'unsetJson', path: ['a', 'b'] },
        { kind: 'unsetJson', path: ['d', 0] },
      ],
      '{"a":{"c":2},"d":[2,3]}',
    ],
    [
      'what is not there to be removed',
      '{"a":[1]}',
      [
        { kind: 'unsetJson', path: ['a', 'b'] },
        { kind: 'unsetJson', path: ['x', 'y'] },
        { kind: 'unsetJson', path: ['a', 5] },
        { kind: 'unsetJson', path: ['toString'] },
      ],
      '{"a":[1]}',
    ],
    ['nothing of NULL', null, [{ kind: 'unsetJson', path: ['a'] }], null],
    [
      'a merge that keeps others',
      '{"a":{"b":1,"c":2}}',
      [{ kind: 'mergeJson', value: '{"a":{"b":null,"d":3},"__proto__":{"x":1}}' }],
      '{"a":{"c":2,"d":3},"__proto__":{"x":1}}',
    ],
  ])('has %s', async (_, stored, changes, expected) => {
    await inSamples((shard) => {
      createSample(shard, { jsonOrNull: stored });
      const before = shard.rows('SELECT * FROM samples');
      expect(changed(shard, 'jsonOrNull', changes)).toEqual(expected);
      if (typeof expected === 'object' && expected !== null)
        expect(shard.rows('SELECT * FROM samples')).toEqual(before);
    });
  });
});

describe('a change in place', () => {
  it.each<[string, AtomicChanges, Partial<OperationOf<'update'>>]>([
    ['of a column that is set too', { integerValue: [{ kind: 'increment', value: 1 }] }, { set: { integerValue: 1 } }],
    ['of a key', { id: [{ kind: 'append', value: 'x' }] }, {}],
    ['of a text by a number', { textValue: [{ kind: 'increment', value: 1 }] }, {}],
    ['of a flag', { flag: [{ kind: 'increment', value: 1 }] }, {}],
    ['of one of a few texts', { level: [{ kind: 'append', value: 'x' }] }, {}],
    ['of a number by a path', { integerValue: [{ kind: 'unsetJson', path: ['a'] }] }, {}],
  ])('%s is refused', async (_, atomic, changes) => {
    await inSamples((shard) => {
      createSample(shard, {});
      const before = shard.rows('SELECT * FROM samples');
      expect(shard.write('t:a', [change(atomic, changes)])).toMatchObject({
        status: 'FAILED',
        error: { code: 'BAD_USER_INPUT', message: expect.stringMatching(/^Expected .* but got /) },
      });
      expect(shard.rows('SELECT * FROM samples')).toEqual(before);
    });
  });

  it('is held to checks, leaves nothing if it fails, and does not say the value it found', async () => {
    await inShop((shard) => {
      succeed(
        shard,
        createRow('Tenant'),
        createRow('Product', { priceCents: 2_147_483_000 }),
        createRow('Customer'),
        createRow('Review'),
      );
      const changeOf = (table: string, id: string, atomic: AtomicChanges) => ({
        ...change(atomic),
        table,
        key: { columns: ['tenantId', 'id'], values: ['t1', id] },
      });
      const failure = shard.write('t:t1', [
        changeOf('Product', 'p1', { priceCents: [{ kind: 'increment', value: 1000 }] }),
      ]);
      expect(failure).toMatchObject({
        error: { code: 'INVALID_VALUE', details: { table: 'Product', field: 'priceCents' } },
      });
      expect(JSON.stringify(failure)).not.toContain('2147484');
      const low = fail(shard, changeOf('Review', 'r1', { rating: [{ kind: 'increment', value: 1 }] }));
      expect(low).toMatchObject({ index: 0, code: 'CHECK_VIOLATION' });
    });
  });

  it('belongs to upserts too, and is in the log', async () => {
    await inSamples((shard) => {
      createSample(shard, { integerValue: 1, jsonOrNull: '{"a":[1]}', textOrNull: null, decimalOrNull: '0.1' });
      const before = shard.rows('SELECT * FROM samples');
      const seq = shard.value('SELECT max(seq) FROM _log') as number;
      const atomic: AtomicChanges = {
        integerValue: [{ kind: 'multiply', value: 5 }],
        jsonOrNull: [{ kind: 'appendJson', path: ['a'], value: '2' }],
        textOrNull: [{ kind: 'setIfNull', value: 'new' }],
        decimalOrNull: [{ kind: 'increment', value: '0.2' }],
      };
      const { kind: _, ...rest } = change(atomic);
      expect(shard.write('t:a', [{ ...rest, kind: 'upsert', create: {} }])).toMatchObject({ status: 'OK' });
      expect(
        shard.rows('SELECT integer_value, json_or_null, text_or_null, decimal_or_null = 0.3 FROM samples'),
      ).toEqual([[5, '{"a":[1,2]}', 'new', 1]]);
      dropTriggers(shard.session);
      for (const row of readLogBackwards(shard.session, seq, 10)) undoLogRow(shard.session, row);
      expect(shard.rows('SELECT * FROM samples')).toEqual(before);
    });
  });
});
