import type { Usage } from './usage.ts';

interface Price {
  /** For a million. */
  readonly perMillion: number;
  /** What the plan has in it each month. */
  readonly included: number;
}

type Billed = Exclude<keyof Usage, 'wakes' | 'awakeSeconds'> | 'cpuMs' | 'gigabyteSeconds';

/**
 * List prices of the Workers Paid plan in US dollars, as of August 2026. Sources: the price pages of Workers, Durable Objects, Workers KV
 * and Queues.
 */
export const PRICES: Readonly<Record<Billed, Price>> = {
  workerRequests: { perMillion: 0.3, included: 10e6 },
  cpuMs: { perMillion: 0.02, included: 30e6 },
  objectRequests: { perMillion: 0.15, included: 1e6 },
  /** Of objects that cannot sleep, at 128 MB. */
  gigabyteSeconds: { perMillion: 12.5, included: 400_000 },
  rowsRead: { perMillion: 0.001, included: 25e9 },
  rowsWritten: { perMillion: 1, included: 50e6 },
  kvReads: { perMillion: 0.5, included: 10e6 },
  kvPuts: { perMillion: 5, included: 1e6 },
  /** Written, read and deleted: three operations at 0.40, of which a million is included. */
  queueMessages: { perMillion: 1.2, included: 1e6 / 3 },
};

/** Of a month and a gigabyte, in Durable Objects. */
export const STORAGE_PRICE = { perGigabyte: 0.2, includedGigabytes: 5 } as const;

/** An object has 128 MB. */
const GIGABYTES_PER_OBJECT = 0.128;
/** What a call keeps an object awake for, in seconds: an estimate, as most of it is a commit that other machines confirm. */
const SECONDS_PER_CALL = 0.01;

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
