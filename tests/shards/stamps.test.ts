import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeStamps,
  encodeStamps,
  lastChange,
  rowBucket,
  STAMP_BUCKETS,
  valueBucket,
} from '../../src/shards/stamps.ts';

const version = fc.integer({ min: 0, max: 2 ** 53 - 1 });
const stamps = fc.record({
  floor: version,
  tables: fc
    .array(
      fc.tuple(
        fc.string(),
        fc.record({
          last: version,
          all: version,
          buckets: fc
            .array(fc.tuple(fc.integer({ min: 0, max: STAMP_BUCKETS - 1 }), version))
            .map((entries) => new Map(entries)),
        }),
      ),
    )
    .map((entries) => new Map(entries)),
});

describe('stamps', () => {
  it('come back from their text as they were', () => {
    fc.assert(
      fc.property(stamps, (before) => {
        expect(decodeStamps(encodeStamps(before, 'a'), 'a')).toEqual(before);
      }),
    );
  });

  it.each([
    '',
    'null',
    '{}',
    '[]',
    '[1,0,[]]',
    '[2,0,[]]',
    '[4,"a",0,[]]',
    '[3,"a",-1,[]]',
    '[3,"a",0,[["A",1,1,[3]]]]',
    '[3,"a",0,[["A",1.5,1,[]]]]',
    '[3,"a",0,[[7,1,1,[]]]]',
  ])('are nothing if their text is %s', (text) => expect(decodeStamps(text, 'a')).toBeNull());

  it('of another schema tell a change of anything as one of everything', () => {
    const tables = new Map([
      ['A', { last: 7, all: 0, buckets: new Map([[1, 7]]) }],
      ['B', { last: 9, all: 9, buckets: new Map() }],
    ]);
    const decoded = decodeStamps(encodeStamps({ floor: 3, tables }, 'a'), 'b')!;
    expect(lastChange(decoded, { table: 'A', bucket: 5 })).toBe(9);
    expect(lastChange(decoded, { table: 'renamed', bucket: null })).toBe(9);
    expect(
      lastChange(decodeStamps(encodeStamps({ floor: 3, tables: new Map() }, 'a'), 'b')!, { table: 'A', bucket: 1 }),
    ).toBe(3);
  });

  it('tell the last change of a table, and of a bucket whatever changed it', () => {
    const tables = new Map([
      [
        'Order',
        {
          last: 9,
          all: 5,
          buckets: new Map([
            [1, 9],
            [2, 4],
          ]),
        },
      ],
    ]);
    const change = (table: string, bucket: number | null) => lastChange({ floor: 3, tables }, { table, bucket });
    expect(change('Order', null)).toBe(9);
    expect(change('Order', 1)).toBe(9);
    expect(change('Order', 2)).toBe(5);
    expect(change('Order', 3)).toBe(5);
    expect(change('Customer', null)).toBe(3);
  });

  it('put keys and values into all buckets, evenly', () => {
    const counts = new Array<number>(STAMP_BUCKETS).fill(0);
    for (let id = 0; id < 100 * STAMP_BUCKETS; id++) counts[rowBucket(['tenant', `row-${id}`])]!++;
    expect(Math.min(...counts)).toBeGreaterThan(50);
    expect(Math.max(...counts)).toBeLessThan(170);
  });

  it('give equal values one bucket, and tell columns apart from values', () => {
    expect(valueBucket(['a', 'b'], ['x', 1])).toBe(valueBucket(['a', 'b'], ['x', 1]));
    const buckets = new Set(Array.from({ length: 50 }, (_, at) => valueBucket([`column ${at}`], ['x'])));
    expect(buckets.size).toBeGreaterThan(20);
  });
});
