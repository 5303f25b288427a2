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
    const verdict = got <= timesPlan ? 'held' : 'missed';
    return [`goal ${workload}: at most ${timesPlan} × the hand-written plan: ${got.toFixed(2)} ×, ${verdict}`];
  });
}
