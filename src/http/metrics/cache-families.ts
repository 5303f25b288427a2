import type { IsolateCache } from '../../cache/isolate-cache.ts';
import type { MetricFamily } from './prometheus-text.ts';

/** What this isolate's cache has counted. Other isolates have counts of their own: their label tells them apart. */
export const cacheFamilies = ({ id, metrics, memory }: IsolateCache): MetricFamily[] => [
  {
    name: 'shardql_cache_events_total',
    type: 'counter',
    help: 'Answers on their way through the cache, by what happened to them, in which layer, and the table of their rows.',
    samples: metrics.counts.map(({ event, layer, table, count }) => ({
      labels: { isolate: id, event, layer, table },
      value: count,
    })),
  },
  {
    name: 'shardql_cache_kv_operations_total',
    type: 'counter',
    help: 'Operations of the cache on Workers KV: get (calls), get-key (keys of them), put, failed, timed-out.',
    samples: [...metrics.kv].map(([operation, count]) => ({ labels: { isolate: id, operation }, value: count })),
  },
  {
    name: 'shardql_cache_memory_bytes',
    type: 'gauge',
    help: 'Size of the entries in the memory of an isolate, as far as that can be told.',
    samples: [{ labels: { isolate: id }, value: memory.bytes }],
  },
];
