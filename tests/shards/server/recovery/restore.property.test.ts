import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeRuns, propertyRuns } from '../../../support/property-runs.ts';
import { createRandom } from '../../../support/random.ts';
import { inNewShard } from '../lab-shard.ts';
import { statements } from '../undo/lab-history.ts';
import { undoLabBundle, undoLabModel } from '../undo/undo-lab.ts';
import { runRestores } from './restore-scenario.ts';

const runs = propertyRuns(20);

it(`restores give the content of their time and nothing else, whatever is written beside them; undone and cancelled ones give back what was (${describeRuns(runs)})`, {
  timeout: 60_000 + 3_000 * runs.numRuns,
}, async () => {
  const counts = { restores: 0, cancelled: 0, undone: 0, parts: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(statements, { minLength: 16, maxLength: 40, size: 'max' }), fc.nat(), (commits, seed) =>
      inNewShard(undoLabModel, undoLabBundle, (shard) => runRestores(shard, commits, createRandom(seed), counts)),
    ),
    runs,
  );
  expect(counts.cancelled).toBeGreaterThan(runs.numRuns / 4);
  expect(counts.parts).toBeGreaterThan(runs.numRuns);
  expect(counts.undone).toBeGreaterThan(runs.numRuns / 4);
});
