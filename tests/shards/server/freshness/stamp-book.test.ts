import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StampBook } from '../../../../src/shards/server/freshness/stamp-book.ts';
import type { ShardKey } from '../../../../src/shards/shard-key.ts';
import { lastChange, STAMP_BUCKETS } from '../../../../src/shards/stamps.ts';

const TABLES = ['A', 'B', 'C'];
const BUCKETS = [0, 1, 2, 63, STAMP_BUCKETS - 1];
const key = (index: number) => `t:${index}` as ShardKey;

const change = fc.record({
  key: fc.integer({ min: 0, max: 9 }),
  table: fc.constantFrom(...TABLES),
  buckets: fc.option(fc.array(fc.constantFrom(...BUCKETS), { minLength: 1, maxLength: 3 })),
});
const forget = fc.constant('forget' as const);

describe('StampBook', () => {
  it('never tells less than the truth, and no more where it forgot nothing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 20, arbitrary: change }, forget), { maxLength: 60 }),
        fc.constantFrom(0, 3_000, 1_000_000),
        fc.nat(500),
        (events, capacityBytes, since) => {
          const book = new StampBook(capacityBytes);
          const history: { version: number; key: number; table: string; buckets: number[] | null }[] = [];
          let version = 0;
          for (const event of events) {
            version += 7;
            if (event === 'forget') book.forget(version);
            else {
              history.push({ ...event, version });
              book.record(key(event.key), event.table, version, event.buckets);
            }
          }
          const isExact = capacityBytes === 1_000_000 && !events.includes('forget');
          const check = (told: number, truth: number) =>
            isExact ? expect(told).toBe(truth) : expect(told).toBeGreaterThanOrEqual(truth);
          for (let index = 0; index < 10; index++) {
            const coarse = book.stampsOf(key(index), since);
            const stamps = book.stampsOf(key(index), 0);
            for (const table of TABLES) {
              const mine = history.filter((entry) => entry.key === index && entry.table === table);
              check(book.changed(key(index), [table]), latest(mine));
              check(lastChange(stamps, { table, bucket: null }), latest(mine));
              for (const bucket of BUCKETS) {
                const inBucket = mine.filter(({ buckets }) => buckets === null || buckets.includes(bucket));
                check(lastChange(stamps, { table, bucket }), latest(inBucket));
                expect(lastChange(coarse, { table, bucket })).toBeGreaterThanOrEqual(latest(inBucket));
              }
            }
            check(book.changed(key(index), TABLES), latest(history.filter((entry) => entry.key === index)));
          }
          check(book.changedAnywhere(['A', 'B']), latest(history.filter(({ table }) => table !== 'C')));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('forgets least recently changed shard keys first, and grows no further', () => {
    const book = new StampBook(20_000);
    for (let index = 0; index < 1_000; index++) {
      book.record(key(index), 'A', index + 1, [index % 64]);
      book.record(key(0), 'A', index + 1, null);
    }
    expect(book.stampsOf(key(0), 0).tables.size).toBe(1);
    expect(book.stampsOf(key(999), 0).tables.get('A')!.buckets).toEqual(new Map([[999 % 64, 1000]]));
    expect(book.stampsOf(key(1), 0).tables.size).toBe(0);
    const held = Array.from({ length: 1_000 }, (_, index) => book.stampsOf(key(index), 0).tables.size);
    expect(held.reduce((sum, size) => sum + size, 0)).toBeLessThan(60);
  });

  it('tells of what changed before the given version coarsely, and leaves nothing out', () => {
    const book = new StampBook(1_000_000);
    book.record(key(1), 'A', 10, [1]);
    book.record(key(1), 'B', 20, [2]);
    book.record(key(1), 'B', 30, [3]);
    const { floor, tables } = book.stampsOf(key(1), 30);
    expect(floor).toBe(10);
    expect([...tables.keys()]).toEqual(['B']);
    expect(tables.get('B')).toEqual({ last: 30, all: 20, buckets: new Map([[3, 30]]) });
  });
});

const latest = (entries: readonly { readonly version: number }[]): number =>
  Math.max(0, ...entries.map(({ version }) => version));
