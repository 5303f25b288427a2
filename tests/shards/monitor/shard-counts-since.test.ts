import { describe, expect, it } from 'vitest';
import { toCapacitySettings } from '../../../src/shards/capacity.ts';
import { NO_LAGS } from '../../../src/shards/lag-histogram.ts';
import { countsSince } from '../../../src/shards/monitor/shard-counts-since.ts';
import { type ShardRecord, withReport } from '../../../src/shards/monitor/shard-record.ts';
import type { ShardCounts } from '../../../src/shards/shard-counts.ts';

const settings = toCapacitySettings({});

const counted = (life: string, counts: Partial<ShardCounts>): ShardCounts => ({
  ...{ life, invalidationLag: NO_LAGS, stampPuts: 0, audits: [] },
  ...counts,
});

const after = (before: ShardRecord | null, counts: ShardCounts): ShardRecord =>
  withReport(
    before,
    {
      ...{ shard: 's', atMs: 1, counts, growth: [], otherGrowth: 0 },
      figures: {
        ...{ liveBytes: 1, level: 'OK', rows: 1, logBytes: 0, restorableSince: 0 },
        ...{ lastVersion: 1, migration: null, unpublishedKeys: 0, isolateMemoryBytes: 0 },
      },
    },
    settings,
  ).record;

const own = (alarms: number, rowsRead: number, rowsWritten: number) => ({ alarms, rowsRead, rowsWritten });

describe('what a report of a shard says that the one before did not', () => {
  it('is its alarms, its own rows, its puts and its events, as an operation', () => {
    const first = after(null, counted('a', { own: own(1, 10, 2), stampPuts: 3, events: { 'task-failed': 1 } }));
    const second = after(
      first,
      counted('a', { own: own(3, 15, 4), stampPuts: 5, events: { 'task-failed': 1, 'publishing-failed': 2 } }),
    );
    const { counts } = countsSince(first, second)!;
    const usage = { objectRequests: 2, rowsRead: 5, rowsWritten: 2, kvPuts: 2 };
    expect(counts.operations).toMatchObject([{ kind: 'alarm', requests: 2, usage }]);
    expect(counts.keys).toMatchObject([{ usage }]);
    expect(counts.events).toEqual({ 'publishing-failed': 2 });
  });

  it('is all of a new life, and nothing of a report that comes twice', () => {
    const first = after(null, counted('a', { own: own(1, 10, 2) }));
    const again = after(first, counted('a', { own: own(1, 10, 2) }));
    expect(countsSince(first, again)).toBeNull();
    const restarted = after(again, counted('b', { own: own(2, 4, 0), events: { 'shard-filling': 1 } }));
    const { counts } = countsSince(again, restarted)!;
    expect(counts.operations).toMatchObject([{ requests: 2, usage: { rowsRead: 4, rowsWritten: 0 } }]);
    expect(counts.events).toEqual({ 'shard-filling': 1 });
  });

  it('is nothing of a shard of a release before, which does not tell', () => {
    const first = after(null, counted('a', {}));
    expect(countsSince(null, first)).toBeNull();
  });
});
