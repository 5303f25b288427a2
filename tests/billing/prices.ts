import { GIGABYTES_PER_OBJECT, PRICES, SECONDS_PER_CALL, STORAGE_PRICE } from '../../src/shards/prices.ts';
import type { Usage } from './usage.ts';

type Billed = keyof typeof PRICES;

/** What is billed of a usage. `cpuMs`: of the Worker. */
const billedOf = (usage: Usage, cpuMs: number): Readonly<Record<Billed, number>> => ({
  ...usage,
  cpuMs,
  gigabyteSeconds: (usage.awakeSeconds + usage.objectRequests * SECONDS_PER_CALL) * GIGABYTES_PER_OBJECT,
});

const BILLED = Object.keys(PRICES) as Billed[];

/** Dollars without what is included. */
export function listPrice(usage: Usage, cpuMs: number): number {
  const billed = billedOf(usage, cpuMs);
  return BILLED.reduce((sum, name) => sum + (billed[name] * PRICES[name].perMillion) / 1e6, 0);
}

/** Dollars of a month, by what they are for. What the plan has in it is taken off; the plan itself, $5, is not added. */
export function monthlyPrice(
  usage: Usage,
  cpuMs: number,
  gigabytes: number,
): Readonly<Record<Billed | 'storage', number>> {
  const billed = billedOf(usage, cpuMs);
  const prices = BILLED.map((name) => {
    const { perMillion, included } = PRICES[name];
    return [name, (Math.max(0, billed[name] - included) * perMillion) / 1e6];
  });
  const storage = Math.max(0, gigabytes - STORAGE_PRICE.includedGigabytes) * STORAGE_PRICE.perGigabyte;
  return { ...Object.fromEntries(prices), storage };
}
