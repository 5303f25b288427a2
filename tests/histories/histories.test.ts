import { beforeAll, expect, it } from 'vitest';
import { describeRuns, propertyRuns } from '../support/property-runs.ts';
import { runHistory } from './history.ts';
import { makeSameEachTime } from './same-each-time.ts';
import { STEPS } from './steps.ts';

const runs = propertyRuns(60);

beforeAll(makeSameEachTime);

it(`every read keeps the promise of its mode (${describeRuns(runs)})`, { timeout: 24 * 3_600_000 }, async () => {
  const totals: Record<string, number> = { reads: 0, commits: 0 };
  for (let at = 0; at < runs.numRuns; at++) {
    const seed = runs.seed + at;
    const { problems, reads, commits, cachedReads } = await runHistory(seed, STEPS);
    expect(problems, `SEED=${seed} RUNS=1`).toEqual([]);
    totals.reads! += reads;
    totals.commits! += commits;
    for (const [mode, count] of Object.entries(cachedReads)) totals[mode] = (totals[mode] ?? 0) + count;
  }
  console.log(`${runs.numRuns} histories:`, totals);
  // Nothing is shown by histories whose reads all went to the shard.
  for (const mode of ['BOUNDED', 'SESSION', 'CACHED']) expect(totals[mode] ?? 0).toBeGreaterThan(runs.numRuns / 10);
});
