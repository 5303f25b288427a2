import { describe, expect, it } from 'vitest';
import { toMonitoringSettings } from '../../../src/http/monitoring/monitoring-settings.ts';
import { operationFamilies } from '../../../src/http/operator/metrics/operation-families.ts';
import { OTHER_KEYS } from '../../../src/shards/isolate-report.ts';
import type { MonitorTotals } from '../../../src/shards/monitor-series.ts';
import { keySummaries } from '../../../src/shards/monitor-series.ts';
import type { ShardKey } from '../../../src/shards/shard-key.ts';
import { NO_COUNTS } from '../../../src/shards/tally.ts';
import { keyOf, usageOf } from '../../support/monitoring/make-report.ts';

const usage = usageOf({ rowsWritten: 1_000_000 });
const KEYS = ['alice@example.com', 'bob\ud83d', 'bob\ud83e'].map((key) =>
  keyOf(key, { usage, shardKey: `t:${key}` as ShardKey }),
);

const TOTALS: MonitorTotals = {
  ...NO_COUNTS,
  keys: keySummaries([...KEYS, { ...keyOf('', { usage }), shardKey: OTHER_KEYS }], []),
  sinceMs: 0,
  recent: { ...NO_COUNTS, sinceMs: 0 },
  reports: { taken: 0, repeated: 0 },
  isolates: [],
};

const dollarsOf = (tellsShardKeys: boolean) =>
  operationFamilies(TOTALS, tellsShardKeys)
    .find(({ name }) => name === 'shardql_tenant_cost_dollars_total')!
    .samples.map(({ labels, value }) => [labels.shard_key, value]);

describe('the setting tellsShardKeys', () => {
  it('keeps values of rows out of /metrics unless it is set', () => {
    expect(toMonitoringSettings({}).tellsShardKeys).toBe(false);
    expect(dollarsOf(false)).toEqual([['other', 4]]);
  });

  it('names the most expensive shard keys, each once, also where UTF-8 has one text for two', () => {
    expect(toMonitoringSettings({ tellsShardKeys: true }).tellsShardKeys).toBe(true);
    const dollars = dollarsOf(true);
    expect(dollars).toHaveLength(3);
    const inUtf8 = dollars.map(([label]) => new TextDecoder().decode(new TextEncoder().encode(label as string)));
    expect(new Set(inUtf8).size).toBe(3);
    expect(dollars.reduce((sum, [, value]) => sum + (value as number), 0)).toBe(4);
  });

  it.each([
    [{ tellsShardKeys: 1 as never }, 'Expected monitoring.tellsShardKeys to be true or false, but got 1.'],
    [{ slowMs: 0 }, 'Expected monitoring.slowMs to be a whole number from 1 on, but got 0.'],
    [{ toString: 1 } as never, 'Expected monitoring to be slowMs, slowRowsRead, tellsShardKeys, but got toString.'],
  ])('is checked, as the others are: %j', (given, message) => {
    expect(() => toMonitoringSettings(given)).toThrow(message);
  });
});
