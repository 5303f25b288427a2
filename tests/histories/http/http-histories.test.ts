import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeRuns, propertyRuns } from '../../support/property-runs.ts';
import { createRandom } from '../../support/random.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { HttpHistory } from './http-history.ts';
import { ISOLATES, STEPS } from './size.ts';

const runs = propertyRuns(4);
let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster(ISOLATES);
});
afterAll(() => cluster.stop());

it(`each answer over HTTP is the state as of its version, and as fresh as its mode promises (${describeRuns(runs)})`, {
  timeout: 24 * 3_600_000,
}, async () => {
  const totals = { reads: 0, commits: 0, cached: 0, refused: 0 };
  for (let at = 0; at < runs.numRuns; at++) {
    const seed = runs.seed + at;
    const outcome = await new HttpHistory(createRandom(seed), cluster, `h${seed}`).run(STEPS);
    expect(outcome.problems, `SEED=${seed} RUNS=1`).toEqual([]);
    for (const name of ['reads', 'commits', 'cached', 'refused'] as const) totals[name] += outcome[name];
  }
  console.log(`${runs.numRuns} histories over HTTP:`, totals);
  // Nothing is shown by histories whose reads all went to the shard.
  expect(totals.cached).toBeGreaterThan(0);
});
