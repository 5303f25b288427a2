/**
 * Random mutations over 1 and 4 shards do and answer what an oracle in plain JavaScript says: codes, counts, rows, versions;
 * what fails changes nothing; reads of all modes show it at once; and the logs, undone, give back every state.
 */
import { describe, expect, it } from 'vitest';
import model from '../models/library.ts';
import { Comparison } from '../support/mutations/comparison.ts';
import { Difference } from '../support/mutations/difference.ts';
import { Generator } from '../support/mutations/generator.ts';
import type { Operation } from '../support/mutations/operation.ts';
import { Oracle } from '../support/mutations/oracle.ts';
import { randomReads } from '../support/mutations/reads.ts';
import { reduce } from '../support/mutations/reduce.ts';
import { Unspecified } from '../support/mutations/rows.ts';
import { describeRuns, propertyRuns } from '../support/property-runs.ts';
import { createRandom } from '../support/random.ts';

const RUNS = propertyRuns(500);
/** Of one deployment: more would only be more rows. */
const OPERATIONS = 250;
/** States that logs are undone to, of each deployment. */
const REPLAYS = 5;
const REDUCTIONS = 200;

describe.each([1, 4])('random mutations over %i shards', (shardCount) => {
  const count = Math.ceil(RUNS.numRuns / 2);

  it(
    `equal an oracle: ${count} of ${describeRuns(RUNS)}`,
    async () => {
      let done = 0;
      for (let start = 0; start < count; start += OPERATIONS) {
        const random = createRandom(RUNS.seed + start);
        const comparison = await Comparison.start(model, shardCount);
        const generator = new Generator(random, comparison.oracle, comparison.tenants);
        const operations: Operation[] = [];
        try {
          while (operations.length < Math.min(OPERATIONS, count - start)) {
            const operation = generator.next();
            if (!isSpecified(comparison, operation)) continue;
            operations.push(operation);
            const reads = random() < 0.4 ? randomReads(random, operation, comparison.tenants) : null;
            // So that something is cached that the operation makes stale.
            if (reads) await comparison.read({ ...reads, mode: 'CACHED' });
            const { status } = await comparison.run(operation);
            if (status === 'OK') done++;
            if (reads) await comparison.read(reads);
          }
          await comparison.replay((index) => index % Math.ceil(OPERATIONS / REPLAYS) === 0);
        } catch (error) {
          if (!(error instanceof Difference)) throw error;
          throw new Error(await shownShort(error, operations, shardCount), { cause: error });
        }
      }
      expect(done / count).toBeGreaterThan(0.4);
    },
    60_000 + 200 * count,
  );
});

function isSpecified({ oracle }: Comparison, operation: Operation): boolean {
  try {
    oracle.foresee(operation);
    return true;
  } catch (error) {
    if (error instanceof Unspecified) return false;
    throw error;
  }
}

/** The failure of the shortest list of operations that fails too. */
async function shownShort(error: Difference, operations: readonly Operation[], shardCount: number): Promise<string> {
  let message = error.message;
  const fails = async (some: readonly Operation[]): Promise<boolean> => {
    const comparison = await Comparison.start(model, shardCount);
    try {
      for (const operation of some) if (isSpecified(comparison, operation)) await comparison.run(operation);
      return false;
    } catch (other) {
      if (!(other instanceof Difference)) throw other;
      message = other.message;
      return true;
    }
  };
  const { tenants } = await Comparison.start(model, shardCount);
  const oracle = new Oracle((tenant) => tenants.indexOf(tenant));
  // What is refused has most likely nothing to do with it.
  const written = operations.filter((one, index) => index === operations.length - 1 || oracle.run(one).status === 'OK');
  const first = (await fails(written)) ? written : operations;
  const least = (await fails(first)) ? await reduce(first, fails, REDUCTIONS) : first.slice(-1);
  await fails(least);
  return `${message}\nafter\n${least.map((operation) => JSON.stringify(operation)).join('\n')}`;
}
