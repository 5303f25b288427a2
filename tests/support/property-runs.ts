import { seedOfRun } from './random.ts';

/** Parameters of a property of fast-check. */
export interface PropertyRuns {
  readonly numRuns: number;
  readonly seed: number;
}

/** `RUNS` and `SEED` of the environment, where they are set; else `numRuns` and a new seed. Prints the seed. */
export const propertyRuns = (numRuns: number): PropertyRuns => ({
  numRuns: process.env.RUNS ? Number(process.env.RUNS) : numRuns,
  seed: seedOfRun(),
});

/** For the title of the test. */
export const describeRuns = ({ numRuns, seed }: PropertyRuns): string => `${numRuns} runs, SEED=${seed}`;
