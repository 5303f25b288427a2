/**
 * Operations that wrote to several shards are undone while other clients write. What each shard then did is held to an
 * oracle at the place that its log gives it: the log tells the order of commits, and every state between them.
 */
import { expect, it } from 'vitest';
import { createLabWorker, type LabWorker } from '../../../support/lab-worker.ts';
import { describeRuns, propertyRuns } from '../../../support/property-runs.ts';
import { below, createRandom } from '../../../support/random.ts';
import { ConcurrentHistory } from './concurrent-history.ts';
import { undoLabModel } from './undo-lab.ts';

const runs = propertyRuns(8);
const SHARDS = 3;
const TENANTS = 5;
/** Times at which clients act, all at once. */
const ROUNDS = 10;
const CLIENTS = 4;
/** Histories that share their shards: their logs need not be kept any longer. */
const PER_WORKER = 50;

it(`undoes operations in all of their shards as an oracle says, whatever is written meanwhile (${describeRuns(runs)})`, {
  timeout: 60_000 + 3_000 * runs.numRuns,
}, async () => {
  const random = createRandom(runs.seed);
  const counts = { undos: 0, inSeveralShards: 0, commits: 0, changed: 0, left: 0 };
  let worker: LabWorker | undefined;
  for (let run = 0; run < runs.numRuns; run++) {
    if (run % PER_WORKER === 0) worker = createLabWorker(undoLabModel, SHARDS);
    const tenants = Array.from({ length: TENANTS }, (_, index) => `history-${run}-${index}`);
    const history = new ConcurrentHistory(worker!, tenants, random);
    await history.start();
    for (let round = 0; round < ROUNDS; round++) {
      const clients = Array.from({ length: 1 + below(random, CLIENTS) }, async () => {
        for (let ticks = below(random, 20); ticks > 0; ticks--) await null;
        await (random() < 0.4 ? history.undo() : history.mutate());
      });
      await Promise.all(clients);
    }
    await history.check(counts);
  }
  expect(counts.undos).toBeGreaterThan(runs.numRuns * 3);
  expect(counts.inSeveralShards).toBeGreaterThan(runs.numRuns);
  expect(counts.changed).toBeGreaterThan(runs.numRuns * 5);
  expect(counts.left).toBeGreaterThan(runs.numRuns / 4);
});
