import { toCapacitySettings } from '../../../src/shards/capacity.ts';
import { NO_LAGS } from '../../../src/shards/lag-histogram.ts';
import { NOTHING_USUAL } from '../../../src/shards/monitor/alerts/usual-rates.ts';
import type { MonitorState } from '../../../src/shards/monitor/monitor-state.ts';
import type { MonitoredShard } from '../../../src/shards/protocol/monitor-rpc.ts';
import { NO_COUNTS } from '../../../src/shards/tally.ts';

export const T0 = Date.UTC(2026, 0, 1);

const CAPACITY = toCapacitySettings({ warnBytes: 700, planBytes: 850, fullBytes: 1_000 });

export const stateOf = (parts: Partial<MonitorState>): MonitorState => ({
  ...{ nowMs: T0, recent: NO_COUNTS, recentMs: 20_000, lags: NO_LAGS, audits: [], releases: [], shards: [] },
  ...{ capacity: CAPACITY, hasQueue: true, usual: NOTHING_USUAL, ...parts },
});

type ShardParts = Partial<MonitoredShard['figures']> & { readonly capacity?: Partial<MonitoredShard['capacity']> };

export const shardOf = (shard: string, { capacity, ...figures }: ShardParts): MonitoredShard => ({
  ...{ shard, atMs: T0 },
  figures: {
    ...{ liveBytes: 0, level: 'OK', rows: 0, logBytes: 0, restorableSince: 0, lastVersion: 0, migration: null },
    ...{ unpublishedKeys: 0, isolateMemoryBytes: 0, ...figures },
  },
  counts: {
    earlier: { invalidationLag: NO_LAGS, stampPuts: 0, audits: [] },
    last: { life: 'a', invalidationLag: NO_LAGS, stampPuts: 0, audits: [] },
  },
  capacity: {
    thresholds: CAPACITY,
    ...{ peakBytes: 0, growthPerDay: null, reaches80AtMs: null, fullAtMs: null, largeShardKeys: [], ...capacity },
  },
});
