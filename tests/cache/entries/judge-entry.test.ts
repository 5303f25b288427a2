import { describe, expect, it } from 'vitest';
import type { Entry } from '../../../src/cache/entries/entry.ts';
import { judgeEntry, type StampKnowledge } from '../../../src/cache/entries/judge-entry.ts';
import type { Requirement } from '../../../src/cache/requirement.ts';
import { addSeen, NOTHING_SEEN } from '../../../src/shards/seen-versions.ts';
import { labState, seenOf } from '../../support/cache/seen.ts';

const NOW = 1_000_000;
const DEPENDENCY = { table: 'Order', bucket: 7 };

const entry = (changes: Partial<Entry> = {}): Entry => ({
  text: '[]',
  ...labState(500, 400),
  at: NOW - 1_000,
  ttlMs: 10_000,
  swrMs: 5_000,
  maker: 'here',
  ...changes,
});

const stamps = (bucket: number, { floor = 0, all = 0 } = {}): StampKnowledge => ({
  state: 'known',
  stamps: {
    floor,
    tables: new Map([['Order', { last: Math.max(bucket, all), all, buckets: new Map([[7, bucket]]) }]]),
  },
});

const judge = (
  given: Entry,
  requirement: Partial<Requirement>,
  knowledge: StampKnowledge = { state: 'unneeded' },
  moment: { requestStartMs?: number; nowMs?: number } = {},
  life = { ttlMs: 10_000, swrMs: 5_000 },
) =>
  judgeEntry(
    given,
    { dependencies: [DEPENDENCY], life },
    knowledge,
    { mode: 'CACHED', maxStalenessMs: null, seen: NOTHING_SEEN, ...requirement },
    { requestStartMs: NOW, nowMs: NOW, clock: 'here', uncertaintyMs: 500, ...moment },
  );

describe('an entry', () => {
  it('is fresh for its ttl, then stale, then dead', () => {
    const at = (nowMs: number) => judge(entry({ at: 0 }), {}, undefined, { nowMs });
    expect([at(9_999), at(10_000), at(14_999), at(15_000)]).toEqual(['fresh', 'stale', 'stale', 'dead']);
  });

  it('lives no longer than the policy of today allows, nor than that of its day', () => {
    const at = (nowMs: number, ttlMs: number, swrMs: number) =>
      judge(entry({ at: 0 }), {}, undefined, { nowMs }, { ttlMs, swrMs });
    expect([at(2_999, 3_000, 0), at(3_000, 3_000, 0)]).toEqual(['fresh', 'dead']);
    expect([at(2_999, 3_000, 1_000), at(3_000, 3_000, 1_000), at(4_000, 3_000, 1_000)]).toEqual([
      'fresh',
      'stale',
      'dead',
    ]);
    expect([at(9_999, 60_000, 60_000), at(10_000, 60_000, 60_000), at(15_000, 60_000, 60_000)]).toEqual([
      'fresh',
      'stale',
      'dead',
    ]);
    expect([at(9_999, 10_000, 0), at(10_000, 10_000, 0)]).toEqual(['fresh', 'dead']);
  });

  it('of another clock is taken to be older by what clocks may differ', () => {
    const at = (nowMs: number) => judge(entry({ at: 0, maker: 'there' }), {}, undefined, { nowMs });
    expect([at(9_499), at(9_500), at(14_499), at(14_500)]).toEqual(['fresh', 'stale', 'stale', 'dead']);
  });

  it.each(['BOUNDED', 'SESSION', 'CACHED'] as const)('is refused by a later stamp in mode %s', (mode) => {
    const requirement = { mode, maxStalenessMs: 60_000 };
    expect(judge(entry(), requirement, stamps(500))).toBe('fresh');
    expect(judge(entry(), requirement, stamps(501))).toBe('refused-by-stamp');
    expect(judge(entry(), requirement, stamps(0, { all: 501 }))).toBe('refused-by-stamp');
    expect(judge(entry(), requirement, stamps(0, { floor: 501 }))).toBe('refused-by-stamp');
    expect(judge(entry(), requirement, { state: 'unknown' })).toBe('refused-by-stamp');
  });

  it('serves STRONG reads never', () => expect(judge(entry({ at: NOW }), { mode: 'STRONG' })).not.toBe('fresh'));

  it('serves BOUNDED reads if it was read within the bound before the request began', () => {
    const bounded = (given: Partial<Entry>, maxStalenessMs: number) =>
      judge(entry(given), { mode: 'BOUNDED', maxStalenessMs }, undefined, { nowMs: NOW + 300 });
    expect(bounded({}, 1_000)).toBe('fresh');
    expect(bounded({}, 999)).toBe('refused-by-bound');
    expect(bounded({ maker: 'there' }, 1_499)).toBe('refused-by-bound');
    expect(bounded({ maker: 'there' }, 1_500)).toBe('fresh');
  });

  it('serves SESSION reads if it holds all that the session has seen', () => {
    expect(judge(entry(), { mode: 'SESSION', seen: seenOf(500) })).toBe('fresh');
    expect(judge(entry(), { mode: 'SESSION', seen: seenOf(501) })).toBe('refused-by-token');
  });

  it('serves SESSION reads whatever the session has seen of other shards: they may be busy, and this one idle', () => {
    const other = { snapshots: [{ shard: 'shard-2', asOf: 900, changed: 900 }], epoch: 1 };
    expect(judge(entry(), { mode: 'SESSION', seen: addSeen(seenOf(500), other) })).toBe('fresh');
  });

  it('serves SESSION reads not if slots have moved since it was read: another owner may know more', () => {
    const seen = addSeen(NOTHING_SEEN, { snapshots: [{ shard: 'shard-2', asOf: 1, changed: 1 }], epoch: 2 });
    expect(judge(entry(), { mode: 'SESSION', seen })).toBe('refused-by-token');
    expect(judge(entry({ epoch: 2 }), { mode: 'SESSION', seen })).toBe('fresh');
  });

  it('of several shards serves SESSION reads if it holds what was seen of each', () => {
    const snapshot = (shard: string, asOf: number) => ({ shard, asOf, changed: asOf });
    const of = (one: number, two: number) => entry({ snapshots: [snapshot('shard-1', one), snapshot('shard-2', two)] });
    const seen = addSeen(seenOf(500), { snapshots: [snapshot('shard-2', 900)], epoch: 1 });
    const verdicts = [of(500, 900), of(499, 900), of(500, 899), of(9_999, 899)].map((each) =>
      judge(each, { mode: 'SESSION', seen }),
    );
    expect(verdicts).toEqual(['fresh', 'refused-by-token', 'refused-by-token', 'refused-by-token']);
  });

  it('serves reads that ask for a bound and for a session only if both hold', () => {
    const both = (maxStalenessMs: number, version: number) =>
      judge(entry(), { mode: 'BOUNDED', maxStalenessMs, seen: seenOf(version) });
    expect([both(1_000, 500), both(999, 500), both(1_000, 501)]).toEqual([
      'fresh',
      'refused-by-bound',
      'refused-by-token',
    ]);
  });
});
