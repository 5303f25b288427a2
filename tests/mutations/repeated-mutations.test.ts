/** Random mutations of every kind, sent with idempotency keys and again, do and answer what they do when they are sent once. */
import { describe, it } from 'vitest';
import model from '../models/library.ts';
import { Comparison } from '../support/mutations/comparison.ts';
import { Generator } from '../support/mutations/generator.ts';
import { repeating } from '../support/mutations/repeating.ts';
import { Unspecified } from '../support/mutations/rows.ts';
import { describeRuns, propertyRuns } from '../support/property-runs.ts';
import { createRandom } from '../support/random.ts';

const RUNS = propertyRuns(30);
/** Of one deployment: more would only be more rows. */
const OPERATIONS = 250;

describe.each([1, 4])('random mutations with keys over %i shards', (shardCount) => {
  it(`have one effect and one answer, however often they are sent (${describeRuns(RUNS)})`, {
    timeout: 60_000 + 1_000 * RUNS.numRuns,
  }, async () => {
    for (let start = 0; start < RUNS.numRuns; start += OPERATIONS) {
      const random = createRandom(RUNS.seed + start);
      const comparison = await Comparison.start(model, shardCount, (worker) => repeating(worker, random));
      const generator = new Generator(random, comparison.oracle, comparison.tenants);
      for (let count = 0; count < Math.min(OPERATIONS, RUNS.numRuns - start); ) {
        const operation = generator.next();
        try {
          comparison.oracle.foresee(operation);
        } catch (error) {
          if (error instanceof Unspecified) continue;
          throw error;
        }
        await comparison.run(operation);
        count++;
      }
    }
  });
});
