import type { IsolateCache } from '../../../cache/isolate/isolate-cache.ts';
import type { Counter } from '../../../events/counter.ts';
import type { Fleet } from '../../../shards/client/fleet.ts';
import { MEMORY } from '../../../shards/isolate-memory.ts';
import { lookOf } from '../look.ts';
import { type MetricFamily, type MetricSample, PROMETHEUS_TYPE, prometheusText } from './prometheus-text.ts';
import { shardFamilies } from './shard-families.ts';

/** `GET /metrics`: of the isolate that answers, and of what shards have reported; with `?live=1` each of them is asked. */
export async function showMetrics(url: URL, cache: IsolateCache, fleet: Fleet): Promise<Response> {
  const look = lookOf(url);
  const views = await fleet.views(look);
  const families = [...cacheFamilies(cache), ...shardFamilies(views, look !== 'reported')];
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
    help: 'Requests that were refused for who sent them, for how much they asked, or for how much all asked, by error code.',
    samples: samplesOf(counters.denials, id),
  },
  {
    name: 'shardql_memory_bytes',
    type: 'gauge',
    help: 'Estimated memory of what an isolate keeps between requests, by what it is for.',
    samples: [
      { labels: { isolate: id, of: 'entries' }, value: memory.bytes },
      ...Object.entries(MEMORY).map(([of, { used }]) => ({ labels: { isolate: id, of }, value: used })),
    ],
  },
];

const samplesOf = ({ samples }: Counter<readonly string[]>, isolate: string): MetricSample[] =>
  samples.map(({ labels, count }) => ({ labels: { isolate, ...labels }, value: count }));
