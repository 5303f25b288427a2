import type { LagCounts } from '../lag-histogram.ts';
import type { AuditCount } from './record-audits.ts';

/** What a shard has counted since it started; cheap to ask for. */
export interface ShardMetrics {
  readonly databaseBytes: number;
  /** Number of shard keys with changes that are not published yet. */
  readonly unpublishedKeys: number;
  /** From commits until their stamps were put. */
  readonly invalidationLag: LagCounts;
  /** Puts of stamps that KV has taken; absent from the release before. */
  readonly stampPuts?: number;
  readonly audits: readonly AuditCount[];
}
