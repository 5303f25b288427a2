import { mergeSketches, quantileOf } from '../../../lib/quantile-sketch.ts';
import { percent } from '../alerts/suspects.ts';
import { lookupsOf } from '../alerts/usual-rates.ts';
import { type Advisor, NO_SUBJECT } from './advice-facts.ts';

/** In an hour: fewer say little. */
const LEAST_LOOKUPS = 1_000;
const HARDLY_EVER = 0.05;

/** In milliseconds: the default of `kvDistanceMs`. Answers of shards that are nearer do not go to KV (docs/decisions/0100). */
const NEAR_MS = 50;
/** Keys that are asked of KV for a lookup where it is used all the same, as with another `kvDistanceMs`. */
const LEAST_KEYS = 0.1;

/**
 * Tables that are looked for in the cache, and hardly ever found there. Not where shards are near and KV is not used: lookups are in
 * memory alone then, which costs nothing, and copies are good for two seconds, so that few hits are no fault.
 */
export const cachesNeverHit: Advisor = ({ counts }) => {
  const all = counts.tables.reduce((sum, counted) => sum + lookupsOf(counted).lookups, 0);
  const usesKv = (counts.kv['get-key'] ?? 0) >= LEAST_KEYS * all;
  const distanceMs = quantileOf(mergeSketches(counts.shards.map(({ latency }) => latency)), 0.5) ?? 0;
  if (!usesKv && distanceMs < NEAR_MS) return [];
  return counts.tables.flatMap((counted) => {
    const { table } = counted;
    const { lookups, hits } = lookupsOf(counted);
    if (lookups < LEAST_LOOKUPS || hits / lookups >= HARDLY_EVER) return [];
    const refused = Object.values(counted.answers).reduce((sum, each) => sum + (each['refused-by-stamp'] ?? 0), 0);
    return [
      {
        ...NO_SUBJECT,
        id: `CACHE_NEVER_HIT ${table}`,
        kind: 'CACHE_NEVER_HIT' as const,
        summary: `${table} is read through the cache, which had ${percent(hits / lookups)} of ${lookups} answers within the last hour.`,
        remedy:
          refused * 2 > lookups
            ? `Its rows change more often than they are read again: read it in STRONG (cache: { mode: 'STRONG' } of the model), which spares lookups, or by key.`
            : `The same is hardly ever asked twice while a copy may be served, until its shard is asked again (docs/consistency.md): read it in STRONG (cache: { mode: 'STRONG' } of the model), which spares lookups, or ask alike (same filters, same page size).`,
        table,
      },
    ];
  });
};
