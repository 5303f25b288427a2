import { generateLoad } from '../load/generate-load.ts';
import { type Offered, offerLoad } from '../load/offer-load.ts';
import type { BenchServer } from '../servers/start-server.ts';

/** Of the server's peak: what all others ask, and what the hot tenant does. */
const OTHERS_SHARE = 0.2;
const HOT_SHARE = 2;

export interface HotTenant {
  readonly peakPerSecond: number;
  readonly alone: Offered;
  readonly beside: Offered;
  readonly hot: Offered;
  /** The others' p99 beside the hot tenant, as a multiple of that without it. */
  readonly p99Times: number;
}

/** What other tenants notice of one that asks twice as much as the server can answer. */
export async function measureHotTenant(
  { port }: BenchServer,
  requests: { readonly others: readonly Buffer[]; readonly hot: readonly Buffer[] },
  seconds: number,
): Promise<HotTenant> {
  const { others, hot } = requests;
  const peak = await generateLoad({ port, requests: others, connections: 32, seconds: 3 });
  const peakPerSecond = peak.requests / peak.seconds;
  const offered = { port, requests: others, perSecond: peakPerSecond * OTHERS_SHARE, seconds };
  const alone = await offerLoad(offered);
  const [beside, hotOffered] = await Promise.all([
    offerLoad(offered),
    offerLoad({ port, requests: hot, perSecond: peakPerSecond * HOT_SHARE, seconds }),
  ]);
  return { peakPerSecond, alone, beside, hot: hotOffered, p99Times: beside.p99Ms / alone.p99Ms };
}
