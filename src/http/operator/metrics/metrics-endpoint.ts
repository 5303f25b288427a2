import type { IsolateCache } from '../../../cache/isolate/isolate-cache.ts';
import type { ShardClient } from '../../../shards/client/shard-client.ts';
import { cacheFamilies } from './cache-families.ts';
import { PROMETHEUS_TYPE, prometheusText } from './prometheus-text.ts';
import { shardFamilies } from './shard-families.ts';

/** `GET /metrics`: of the isolate that answers, and of all shards. */
export async function showMetrics(cache: IsolateCache, shards: ShardClient): Promise<Response> {
  const families = [...cacheFamilies(cache), ...shardFamilies(await shards.metrics())];
  return new Response(prometheusText(families), { headers: { 'content-type': PROMETHEUS_TYPE } });
}
