import { generateLoad } from '../load/generate-load.ts';
import { type Offered, offerLoad } from '../load/offer-load.ts';
import { largestMegabytes, residentMegabytes } from '../measure/resident-memory.ts';
import type { BenchServer } from '../servers/start-server.ts';

/** How much more is offered than the server can answer. */
const TIMES = 5;
/** Of the peak, what is offered before and after. */
const NORMAL_SHARE = 0.7;
/** Seconds after the overload in which the server is watched. */
const WATCHED_SECONDS = 10;

export interface Overload {
  readonly peakPerSecond: number;
  readonly normal: Offered;
  readonly overloaded: Offered;
  /** Answers per second during the overload, as a share of the peak. */
  readonly goodput: number;
  /** Seconds after the overload until a second's answers are 95 % of those of before; null: none was. */
  readonly recoveredAfterSeconds: number | null;
  readonly megabytes: { readonly before: number; readonly during: number; readonly after: number };
}

/** Offers five times what the server answers at its best. */
export async function measureOverload(
  { port, workerdPid }: BenchServer,
  requests: readonly Buffer[],
  seconds: number,
): Promise<Overload> {
  await generateLoad({ port, requests, connections: 32, seconds: 3 });
  const peak = await generateLoad({ port, requests, connections: 32, seconds: Math.max(3, seconds / 4) });
  const peakPerSecond = peak.requests / peak.seconds;
  const perSecond = peakPerSecond * NORMAL_SHARE;
  const normal = await offerLoad({ port, requests, perSecond, seconds: WATCHED_SECONDS });
  const before = residentMegabytes(workerdPid);
  const { value: overloaded, megabytes: during } = await largestMegabytes(
    workerdPid,
    offerLoad({ port, requests, perSecond: peakPerSecond * TIMES, seconds }),
  );
  const recoveredAfterSeconds = await watchRecovery(port, requests, perSecond, normal);
  return {
    ...{ peakPerSecond, normal, overloaded, recoveredAfterSeconds },
    goodput: overloaded.answeredInTime / seconds / peakPerSecond,
    megabytes: { before, during, after: residentMegabytes(workerdPid) },
  };
}

async function watchRecovery(port: number, requests: readonly Buffer[], perSecond: number, normal: Offered) {
  const least = 0.95 * (normal.answered / normal.due);
  for (let second = 1; second <= WATCHED_SECONDS; second++) {
    const { answered, due } = await offerLoad({ port, requests, perSecond, seconds: 1 });
    if (answered / due >= least) return second;
  }
  return null;
}
