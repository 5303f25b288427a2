import type { StartupRow } from '../startup/measure-startup.ts';
import type { Row } from './ratios.ts';

/** The most CPU that the API may take per request, as a multiple of the hand-written plan. */
const GOALS = [
  { workload: 'W1', timesPlan: 2.2 },
  { workload: 'W3', timesPlan: 2.5 },
] as const;

/** One line per goal whose workload was measured beside its plan. */
export function describeGoals(rows: readonly Row[]): string[] {
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
