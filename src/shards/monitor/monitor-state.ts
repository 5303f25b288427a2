import type { AuditCount } from '../audit-count.ts';
import type { CapacitySettings } from '../capacity.ts';
import type { Counts } from '../isolate-report.ts';
import type { LagCounts } from '../lag-histogram.ts';
import type { MonitoredShard } from '../protocol/monitor-rpc.ts';
import type { UsualRates } from './alerts/usual-rates.ts';

/** What rules look at: a pure value, so that each can be tested by itself. */
export interface MonitorState {
  readonly nowMs: number;
  /** What isolates have reported since the last look, and how long ago that was. */
  readonly recent: Counts;
  readonly recentMs: number;
  /** What shards have counted since the last look. */
  readonly lags: LagCounts;
  readonly audits: readonly AuditCount[];
  /** False: no queue carries invalidations, so shards publish by themselves, by an alarm. */
  readonly hasQueue: boolean;
  /** Requests by version of the Worker, since the last look; empty where versions are not known. */
  readonly releases: readonly ReleaseCounts[];
  readonly shards: readonly MonitoredShard[];
  readonly capacity: CapacitySettings;
  /** What was before, of about an hour. */
  readonly usual: UsualRates;
}

export interface ReleaseCounts {
  readonly release: string;
  /** When it first reported. */
  readonly sinceMs: number;
  readonly requests: number;
  /** That failed for no fault of their own. */
  readonly failed: number;
}
