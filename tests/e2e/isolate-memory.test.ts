/** What stands in an isolate: 15 shards in one, and a Worker, each with its caches full. In Node, whose heap can be measured. */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { buildSchema } from 'graphql';
import { afterAll, expect, it } from 'vitest';
import { LocalWrites } from '../../src/cache/isolate/local-writes.ts';
import { DocumentCache } from '../../src/http/graphql/document-cache.ts';
import { toRequestLimits } from '../../src/http/graphql/request-limits.ts';
import model from '../../src/schema/model.ts';
import { ENTRY_BYTES, MEMORY, memoryUsed } from '../../src/shards/isolate-memory.ts';
import { RecentReads } from '../../src/shards/server/freshness/recent-reads.ts';
import { StampBook } from '../../src/shards/server/freshness/stamp-book.ts';
import type { ShardKey } from '../../src/shards/shard-key.ts';

const SHARDS = 15;
const MIB = 2 ** 20;
const MOST_BYTES = 48 * MIB;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** What is measured must not be collected before it was. */
const held: unknown[] = [];
afterAll(() => held.splice(0));

function heapBytes(): number {
  for (let round = 0; round < 3; round++) collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** Bytes by which the heap has grown, and the estimate, for what `fill` makes. */
function measure(
  name: keyof typeof MEMORY,
  fill: () => unknown,
): { readonly estimated: number; readonly real: number } {
  const [heapBefore, usedBefore] = [heapBytes(), MEMORY[name].used];
  held.push(fill());
  return { estimated: MEMORY[name].used - usedBefore, real: heapBytes() - heapBefore };
}

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));
const limits = toRequestLimits({});
// Made when it is first used.
new DocumentCache(schema, limits).documentOf('{ __typename }');

const keyOf = (tenant: number) => `t:tenant-${tenant}` as ShardKey;

it('is at most 48 MiB, for all kinds of caches together', () => {
  const most = Object.values(MEMORY).reduce((sum, { bytes }) => sum + bytes, ENTRY_BYTES);
  expect(most).toBeLessThanOrEqual(MOST_BYTES);
});

it.each([
  [
    'stamps',
    () =>
      Array.from({ length: SHARDS }, (_, shard) => {
        const book = new StampBook(MEMORY.stamps);
        for (let change = 1; change <= 10_000; change++) {
          const buckets = Array.from({ length: 8 }, (_each, at) => (change * 37 + at * 101) % 1_024);
          book.record(keyOf(shard * 100_000 + (change % 2_000)), 'Customer', change, buckets);
        }
        return book;
      }),
  ],
  [
    'recent-reads',
    () =>
      Array.from({ length: SHARDS }, (_, shard) => {
        const reads = new RecentReads(model, 60_000, MEMORY['recent-reads']);
        for (let read = 1; read <= 5_000; read++) {
          const call = { plan: `{"plan":"of some length ${'x'.repeat(300)}"}`, values: [read], keys: [[`k${read}`]] };
          reads.record(keyOf(shard * 100_000 + read), { ...call, shardKeys: null }, ['Customer'], read, read);
        }
        return reads;
      }),
  ],
  [
    'local-writes',
    () => {
      const writes = new LocalWrites();
      for (let version = 1; version <= 100_000; version++) {
        writes.record({ shard: 's', shardKeys: [keyOf(version)], version, touched: [['Customer', [version % 1_024]]] });
      }
      return writes;
    },
  ],
  [
    'documents',
    () => {
      // One for each role, of which none knows of the others.
      return Array.from({ length: 4 }, (_, role) => {
        const documents = new DocumentCache(schema, limits);
        for (let count = 0; count < 300; count++) {
          const fields = Array.from({ length: 20 }, (_each, at) => `f${count}_${at}: name`).join(' ');
          documents.documentOf(`query Q${role}_${count} { customers(first: 5) { nodes { id ${fields} } } }`);
        }
        return documents;
      });
    },
  ],
] as const)('is bounded for %s, however many have them, and about what is estimated', (name, fill) => {
  const { estimated, real } = measure(name, fill);
  const { bytes, used } = MEMORY[name];
  // It is full, so that there would have been more.
  expect(used).toBeLessThanOrEqual(bytes);
  expect(estimated).toBeGreaterThan(bytes * 0.9);
  expect(real, `${real} bytes for ${estimated}`).toBeLessThan(estimated * 1.5);
  expect(real, `${real} bytes for ${estimated}`).toBeGreaterThan(estimated / 4);
});

it('is so with all of them full', () => {
  expect(memoryUsed() + ENTRY_BYTES).toBeLessThanOrEqual(MOST_BYTES);
});
