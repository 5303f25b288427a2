import type { MonitorTotals } from '../../../shards/monitor-series.ts';
import { type MetricFamily, type MetricSample, summarySamples } from './prometheus-text.ts';

/** What caches, queues and events have counted, of all isolates. */
export function countFamilies(totals: MonitorTotals): MetricFamily[] {
  const { tables, kv, denials, documentCache, planCache, events } = totals;
  return [
    {
      name: 'shardql_cache_events_total',
      type: 'counter',
      help: 'Answers on their way through the cache, by what happened to them, in which layer, and the table of their rows.',
      samples: tables.flatMap(({ table, answers }) =>
        Object.entries(answers).flatMap(([layer, outcomes]) =>
          Object.entries(outcomes).map(([event, value]) => ({ labels: { event, layer, table }, value })),
        ),
      ),
    },
    {
      name: 'shardql_cache_kv_operations_total',
      type: 'counter',
      help: 'Operations of the cache on Workers KV: get (calls), get-key (keys of them), put, failed, timed-out.',
      samples: samplesOf('operation', kv),
    },
    {
      name: 'shardql_document_cache_total',
      type: 'counter',
      help: 'Documents that were parsed and validated before (hit), and those that were not (miss).',
      samples: samplesOf('result', { hit: documentCache.hits, miss: documentCache.misses }),
    },
    {
      name: 'shardql_plan_cache_total',
      type: 'counter',
      help: 'Operations whose plan was made before (hit), and those for which it was made (miss).',
      samples: samplesOf('result', { hit: planCache.hits, miss: planCache.misses }),
    },
    {
      name: 'shardql_denials_total',
      type: 'counter',
      help: 'Requests that were refused for who sent them, for how much they asked, or for how much all asked, by error code.',
      samples: samplesOf('code', denials),
    },
    {
      name: 'shardql_events_total',
      type: 'counter',
      help: 'Events that are logged or counted, by type; see docs/operating.md.',
      samples: samplesOf('type', events as Readonly<Record<string, number>>),
    },
    ...queueFamilies(totals),
  ];
}

function queueFamilies({ queue, recent }: MonitorTotals): MetricFamily[] {
  const counter = (name: string, help: string, value: number): MetricFamily => ({
    ...{ name: `shardql_queue_${name}_total`, type: 'counter', help },
    samples: [{ labels: {}, value }],
  });
  return [
    counter('batches', 'Batches of invalidation events that were consumed.', queue.batches),
    counter('messages', 'Messages of them.', queue.messages),
    counter('retries', 'Messages that are to be delivered again.', queue.retried),
    counter('dead_letters', 'Messages that were given up, and are kept as dead letters.', queue.deadLettered),
    {
      name: 'shardql_queue_backlog_messages',
      type: 'gauge',
      help: 'Messages that wait in the queue, as the platform told with the last batch; absent: it has not.',
      samples: queue.backlog === null ? [] : [{ labels: {}, value: queue.backlog }],
    },
    {
      name: 'shardql_queue_age_seconds',
      type: 'summary',
      help: 'Age of the oldest message of a batch when it was consumed; quantiles of the last 10 minutes.',
      samples: summarySamples({}, recent.queue.ageMs, queue.ageMs),
    },
  ];
}

const samplesOf = (label: string, counts: Readonly<Record<string, number>>): MetricSample[] =>
  Object.entries(counts).map(([name, value]) => ({ labels: { [label]: name }, value }));
