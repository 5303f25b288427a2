import type { ColdKey } from '../cache/cold-key.ts';
import type { HitRate } from '../cache/hit-rate.ts';
import type { InvalidationLag } from '../cache/invalidation-lag.ts';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Least hit rate by share of writes, and least share of what the oracle reaches. */
const LEAST_HITS = new Map([
  [0.05, 0.95],
  [0.01, 0.98],
]);
const LEAST_OF_ORACLE = 0.98;

export function describeHitRate({ shareOfWrites, reads, hits, oracleHits }: HitRate): string {
  const least = LEAST_HITS.get(shareOfWrites)!;
  const isHeld = hits / reads >= least && hits / oracleHits >= LEAST_OF_ORACLE;
  return (
    `goal hit rate at ${percent(shareOfWrites)} writes: at least ${percent(least)}, and ${percent(LEAST_OF_ORACLE)} of an oracle's: ` +
    `${percent(hits / reads)} of ${reads} reads, the oracle ${percent(oracleHits / reads)}, ${percent(hits / oracleHits)} of it, ${verdict(isHeld)}`
  );
}

/** KV writes per mutation where nothing is cached; per second and shard key otherwise, with room for the clocks' milliseconds. */
const MOST_PUTS_PER_WRITE = 0.1;
const MOST_PUTS_PER_KEY_SECOND = 1.05;

export function describeLag(what: string, lag: InvalidationLag): string {
  const { writesPerSecond, putsPerWrite, putsPerKeySecond, withinOneSecond, p50, p95, p99 } = lag;
  const puts = `${putsPerWrite.toFixed(3)} puts per write, ${putsPerKeySecond.toFixed(2)} per second and shard key`;
  const isSparing = putsPerWrite <= MOST_PUTS_PER_WRITE || putsPerKeySecond <= MOST_PUTS_PER_KEY_SECOND;
  return (
    `goal invalidation, ${what}: ${writesPerSecond.toFixed(0)} writes/s: ${puts}, ${verdict(isSparing)}; ` +
    `lag p50 ≤ ${p50} s, p95 ≤ ${p95} s, p99 ≤ ${p99} s; p95 within 1 s: ${percent(withinOneSecond)} are, ${verdict(withinOneSecond >= 0.95)}`
  );
}

export const describeColdKey = ({ readers, fills }: ColdKey): string =>
  `goal cold key: ${readers} readers at once, no error: the shard was asked ${fills} times`;

const verdict = (isHeld: boolean): string => (isHeld ? 'held' : 'missed');
