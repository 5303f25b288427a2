/** What the platform charges: the one price table, by which costs are estimated and docs/costs.md is worked out. */
import type { Usage, UsageName } from './usage.ts';

interface Price {
  /** For a million. */
  readonly perMillion: number;
  /** What the plan has in it each month. */
  readonly included: number;
}

/**
 * List prices of the Workers Paid plan in US dollars, as of August 2026. Sources: the price pages of Workers, Durable Objects,
 * Workers KV and Queues.
 */
export const PRICES = {
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
} as const satisfies Readonly<Record<UsageName | 'cpuMs' | 'gigabyteSeconds', Price>>;

/** Of a month and a gigabyte, in Durable Objects. */
export const STORAGE_PRICE = { perGigabyte: 0.2, includedGigabytes: 5 } as const;

/** An object has 128 MB. */
export const GIGABYTES_PER_OBJECT = 0.128;
/** What a call keeps an object awake for, in seconds: an estimate, as most of it is a commit that other machines confirm. */
export const SECONDS_PER_CALL = 0.01;

const perMillionOf: Usage = {
  workerRequests: PRICES.workerRequests.perMillion,
  objectRequests:
    PRICES.objectRequests.perMillion + SECONDS_PER_CALL * GIGABYTES_PER_OBJECT * PRICES.gigabyteSeconds.perMillion,
  rowsRead: PRICES.rowsRead.perMillion,
  rowsWritten: PRICES.rowsWritten.perMillion,
  kvReads: PRICES.kvReads.perMillion,
  kvPuts: PRICES.kvPuts.perMillion,
  queueMessages: PRICES.queueMessages.perMillion,
};

/**
 * What the usage costs by the list, in US dollars: an estimate, without what the plan has in it, without the Worker's CPU time, which
 * it cannot measure, and without storage.
 */
export const dollarsOf = (usage: Usage): number =>
  (usage.workerRequests * perMillionOf.workerRequests +
    usage.objectRequests * perMillionOf.objectRequests +
    usage.rowsRead * perMillionOf.rowsRead +
    usage.rowsWritten * perMillionOf.rowsWritten +
    usage.kvReads * perMillionOf.kvReads +
    usage.kvPuts * perMillionOf.kvPuts +
    usage.queueMessages * perMillionOf.queueMessages) /
  1e6;
