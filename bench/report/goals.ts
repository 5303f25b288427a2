import type { Work } from '../measure/count-work.ts';
import { median } from '../measure/median.ts';
import type { StartupRow } from '../startup/measure-startup.ts';
import type { Row } from './ratios.ts';

/** The most CPU that the API may take per request, as a multiple of the hand-written plan. */
const GOALS = [
  { workload: 'W1', timesPlan: 2.2 },
  { workload: 'W3', timesPlan: 2.5 },
  { workload: 'W7', timesPlan: 1.2 },
] as const;

/** One line per goal whose workloads were measured. */
export const describeGoals = (rows: readonly Row[], work: readonly Work[]): string[] => [
  ...planGoals(rows),
  ...cacheGoals(rows, work),
];

/** How many times the requests per second of the strong list its memory hits must reach. */
const LEAST_CACHE_GAIN = 1.5;

function cacheGoals(rows: readonly Row[], work: readonly Work[]): string[] {
  const cpuOf = (name: string) => rows.find((row) => row.name === name)?.cpuMsOfRounds;
  const [strong, cached] = [cpuOf('L3'), cpuOf('C3')];
  const gains = strong && cached?.map((cpuMs, round) => strong[round]! / cpuMs);
  const gain = gains && median(gains);
  const calls = work.filter(({ name }) => name === 'C1' || name === 'C3');
  const inKv = work.filter(({ name }) => name.endsWith('-kv'));
  return [
    ...(gain
      ? [
          `goal C3: at least ${LEAST_CACHE_GAIN} × the requests per CPU second of L3: ${gain.toFixed(2)} ×, ${verdict(gain >= LEAST_CACHE_GAIN)}`,
        ]
      : []),
    ...calls.map(({ name, rpcs }) => `goal ${name}: no call to a shard: ${rpcs.toFixed(2)}, ${verdict(rpcs === 0)}`),
    ...inKv.map(
      ({ name, rpcs, kvGets, kvKeys }) =>
        `goal ${name}: one bulk get of two keys: ${kvGets.toFixed(2)} of ${kvKeys.toFixed(2)} keys and ${rpcs.toFixed(2)} calls, ${verdict(kvGets === 1 && kvKeys === 2 && rpcs === 0)}`,
    ),
  ];
}

function planGoals(rows: readonly Row[]): string[] {
  return GOALS.flatMap(({ workload, timesPlan }) => {
    const got = rows.find(({ name }) => name === workload)?.ratios.toPlan ?? null;
    if (got === null) return [];
    return [
      `goal ${workload}: at most ${timesPlan} × the hand-written plan: ${got.toFixed(2)} ×, ${verdict(got <= timesPlan)}`,
    ];
  });
}

/** The most CPU until the first answer, in milliseconds, loading included. */
const STARTUP_GOALS = [
  { tables: 6, cpuMs: 50 },
  { tables: 100, cpuMs: 250 },
] as const;

const MAX_GZIPPED_KB = 500;

export function describeStartupGoals(rows: readonly StartupRow[]): string[] {
  const starts = STARTUP_GOALS.flatMap(({ tables, cpuMs }) => {
    const row = rows.find((candidate) => candidate.tables === tables);
    if (!row) return [];
    const got = row.loadMs + row.firstAnswerMs;
    return [
      `goal start-up, ${tables} tables: at most ${cpuMs} ms CPU to the first answer: ${got.toFixed(0)} ms, ${verdict(got <= cpuMs)}`,
    ];
  });
  const greatestKb = Math.max(...rows.map(({ gzippedBytes }) => gzippedBytes / 1_000));
  return [
    ...starts,
    `goal bundle: at most ${MAX_GZIPPED_KB} KB gzipped: ${greatestKb.toFixed(0)} KB, ${verdict(greatestKb <= MAX_GZIPPED_KB)}`,
  ];
}

const verdict = (isHeld: boolean): string => (isHeld ? 'held' : 'missed');
