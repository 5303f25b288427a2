import { generateLoad, type LoadResult } from '../load/generate-load.ts';
import { residentMegabytes } from '../measure/resident-memory.ts';
import type { BenchServer } from '../servers/start-server.ts';
import type { HeldHeap } from './heap-after-collection.ts';

const CONNECTIONS = 16;
/** Looks at the memory of a run, at the least. */
const LEAST_SAMPLES = 12;

export interface MemorySample {
  readonly requests: number;
  readonly megabytes: number;
}

export interface Soak {
  readonly name: string;
  readonly samples: readonly MemorySample[];
  /** Of the second half of the requests: what 100,000 of them add, in megabytes, by the least squares. */
  readonly growth: number;
  /** After a quarter of the time and at the end, once all garbage is collected. Empty: nobody looked. */
  readonly held: readonly (readonly HeldHeap[])[];
}

/**
 * Closed loop for as long as is said, with looks at the memory of workerd. `collect` collects the garbage and tells what is left; null: that
 * is left to the runtime.
 */
export async function soak(
  name: string,
  { port, workerdPid }: BenchServer,
  requests: readonly Buffer[],
  seconds: number,
  collect: (() => Promise<readonly HeldHeap[]>) | null = null,
): Promise<Soak> {
  const held: (readonly HeldHeap[])[] = [];
  const samples: MemorySample[] = [{ requests: 0, megabytes: residentMegabytes(workerdPid) }];
  const part = Math.min(10, seconds / LEAST_SAMPLES);
  for (let passed = 0; passed < seconds; passed += part) {
    const load: LoadResult = await generateLoad({ port, requests, connections: CONNECTIONS, seconds: part });
    const sum = samples.at(-1)!.requests + load.requests;
    samples.push({ requests: sum, megabytes: residentMegabytes(workerdPid) });
    const isQuarter = held.length === 0 && passed + part >= seconds / 4;
    if (collect !== null && isQuarter) held.push(await collect());
  }
  if (collect !== null) held.push(await collect());
  return { name, samples, growth: growthOf(samples.slice(samples.length >> 1)), held };
}

function growthOf(samples: readonly MemorySample[]): number {
  const mean = (of: (sample: MemorySample) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const [requests, megabytes] = [mean((sample) => sample.requests), mean((sample) => sample.megabytes)];
  const covariance = mean((sample) => (sample.requests - requests) * (sample.megabytes - megabytes));
  const variance = mean((sample) => (sample.requests - requests) ** 2);
  return (covariance / variance) * 100_000;
}
