import type { EventCounts } from '../../events/event-counts.ts';
import type { Advice } from '../advice.ts';
import type { AlertsState, Delivery, NewSilence, Silence } from '../alert.ts';
import type { ShardCapacity } from '../capacity.ts';
import type { IsolateReport, SlowOperation } from '../isolate-report.ts';
import type {
  KeySummary,
  MonitorSeries,
  MonitorTotals,
  OperationOrder,
  OperationSummary,
  SeriesRange,
  ShardCallSummary,
} from '../monitor-series.ts';
import type { KeptCounts } from '../shard-counts.ts';
import type { ShardKey } from '../shard-key.ts';
import type { ShardReport } from '../shard-report.ts';

/** Name of the one monitor object. */
export const MONITOR_NAME = 'monitor';

/** What the `Monitor` is told by shards and isolates, and asked by operators. It calls no shard. */
export interface MonitorRpc {
  /** Of a report that is older than the last of its shard, the growth counts alone. */
  report(report: ShardReport): Promise<void>;
  /** All that have ever reported, by name. */
  shards(): Promise<readonly MonitoredShard[]>;
  /** Counts what is new. A report that has come before changes nothing. */
  reportIsolate(report: IsolateReport): Promise<void>;
  /** Adds events that no other report tells. One that is sent twice counts twice. */
  reportEvents(events: EventCounts): Promise<void>;
  totals(): Promise<MonitorTotals>;
  /** Both in one call. */
  overview(): Promise<{ readonly shards: readonly MonitoredShard[]; readonly totals: MonitorTotals }>;
  series(range: SeriesRange): Promise<MonitorSeries>;
  /** The first ones of those since a time, by what is greatest. */
  operations(asked: {
    readonly sinceMs: number;
    readonly by: OperationOrder;
    readonly first: number;
  }): Promise<readonly OperationSummary[]>;
  /**
   * Busiest shard keys since a time, those that cost most first.
   *
   * @param asked `only`: this one alone; none, if it is not among those that are kept apart.
   */
  keys(asked: {
    readonly sinceMs: number;
    readonly first: number;
    readonly only?: ShardKey | null;
  }): Promise<readonly KeySummary[]>;
  /** Calls to each shard since a time. */
  shardCalls(asked: { readonly sinceMs: number }): Promise<readonly ShardCallSummary[]>;
  alerts(): Promise<AlertsState>;
  /** Null: there are `MAX_SILENCES` that have not ended. */
  silenceAlerts(silence: NewSilence): Promise<Silence | null>;
  /** False: there is none. */
  removeSilence(id: string): Promise<boolean>;
  /** False: no alert that is not resolved has the id. */
  acknowledgeAlert(asked: { readonly id: string; readonly by: string }): Promise<boolean>;
  /** Sends a test to the webhook, and tells what it answered. */
  testAlert(asked: { readonly by: string }): Promise<Delivery>;
  /** Worked out from about the last hour, and slow operations of the last day. */
  advice(): Promise<readonly Advice[]>;
  /** The latest ones first. */
  slowOperations(asked: { readonly first: number }): Promise<readonly SlowOperation[]>;
}

/** What the monitor knows of a shard. */
export interface MonitoredShard extends Pick<ShardReport, 'shard' | 'atMs' | 'figures'> {
  readonly counts: KeptCounts;
  readonly capacity: ShardCapacity;
}
