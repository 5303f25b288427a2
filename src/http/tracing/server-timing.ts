import type { Tracer } from '../../lib/tracing/tracer.ts';

/** Spans whose time is told, under the name that it is told under. */
const METRICS = { plan: 'plan', shards: 'shard', kv: 'kv' } as const;

/** The value of `Server-Timing` (www.w3.org/TR/server-timing): how long the request took, and steps of it, in milliseconds. */
export function serverTiming(tracer: Tracer): string {
  const metrics = [metric('total', tracer.root.durationMs)];
  for (const [name, span] of Object.entries(METRICS)) {
    const durationMs = tracer.durationOf(span);
    if (durationMs !== null)
      metrics.push(metric(name, durationMs, tracer.spans.filter((each) => each.name === span).length));
  }
  return metrics.join(', ');
}

const metric = (name: string, durationMs: number, times = 1): string =>
  `${name};dur=${Math.round(durationMs * 10) / 10}${times > 1 ? `;desc="${times} times"` : ''}`;
