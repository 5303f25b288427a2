import { NO_EVIDENCE } from '../../../alert.ts';
import type { TableCounts } from '../../../isolate-report.ts';
import type { Finding, Rule } from '../finding.ts';
import { keyBy, operationsBy, percent } from '../suspects.ts';
import { isLearnt, lookupsOf } from '../usual-rates.ts';

/** Standard deviations that a drop has to be away from what is usual: a small sample says little. */
const SIGNIFICANT = 5;
/** What is usual has to be known by as many times `leastLookups`. */
const LEARNT_LOOKUPS = 3;

/** Tables of which the cache answers less than usual. */
export const hitRatioRule: Rule<'hit-ratio'> = ({ recent, usual }, { drop, leastLookups }) =>
  recent.tables.flatMap((counted): Finding[] => {
    const { table } = counted;
    const { lookups, hits } = lookupsOf(counted);
    const known = usual.tables[table];
    if (!isLearnt(usual) || known === undefined || known.lookups < leastLookups * LEARNT_LOOKUPS) return [];
    if (lookups < leastLookups) return [];
    const [ratio, usually] = [hits / lookups, known.hits / known.lookups];
    const fallen = usually - ratio;
    const deviation = Math.sqrt((usually * (1 - usually)) / lookups);
    const isBroken = fallen >= drop && fallen >= SIGNIFICANT * deviation;
    const [operation] = operationsBy(recent, ({ mode, source, requests }) =>
      mode !== 'STRONG' && source === 'shard' ? requests : 0,
    );
    const key = keyBy(recent, null, ({ usage }) => usage.objectRequests);
    return [
      {
        subject: table,
        status: isBroken ? 'BROKEN' : fallen < drop / 2 ? 'WELL' : 'BETWEEN',
        severity: 'WARNING',
        rank: 1,
        summary: `The cache answered ${percent(ratio)} of ${lookups} lookups of ${table}; ${percent(usually)} is usual.`,
        remedy: remedyOf(counted, lookups - hits),
        evidence: {
          ...NO_EVIDENCE,
          table,
          shardKey: key?.shardKey ?? null,
          operation: key?.operation ?? operation?.label ?? null,
        },
      },
    ];
  });

/** Most of the misses that have a cause have this one. */
function remedyOf({ table, answers }: TableCounts, misses: number): string {
  const refused = Object.values(answers).reduce((sum, each) => sum + (each['refused-by-stamp'] ?? 0), 0);
  return refused * 2 > misses
    ? `Entries are refused since rows of ${table} change all the time: see which operation writes, and read by key or by columns that are looked up, which depend on fewer changes (docs/consistency.md).`
    : `Entries are not there. After a release, a purge of KV or in a new region they come back by themselves; sooner with: npm run shardql -- warm ${table}. Otherwise new queries are asked: see operations with most calls to shards.`;
}
