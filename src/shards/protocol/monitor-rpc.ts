import type { ShardCapacity } from '../capacity.ts';
import type { KeptCounts } from '../shard-counts.ts';
import type { ShardReport } from '../shard-report.ts';

/** Name of the one monitor object. */
export const MONITOR_NAME = 'monitor';

/** What the `Monitor` is told by shards and asked by operators. It calls nobody, and has no alarm. */
export interface MonitorRpc {
  /** Of a report that is older than the last of its shard, the growth counts alone. */
  report(report: ShardReport): Promise<void>;
  /** All that have ever reported, by name. */
  shards(): Promise<readonly MonitoredShard[]>;
}

/** What the monitor knows of a shard. */
export interface MonitoredShard extends Pick<ShardReport, 'shard' | 'atMs' | 'figures'> {
  readonly counts: KeptCounts;
  readonly capacity: ShardCapacity;
}
