import { expect, it } from 'vitest';
import { describeRuns, propertyRuns } from '../support/property-runs.ts';
import { runPlacementHistory } from './key-placements.ts';

const runs = propertyRuns(60);

it(`no row is left behind by a shard key that is placed (${describeRuns(runs)})`, {
  timeout: 24 * 3_600_000,
}, async () => {
  const totals = { placed: 0, refused: 0, misrouted: 0, scans: 0 };
  for (let at = 0; at < runs.numRuns; at++) {
    const seed = runs.seed + at;
    const history = await runPlacementHistory(seed);
    expect(history.problems, `SEED=${seed} RUNS=1`).toEqual([]);
    for (const name of Object.keys(totals) as (keyof typeof totals)[]) totals[name] += history[name];
  }
  console.log(`${runs.numRuns} histories:`, totals);
  // Nothing is shown by histories in which nothing happens.
  for (const count of Object.values(totals)) expect(count).toBeGreaterThan(runs.numRuns / 2);
});
