import type { IsolateCache } from '../../../cache/isolate/isolate-cache.ts';
import type { Counter } from '../../../events/counter.ts';
import type { Capacities } from '../../../shards/client/capacities.ts';
import type { ShardClient } from '../../../shards/client/shard-client.ts';
import { capacityFamilies } from './capacity-families.ts';
import { type MetricFamily, type MetricSample, PROMETHEUS_TYPE, prometheusText } from './prometheus-text.ts';
import { shardFamilies } from './shard-families.ts';

/** `GET /metrics`: of the isolate that answers, and of all shards. */
export async function showMetrics(cache: IsolateCache, shards: ShardClient, capacities: Capacities): Promise<Response> {
  const [reports, byShard] = await Promise.all([shards.metrics(), capacities.byShard()]);
  const families = [...cacheFamilies(cache), ...shardFamilies(reports), ...capacityFamilies([...byShard.values()])];
  return new Response(prometheusText(families), { headers: { 'content-type': PROMETHEUS_TYPE } });
}

/** Counts of this isolate. Other isolates have their own, under another label. */
const cacheFamilies = ({ id, counters, memory }: IsolateCache): MetricFamily[] => [
  {
    name: 'shardql_cache_events_total',
    type: 'counter',
    help: 'Answers on their way through the cache, by what happened to them, in which layer, and the table of their rows.',
    samples: samplesOf(counters.cacheAnswers, id),
  },
  {
    name: 'shardql_cache_kv_operations_total',
    type: 'counter',
    help: 'Operations of the cache on Workers KV: get (calls), get-key (keys of them), put, failed, timed-out.',
    samples: samplesOf(counters.cacheKvOperations, id),
  },
  {
    name: 'shardql_denials_total',
    type: 'counter',
    help: 'Requests that were refused for who sent them or for how much they asked, by error code.',
    samples: samplesOf(counters.denials, id),
  },
  {
    name: 'shardql_cache_memory_bytes',
    type: 'gauge',
    help: 'Estimated size of the entries in the memory of an isolate.',
    samples: [{ labels: { isolate: id }, value: memory.bytes }],
  },
];

const samplesOf = ({ samples }: Counter<readonly string[]>, isolate: string): MetricSample[] =>
  samples.map(({ labels, count }) => ({ labels: { isolate, ...labels }, value: count }));
