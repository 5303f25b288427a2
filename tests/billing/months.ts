import type { OperationName } from './operations.ts';
import { sum, times, type Usage } from './usage.ts';

/** A month of an installation. */
export interface Size {
  readonly name: string;
  readonly tenants: number;
  readonly reads: number;
  readonly writes: number;
  /** Of rows and indexes; the log comes on top. */
  readonly gigabytes: number;
}

export const SIZES: readonly Size[] = [
  { name: 'small', tenants: 50, reads: 1e6, writes: 1e5, gigabytes: 2 },
  { name: 'middle', tenants: 1_000, reads: 50e6, writes: 5e6, gigabytes: 100 },
  { name: 'large', tenants: 10_000, reads: 500e6, writes: 50e6, gigabytes: 1_000 },
];

/** How often each operation is made: parts of one. */
type Mix = Partial<Readonly<Record<OperationName, number>>>;

export interface Mode {
  readonly name: string;
  readonly reads: Mix;
  readonly writes: Mix;
}

const STRONG_READS: Mix = { W1: 0.6, W3: 0.3, W4: 0.1 };
/** An update is what most writes are. */
const writesBy = (update: Mix): Mix => ({ ...scaled(update, 0.8), W11: 0.05, W7: 0.1, delete: 0.05 });
/** Of all reads. */
const CACHED_SHARE = 0.8;
/** Of cached reads: what memory has is the cheaper the more it took to read. */
const NEAR: Mix = { 'C1-memory': 0.6, ...scaled(STRONG_READS, 0.4) };
const FAR: Mix = { 'C1-memory': 0.6, 'C1-recheck': 0.2, 'C1-kv': 0.1, 'C1-far': 0.08, 'C1-fill': 0.02 };
/** Tenants that are used from afar. */
const FAR_SHARE = 0.1;
/** Requests that find their shard asleep. */
const ASLEEP = 0.05;

function scaled(mix: Mix, factor: number): Mix {
  return Object.fromEntries(Object.entries(mix).map(([name, part]) => [name, part * factor]));
}

function added(...mixes: readonly Mix[]): Mix {
  const sums: Partial<Record<OperationName, number>> = {};
  for (const [name, part] of mixes.flatMap((mix) => Object.entries(mix) as [OperationName, number][]))
    sums[name] = (sums[name] ?? 0) + part;
  return sums;
}

export const MODES: readonly Mode[] = [
  { name: '`STRONG`', reads: STRONG_READS, writes: writesBy({ W6: 1 }) },
  {
    name: '`STRONG`, one request in 20 wakes its shard',
    reads: { ...scaled(STRONG_READS, 1 - ASLEEP), wake: ASLEEP },
    writes: writesBy({ W6: 1 - ASLEEP, 'W6-lone': ASLEEP }),
  },
  {
    name: '80 % of the reads `CACHED`',
    reads: added(scaled(STRONG_READS, 1 - CACHED_SHARE), scaled(NEAR, CACHED_SHARE)),
    writes: writesBy({ W6: 1 }),
  },
  {
    name: 'the same, one tenant in ten is far from its shard',
    reads: added(
      scaled(STRONG_READS, 1 - CACHED_SHARE),
      scaled(NEAR, CACHED_SHARE * (1 - FAR_SHARE)),
      scaled(FAR, CACHED_SHARE * FAR_SHARE),
    ),
    // All that is written of those is published, which takes what a published update takes beyond another.
    writes: added(writesBy({ W6: 1 }), { 'W6-cached': FAR_SHARE, W6: -FAR_SHARE }),
  },
];

/** Rows of the log that a write makes. */
const LOGGED: Mix = { W6: 1, 'W6-lone': 1, 'W6-cached': 1, W7: 1, W11: 6, delete: 3.5 };
const LOG_DAYS = 7;
const DAYS_PER_MONTH = 30;
const LOG_ROW_BYTES = 163;

/** CPU time of the Worker for one, in milliseconds (docs/performance.md). */
export const CPU_MS: Mix = {
  ...{ W1: 0.54, W3: 1.6, W4: 1.6, W9: 3.7, S4: 1.4, wake: 0.54, isolate: 0.54 },
  ...{ C1: 0.7, 'C1-far': 0.7, 'C1-fill': 0.4, 'C1-memory': 0.25, 'C1-recheck': 0.3, 'C1-kv': 1.4 },
  ...{ W6: 1.4, 'W6-lone': 1.4, 'W6-cached': 1.6, 'W6-cached-lone': 1.6, W11: 2.4, W7: 0.05, delete: 2, import: 0.03 },
};

export interface Month {
  readonly usage: Usage;
  readonly cpuMs: number;
  readonly gigabytes: number;
}

/** What a month takes, trims of the log included. */
export function monthOf(
  { reads, writes, gigabytes }: Size,
  mode: Mode,
  usageOf: (name: OperationName) => Usage,
): Month {
  const parts = [...partsOf(mode.reads, reads), ...partsOf(mode.writes, writes)];
  const logRows = parts.reduce((total, [name, count]) => total + (LOGGED[name] ?? 0) * count, 0);
  const usages = [...parts, ['trim', logRows] as const].map(([name, count]) => times(usageOf(name), count));
  const logGigabytes = ((logRows / DAYS_PER_MONTH) * LOG_DAYS * LOG_ROW_BYTES) / 1e9;
  return {
    usage: sum(usages),
    cpuMs: parts.reduce((total, [name, count]) => total + (CPU_MS[name] ?? 0) * count, 0),
    gigabytes: gigabytes + logGigabytes,
  };
}

const partsOf = (mix: Mix, count: number): (readonly [OperationName, number])[] =>
  Object.entries(mix).map(([name, part]) => [name as OperationName, part * count]);
