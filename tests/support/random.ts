/** Uniform in [0, 1). Seeded (mulberry32), so that every run can be repeated. */
export type Random = () => number;

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Uniform integer in [0, bound). */
export const below = (random: Random, bound: number): number => Math.floor(random() * bound);

export const pick = <T>(random: Random, values: readonly T[]): T => values[below(random, values.length)]!;

/** The seed of this run: `SEED` of the environment, else new. Printed, so that a failure can be repeated. */
export function seedOfRun(): number {
  const seed = process.env.SEED ? Number(process.env.SEED) : Date.now() % 0x7fffffff;
  console.log(`SEED=${seed}`);
  return seed;
}
