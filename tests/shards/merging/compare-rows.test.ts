import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareUtf8 } from '../../../src/lib/compare-utf8.ts';
import type { WireKind, WireValue } from '../../../src/model/types.ts';
import { rowComparator } from '../../../src/shards/merging/compare-rows.ts';
import { describeRuns, propertyRuns } from '../../support/property-runs.ts';
import { compareBytes } from '../client/fake-shard.ts';
import { itemModel } from '../client/item-model.ts';

const encoder = new TextEncoder();
/** Neighbours of every boundary where UTF-16 and UTF-8 order could part. */
const character = fc.oneof(
  fc.constantFrom('', '\0', 'a', 'é', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '😀', '\u{10ffff}'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
);
const text = fc.array(character, { maxLength: 4 }).map((characters) => characters.join(''));

describe('text', () => {
  it('orders by its UTF-8 bytes', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareUtf8(a, b))).toBe(Math.sign(compareBytes(encoder.encode(a), encoder.encode(b))));
      }),
      { numRuns: 2_000 },
    );
  });

  it('puts characters beyond U+FFFF after those of U+E000 to U+FFFF, unlike JavaScript', () => {
    expect('😀' < '\ufffd').toBe(true);
    expect(compareUtf8('😀', '\ufffd')).toBeGreaterThan(0);
  });
});

describe('rows', () => {
  const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  const nearInt64 = fc.bigInt({ min: 2n ** 53n, max: 2n ** 53n + 3n });
  const decimal = fc
    .tuple(fc.integer({ min: -999_999_999, max: 999_999_999 }), fc.integer({ min: 0, max: 999_999 }))
    .map(([whole, fraction]) =>
      fraction === 0 ? `${whole}` : `${whole}.${`${fraction}`.padStart(6, '0')}`.replace(/0+$/, ''),
    );
  const hex = fc
    .array(fc.nat(255), { maxLength: 3 })
    .map((bytes) => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(''));
  const valuesByWire = {
    text: text,
    int: fc.maxSafeInteger(),
    int64: fc.oneof(int64, nearInt64).map(String),
    real: fc.double({ noNaN: true, noDefaultInfinity: true }),
    decimal,
    blob: hex,
  } satisfies Partial<Record<WireKind, fc.Arbitrary<WireValue>>>;
  const storedAs: Partial<Record<WireKind, string>> = {
    text: 'value',
    int: 'CAST(value AS INTEGER)',
    int64: 'CAST(value AS INTEGER)',
    real: 'CAST(value AS REAL)',
    decimal: 'CAST(value AS NUMERIC)',
    blob: 'unhex(value)',
  };

  const runs = propertyRuns(200);
  it.each(Object.keys(valuesByWire) as (keyof typeof valuesByWire)[])(
    `order by %s as SQLite does (${describeRuns(runs)})`,
    { timeout: 300 * runs.numRuns },
    async (wire) => {
      const lab = env.LAB.getByName(`compare-${wire}`);
      await runInDurableObject(lab, (_, { storage }) => {
        fc.assert(
          fc.property(
            fc.array(fc.option(valuesByWire[wire] as fc.Arbitrary<WireValue>, { freq: 8 }), {
              minLength: 2,
              maxLength: 12,
            }),
            fc.boolean(),
            fc.boolean(),
            (values, descending, nullsFirst) => {
              const rows = values.map((value, index): WireValue[] => [value, index]);
              const orderBy = [
                { column: wire, descending, nullsFirst },
                { column: 'id', descending: false, nullsFirst: true },
              ];
              const compareTexts = rowComparator(
                itemModel,
                { table: 'Item', computed: [], columns: [wire, 'id'] },
                orderBy,
              );
              const sorted = rows
                .map(([value, index]) => [value!, String(index).padStart(2, '0')])
                .sort(compareTexts)
                .map(([, index]) => Number(index));
              const expression = storedAs[wire]!;
              const sqlite = storage.sql
                .exec(
                  `SELECT key FROM (SELECT key, ${expression} AS sorted FROM json_each(?))
                 ORDER BY sorted ${descending ? 'DESC' : 'ASC'} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}, key`,
                  JSON.stringify(values),
                )
                .toArray()
                .map(({ key }) => key);
              expect(sorted).toEqual(sqlite);
            },
          ),
          runs,
        );
      });
    },
  );
});
