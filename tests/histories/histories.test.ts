import { createHash } from 'node:crypto';
import { beforeAll, expect, it, vi } from 'vitest';
import { describeRuns, propertyRuns } from '../support/property-runs.ts';
import { runHistory } from './history.ts';
import { STEPS } from './steps.ts';

const runs = propertyRuns(60);

beforeAll(() => {
  // Digests without a trip to another thread: a history must not depend on when that comes back.
  vi.spyOn(crypto.subtle, 'digest').mockImplementation(async (_, data) => {
    const digest = createHash('sha256')
      .update(data as Uint8Array)
      .digest();
    return digest.buffer.slice(digest.byteOffset, digest.byteOffset + digest.byteLength) as ArrayBuffer;
  });
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});

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
