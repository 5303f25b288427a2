import type { Offered } from '../load/offer-load.ts';
import type { HotTenant } from '../stress/hot-tenant.ts';
import type { Overload } from '../stress/overload.ts';
import type { Soak } from '../stress/soak.ts';

const LEAST_GOODPUT = 0.8;
const MOST_RECOVERY_SECONDS = 10;
const MOST_P99_TIMES = 1.5;

export function describeOverload(overload: Overload): string[] {
  const { peakPerSecond, normal, overloaded, goodput, recoveredAfterSeconds: recovered, megabytes } = overload;
  return [
    `overload: the peak is ${count(peakPerSecond)} requests/s; at 70 % of it, p99 is ${ms(normal.p99Ms)}`,
    `goal overload: at 5 × the peak, at least ${percent(LEAST_GOODPUT)} of it is answered: ${percent(goodput)}, p99 ${ms(overloaded.p99Ms)}, ${verdict(goodput >= LEAST_GOODPUT)}`,
    `overload: ${describeRefusals(overloaded)}`,
    `goal overload: within ${MOST_RECOVERY_SECONDS} s after it, 95 % as before: ${recovered === null ? 'not' : `after ${recovered} s`}, ${verdict(recovered !== null)}`,
    `overload, memory of workerd: ${count(megabytes.before)} MB before, at most ${count(megabytes.during)} MB during, ${count(megabytes.after)} MB after`,
  ];
}

export function describeHotTenant({ peakPerSecond, alone, beside, hot, p99Times }: HotTenant): string[] {
  return [
    `hot tenant: the peak is ${count(peakPerSecond)} requests/s; others ask 20 % of it, the hot tenant 200 %`,
    `goal hot tenant: the others' p99 at most ${MOST_P99_TIMES} × that without it: ${p99Times.toFixed(1)} × (${ms(alone.p99Ms)} and ${ms(beside.p99Ms)}), ${verdict(p99Times <= MOST_P99_TIMES)}`,
    `hot tenant, the others: ${describeRefusals(beside)}`,
    `hot tenant, itself: ${describeRefusals(hot)}`,
  ];
}

export function describeSoak({ name, samples, growth, held }: Soak): string {
  const megabytes = samples.map((sample) => count(sample.megabytes)).join(', ');
  const heaps = held.map((workers) => workers.map((each) => `${each.worker} ${each.megabytes.toFixed(1)}`).join(', '));
  const collected = heaps.length === 0 ? '' : `; JavaScript heap once collected, MB: ${heaps.join('; at the end ')}`;
  return `soak, ${name}: ${count(samples.at(-1)!.requests)} requests; workerd has ${megabytes} MB; in the second half ${growth.toFixed(1)} MB more per 100,000 requests${collected}`;
}

function describeRefusals({ due, notSent, answered, refused, withHint }: Offered): string {
  const codes = Object.entries(refused).map(([code, times]) => `${code} ${count(times)}`);
  const all = Object.values(refused).reduce((sum, times) => sum + times, 0);
  return `of ${count(due)} requests ${count(answered)} were answered, ${count(all)} refused (${codes.join(', ') || 'none'}; ${count(withHint)} with a hint when to try again), and ${count(notSent)} not sent, as too many waited`;
}

const count = (value: number): string => Math.round(value).toLocaleString('en');
const ms = (value: number): string => `${value.toFixed(1)} ms`;
const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
const verdict = (isHeld: boolean): string => (isHeld ? 'held' : 'missed');
