import { describe, expect, it } from 'vitest';
import { advise } from '../../../../src/shards/monitor/advice/advise.ts';
import { factsOf } from '../../../support/monitor/advice-facts.ts';
import { countsOf, keyCallsOf, operationOf, shardCallsOf, sketchOf, tableOf } from '../../../support/monitor/counts.ts';

const adviceFor = (parts: Parameters<typeof factsOf>[0]) => advise(factsOf(parts));

describe('advice', () => {
  it('is none where nothing was reported', () => {
    expect(adviceFor({})).toEqual([]);
  });

  it('is about a shard key that has most of its shard', () => {
    const busy = (objectRequests: number) =>
      countsOf({
        shards: [shardCallsOf('shard-0', { calls: 20_000 })],
        keys: [
          keyCallsOf('acme', { operation: 'Orders', usage: { objectRequests } }),
          keyCallsOf('other', { usage: { objectRequests: 3_000 } }),
        ],
      });
    expect(adviceFor({ counts: busy(15_000) })).toMatchObject(
      [
        {
          kind: 'HOT_KEY',
          shard: 'shard-0',
          shardKey: 't:acme',
          operation: 'Orders',
          summary: /^75 % of the calls to shard-0/,
        },
      ].map((each) => ({ ...each, summary: expect.stringMatching(each.summary) })),
    );
    expect(adviceFor({ counts: busy(5_000) })).toEqual([]);
  });

  it('is about queries in STRONG whose rows hardly change, as long as they are', () => {
    const reading = (mode: 'STRONG' | 'BOUNDED', rowsWritten: number) =>
      countsOf({
        operations: [
          operationOf('Catalogue', { mode, source: 'shard', requests: 6_000 }),
          operationOf('Save', { kind: 'mutation', usage: { rowsWritten } }),
        ],
      });
    expect(adviceFor({ counts: reading('STRONG', 100) })).toMatchObject([
      { kind: 'STRONG_READS', operation: 'Catalogue' },
    ]);
    expect(adviceFor({ counts: reading('BOUNDED', 100) })).toEqual([]);
    expect(adviceFor({ counts: reading('STRONG', 1_000) })).toEqual([]);
  });

  it('is about operations that ask nearly all of many shards', () => {
    const counts = countsOf({
      operations: [operationOf('Search', { requests: 1_000, usage: { objectRequests: 8_000 } })],
    });
    expect(adviceFor({ counts, shardCount: 8 })).toMatchObject([{ kind: 'SCATTER', operation: 'Search' }]);
    expect(adviceFor({ counts, shardCount: 64 })).toEqual([]);
    expect(adviceFor({ counts, shardCount: 2 })).toEqual([]);
  });

  it('is about tables that the cache hardly ever has', () => {
    const kv = { 'get-key': 300 };
    expect(adviceFor({ counts: countsOf({ kv, tables: [tableOf('Order', 10, 2_000)] }) })).toMatchObject([
      { kind: 'CACHE_NEVER_HIT', table: 'Order', remedy: expect.stringContaining('hardly ever asked twice') },
    ]);
    expect(adviceFor({ counts: countsOf({ kv, tables: [tableOf('Order', 500, 2_000)] }) })).toEqual([]);
    const answers = { memory: { 'refused-by-stamp': 1_900 }, shard: { miss: 2_000 } };
    expect(adviceFor({ counts: countsOf({ kv, tables: [{ table: 'Order', answers }] }) })).toMatchObject([
      { remedy: expect.stringContaining('change more often') },
    ]);
  });

  it('is not about tables whose shards are near, where hardly anything is looked for in KV', () => {
    const tables = [tableOf('Order', 10, 2_000), tableOf('Customer', 10, 2_000)];
    expect(adviceFor({ counts: countsOf({ tables }) })).toEqual([]);
    expect(adviceFor({ counts: countsOf({ tables, kv: { 'get-key': 300 } }) })).toEqual([]);
    expect(adviceFor({ counts: countsOf({ tables, kv: { 'get-key': 3_000 } }) })).toHaveLength(2);
    const shardsAt = (ms: number) => [shardCallsOf('shard-0', { latency: sketchOf([ms, ms, ms]) })];
    expect(adviceFor({ counts: countsOf({ tables, shards: shardsAt(5) }) })).toEqual([]);
    // Far away, where KV is not asked for what it never has.
    expect(adviceFor({ counts: countsOf({ tables, shards: shardsAt(120) }) })).toHaveLength(2);
  });
});
