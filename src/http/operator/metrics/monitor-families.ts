import type { MonitorTotals } from '../../../shards/monitor-series.ts';
import type { MetricFamily } from './prometheus-text.ts';

/** Isolates that have samples of their own: those that have reported last. */
const MAX_ISOLATES = 50;

/** Whether what is shown can be relied on. `totals` null: the monitor gave no answer. */
export function monitorFamilies(totals: MonitorTotals | null): MetricFamily[] {
  const up: MetricFamily = {
    name: 'shardql_monitor_up',
    type: 'gauge',
    help: '1: the monitor has answered; 0: it has not, and what isolates have counted is not shown.',
    samples: [{ labels: {}, value: totals === null ? 0 : 1 }],
  };
  if (totals === null) return [up];
  const isolates = totals.isolates.toSorted((a, b) => b.atMs - a.atMs).slice(0, MAX_ISOLATES);
  return [
    up,
    {
      name: 'shardql_counting_since_timestamp_seconds',
      type: 'gauge',
      help: 'When the monitor began to count.',
      samples: [{ labels: {}, value: totals.sinceMs / 1_000 }],
    },
    {
      name: 'shardql_isolate_reports_total',
      type: 'counter',
      help: 'Reports of isolates: taken, or repeated, which count nothing.',
      samples: [
        { labels: { result: 'taken' }, value: totals.reports.taken },
        { labels: { result: 'repeated' }, value: totals.reports.repeated },
      ],
    },
    {
      name: 'shardql_isolates',
      type: 'gauge',
      help: 'Isolates that have reported within the last 5 minutes.',
      samples: [{ labels: {}, value: totals.isolates.length }],
    },
    {
      name: 'shardql_isolate_memory_bytes',
      type: 'gauge',
      help: 'Estimated memory of what isolates keep between requests, as they reported it last; the latest 50.',
      samples: isolates.map(({ isolate, memoryBytes }) => ({ labels: { isolate }, value: memoryBytes })),
    },
  ];
}
