import { seedOfRun } from './random.ts';

/** Parameters of a property of fast-check. */
export interface PropertyRuns {
  readonly numRuns: number;
  readonly seed: number;
}

const runsOf = (numRuns: number): number => (process.env.RUNS ? Number(process.env.RUNS) : numRuns);

/** `RUNS` and `SEED` of the environment, where they are set; else `numRuns` and a new seed. Prints the seed. */
export const propertyRuns = (numRuns: number): PropertyRuns => ({ numRuns: runsOf(numRuns), seed: seedOfRun() });

/** The same, with this seed where the environment sets none: for an oracle that does not know all outcomes yet, which campaigns meet. */
export const propertyRunsFrom = (seed: number, numRuns: number): PropertyRuns =>
  process.env.SEED ? propertyRuns(numRuns) : { numRuns: runsOf(numRuns), seed };

/** For the title of the test. */
export const describeRuns = ({ numRuns, seed }: PropertyRuns): string => `${numRuns} runs, SEED=${seed}`;
