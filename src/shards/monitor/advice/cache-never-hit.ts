import { percent } from '../alerts/suspects.ts';
import { lookupsOf } from '../alerts/usual-rates.ts';
import { type Advisor, NO_SUBJECT } from './advice-facts.ts';

/** In an hour: fewer say little. */
const LEAST_LOOKUPS = 1_000;
const HARDLY_EVER = 0.05;

/** Tables that are looked for in the cache, and hardly ever found there. */
export const cachesNeverHit: Advisor = ({ counts }) =>
  counts.tables.flatMap((counted) => {
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
            : `The same is hardly ever asked twice while a copy may be served, which is 2 s near its shard (docs/consistency.md): read it in STRONG (cache: { mode: 'STRONG' } of the model), which spares lookups, or ask alike (same filters, same page size).`,
        table,
      },
    ];
  });
