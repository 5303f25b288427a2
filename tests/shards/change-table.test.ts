import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ChangeTable } from '../../src/shards/change-table.ts';
import type { ShardKey } from '../../src/shards/shard-key.ts';
import { lastChange } from '../../src/shards/stamps.ts';

const KEYS = ['t:a', 't:b', 't:c'] as ShardKey[];
const TABLES = ['A', 'B'];
const BUCKETS = [0, 1, 2];

const change = fc.record({
  shardKey: fc.constantFrom(...KEYS),
  table: fc.constantFrom(...TABLES),
  version: fc.integer({ min: 1, max: 30 }),
  buckets: fc.option(fc.uniqueArray(fc.constantFrom(...BUCKETS), { minLength: 1 })),
});

it('knows the last change of each thing, in whatever order changes come, or else has it below its floor', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), fc.constantFrom(0, 800, 1_000_000), (changes, capacityBytes) => {
      const known = new ChangeTable(capacityBytes);
      for (const { shardKey, table, version, buckets } of changes) known.record(shardKey, table, version, buckets);
      for (const shardKey of KEYS) {
        const stamps = known.get(shardKey) ?? { floor: known.floor, tables: new Map() };
        for (const table of TABLES) {
          for (const bucket of [null, ...BUCKETS]) {
            const versions = changes
              .filter((each) => each.shardKey === shardKey && each.table === table)
              .filter(({ buckets }) => bucket === null || buckets === null || buckets.includes(bucket))
              .map(({ version }) => version);
            const truth = Math.max(0, ...versions);
            const got = lastChange(stamps, { table, bucket });
            if (capacityBytes === 1_000_000) expect(got).toBe(truth);
            else expect(got).toBeGreaterThanOrEqual(truth);
          }
        }
      }
    }),
    { numRuns: 500 },
  );
});
