/** Shards that mostly sleep: what is left of one life, the next one has to find. */
import { beforeAll, expect, it } from 'vitest';
import { describeRuns, propertyRuns } from '../support/property-runs.ts';
import { SLEEPY, SLEEPY_STEPS } from './chances.ts';
import { runHistory } from './history.ts';
import { makeSameEachTime } from './same-each-time.ts';

const runs = propertyRuns(60);

beforeAll(makeSameEachTime);

const TITLE = 'shards that sleep, wake, fill and crash keep all promises, and come to rest';

it(`${TITLE} (${describeRuns(runs)})`, { timeout: 24 * 3_600_000 }, async () => {
  let commits = 0;
  for (let at = 0; at < runs.numRuns; at++) {
    const seed = runs.seed + at;
    const outcome = await runHistory(seed, SLEEPY_STEPS, SLEEPY);
    expect(outcome.problems, `SEED=${seed} RUNS=1`).toEqual([]);
    commits += outcome.commits;
  }
  expect(commits).toBeGreaterThan(runs.numRuns);
});
