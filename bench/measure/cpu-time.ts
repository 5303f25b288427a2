import { readdirSync } from 'node:fs';
import { readIfThere } from './process-tree.ts';

/**
 * CPU time of a process so far, in milliseconds: what the scheduler counted for each of its threads. Exact to
 * microseconds, where the ticks of `/proc/<pid>/stat` are 10 ms. Linux only.
 */
export function cpuTimeMs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = threads.map((thread) => parseSchedstat(readIfThere(`/proc/${pid}/task/${thread}/schedstat`)));
  return nanoseconds.reduce((sum, thread) => sum + thread, 0) / 1e6;
}

/** First field: nanoseconds on the CPU. */
export const parseSchedstat = (text: string | null): number => (text === null ? 0 : Number(text.split(' ')[0]));
