import type { IsolateCache } from '../../../cache/isolate/isolate-cache.ts';
import type { Fleet } from '../../../shards/client/fleet.ts';
import { MEMORY } from '../../../shards/isolate-memory.ts';
import type { Env } from '../../env.ts';
import type { IsolateMonitoring } from '../../monitoring/isolate-monitoring.ts';
import { lookOf } from '../look.ts';
import { countFamilies } from './count-families.ts';
import { monitorFamilies } from './monitor-families.ts';
import { operationFamilies } from './operation-families.ts';
import { type MetricFamily, PROMETHEUS_TYPE, prometheusText } from './prometheus-text.ts';
import { callFamilies, shardFamilies } from './shard-families.ts';

interface Measured {
  readonly cache: IsolateCache;
  readonly monitoring: IsolateMonitoring;
}

/**
 * `GET /metrics`: what isolates and shards have reported; with `?live=1` each shard is asked. The isolate that answers tells what it
 * has counted first. Without a monitor, its own counts are all there are.
 */
export async function showMetrics(url: URL, env: Env, app: Measured, fleet: Fleet): Promise<Response> {
  const look = lookOf(url);
  await app.monitoring.flush(env);
  const { views, totals } = await fleet.overview(look);
  const isBound = env.MONITOR !== undefined;
  const shown = isBound ? totals : app.monitoring.ownTotals();
  const families = [
    ...(shown === null
      ? []
      : [...operationFamilies(shown, app.monitoring.tellsShardKeys), ...countFamilies(shown), ...callFamilies(shown)]),
    ...(isBound ? monitorFamilies(totals) : []),
    memoryFamily(app.cache),
    ...shardFamilies(views, look !== 'reported'),
  ];
  return new Response(prometheusText(families), { headers: { 'content-type': PROMETHEUS_TYPE } });
}

/** Of the isolate that answers. Others have their own, under another label. */
const memoryFamily = ({ id, memory }: IsolateCache): MetricFamily => ({
  name: 'shardql_memory_bytes',
  type: 'gauge',
  help: 'Estimated memory of what the isolate that answers keeps between requests, by what it is for.',
  samples: [
    { labels: { isolate: id, of: 'entries' }, value: memory.bytes },
    ...Object.entries(MEMORY).map(([of, { used }]) => ({ labels: { isolate: id, of }, value: used })),
  ],
});
