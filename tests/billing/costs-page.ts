/** The tables of docs/costs.md. */
import { markdownTable } from '../../bench/report/markdown-table.ts';
import { PRICES, STORAGE_PRICE } from '../../src/shards/prices.ts';
import { CPU_MS, MODES, monthOf, SIZES } from './months.ts';
import { OPERATION_NAMES, OPERATIONS, type OperationName } from './operations.ts';
import { listPrice, monthlyPrice } from './prices.ts';
import type { Usage } from './usage.ts';

type UsageOf = (name: OperationName) => Usage;

/** What was found of commit f3be549, before anything was done about it: dollars for a million, and of a month. */
const BEFORE: Partial<Readonly<Record<OperationName, number>>> = {
  ...{ W1: 0.46, W3: 1.08, S4: 1, 'C1-far': 1.48, 'C1-memory': 0.3, 'C1-recheck': 0.81, 'C1-kv': 1.33 },
  ...{ W6: 6.67, 'W6-cached': 14.5, 'W6-cached-lone': 58, 'W6-lone': 58 },
};
const MONTHS_BEFORE: Readonly<Record<string, readonly string[]>> = {
  small: ['', '', '', ''],
  middle: ['53', '85', '117', ''],
  large: ['989', '1,459', '1,735', ''],
};

const COUNTED = [
  ['objectRequests', 'calls'],
  ['rowsRead', 'rows read'],
  ['rowsWritten', 'rows written'],
  ['kvReads', 'KV reads'],
  ['kvPuts', 'KV puts'],
  ['queueMessages', 'messages'],
  ['wakes', 'wakes'],
  ['awakeSeconds', 'seconds awake'],
] as const satisfies readonly (readonly [keyof Usage, string])[];

const count = (value: number): string =>
  value === 0 ? '' : value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 2 : 0 });

const dollars = (value: number): string =>
  value.toLocaleString(
    'en',
    value < 100 ? { minimumFractionDigits: 2, maximumFractionDigits: 2 } : { maximumFractionDigits: 0 },
  );

const priceOf = (name: OperationName, usageOf: UsageOf): number => listPrice(usageOf(name), CPU_MS[name] ?? 0) * 1e6;

export const operationsTable = (usageOf: UsageOf): string =>
  markdownTable(
    ['', ...COUNTED.map(([, title]) => title), '$ per million', 'before'],
    OPERATION_NAMES.map((name) => [
      OPERATIONS[name],
      ...COUNTED.map(([counted]) => count(usageOf(name)[counted])),
      dollars(priceOf(name, usageOf)),
      BEFORE[name] === undefined ? '' : dollars(BEFORE[name]),
    ]),
  );

export const pricesTable = (): string =>
  markdownTable(
    ['', '$ per million', 'included each month'],
    [
      ...Object.entries(PRICES).map(([name, { perMillion, included }]) => [
        PRICED[name as keyof typeof PRICES],
        String(perMillion),
        Math.round(included).toLocaleString('en'),
      ]),
      ['GB of storage, in a month', `${STORAGE_PRICE.perGigabyte} for one`, String(STORAGE_PRICE.includedGigabytes)],
    ],
  );

const PRICED: Readonly<Record<keyof typeof PRICES, string>> = {
  workerRequests: 'requests to the Worker, batches of the queue',
  cpuMs: 'milliseconds of its CPU',
  objectRequests: 'calls to Durable Objects, alarms that run',
  gigabyteSeconds: 'GB-seconds of objects that cannot sleep',
  rowsRead: 'rows read',
  rowsWritten: 'rows written, those of indexes and alarms included',
  kvReads: 'keys read from KV, found or not',
  kvPuts: 'keys put to KV',
  queueMessages: 'messages, each three operations',
};

export const monthsTable = (usageOf: UsageOf): string =>
  markdownTable(
    ['', 'Worker', 'calls', 'rows', 'KV', 'queue', 'storage', '$ a month', 'before'],
    SIZES.flatMap((size) =>
      MODES.map((mode, at) => {
        const { usage, cpuMs, gigabytes } = monthOf(size, mode, usageOf);
        const price = monthlyPrice(usage, cpuMs, gigabytes);
        const parts = [
          price.workerRequests + price.cpuMs,
          price.objectRequests + price.gigabyteSeconds,
          price.rowsRead + price.rowsWritten,
          price.kvReads + price.kvPuts,
          price.queueMessages,
          price.storage,
        ];
        const total = parts.reduce((sum, part) => sum + part, 0);
        const title = `${size.name}, ${mode.name}`;
        return [title, ...parts.map(dollars), dollars(total), MONTHS_BEFORE[size.name]![at]!];
      }),
    ),
  );

/** Reads whose answers can be compared with what the cache takes. */
const COMPARED = ['W1', 'W3', 'W4', 'S4'] as const;

/** What the cache takes, and from how many reads in one isolate, between two looks at stamps, KV is cheaper than a shard that is far. */
export const breakEvenTable = (usageOf: UsageOf): string => {
  const [memory, recheck, kv] = (['C1-memory', 'C1-recheck', 'C1-kv'] as const).map((name) => priceOf(name, usageOf));
  return markdownTable(
    [
      '',
      '`STRONG`',
      'from memory',
      'far: stamps looked up again',
      'far: from KV',
      'far: reads in 2 s from which it pays',
    ],
    COMPARED.map((name) => {
      const strong = priceOf(name, usageOf);
      const reads = (recheck! - memory!) / (strong - memory!);
      return [
        OPERATIONS[name],
        dollars(strong),
        dollars(memory!),
        dollars(recheck!),
        dollars(kv!),
        reads <= 1 ? '1' : reads.toFixed(1),
      ];
    }),
  );
};

/** The page with a table in the place of the first one below its heading. Throws if there is no such place. */
export function withTable(page: string, heading: string, table: string): string {
  const at = page.indexOf(`\n## ${heading}\n`);
  const first = page.indexOf('\n|', at) + 1;
  if (at < 0 || first === 0) throw new Error(`Expected a table below "${heading}", but found none.`);
  const end = first + /^(?:\|.*\n)+/.exec(page.slice(first))![0].length;
  return `${page.slice(0, first)}${table}\n${page.slice(end)}`;
}
