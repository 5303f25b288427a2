import type { CapacityReport, ShardCapacity } from '../capacity.ts';

/** Name of the one monitor object. */
export const MONITOR_NAME = 'monitor';

/** What the `Monitor` is told by shards and asked by operators. It calls nobody, and has no alarm. */
export interface MonitorRpc {
  /** A report that is older than the last of its shard changes nothing. */
  report(report: CapacityReport): Promise<void>;
  /** Of all shards that have ever reported, by name. */
  capacity(): Promise<readonly ShardCapacity[]>;
}
