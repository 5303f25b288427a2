import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeRuns, propertyRuns } from '../../../support/property-runs.ts';
import { createRandom } from '../../../support/random.ts';
import { inNewShard } from '../lab-shard.ts';
import { statements } from '../undo/lab-history.ts';
import { undoLabBundle, undoLabModel } from '../undo/undo-lab.ts';
import { runCopies } from './copy-scenario.ts';

const runs = propertyRuns(12);

it(`copies under another shard key are the rows of their time, whatever is written to those that they are of; undone and cancelled ones leave nothing (${describeRuns(runs)})`, {
  timeout: 60_000 + 3_000 * runs.numRuns,
}, async () => {
  const counts = { copies: 0, cancelled: 0, undone: 0, missed: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(statements, { minLength: 24, maxLength: 60, size: 'max' }), fc.nat(), (commits, seed) =>
      inNewShard(undoLabModel, undoLabBundle, (shard) => runCopies(shard, commits, createRandom(seed), counts)),
    ),
    runs,
  );
  // Few runs are not held to the shares of many.
  if (runs.numRuns < 100) return;
  expect(counts.undone).toBeGreaterThan(counts.copies / 5);
  expect(counts.cancelled).toBeGreaterThan(counts.copies / 20);
  expect(counts.missed).toBeLessThan(counts.copies / 4);
});
