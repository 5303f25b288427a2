import { readFileSync } from 'node:fs';

/** Megabytes of a process that are in memory now. Linux only. */
export function residentMegabytes(pid: number): number {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1];
  if (kilobytes === undefined) throw new Error('Expected VmRSS in the status of a process, but found none.');
  return Number(kilobytes) / 1_000;
}

/** The largest of several looks, each second, while the work goes on. */
export async function largestMegabytes<T>(pid: number, work: Promise<T>): Promise<{ value: T; megabytes: number }> {
  let megabytes = residentMegabytes(pid);
  const timer = setInterval(() => {
    megabytes = Math.max(megabytes, residentMegabytes(pid));
  }, 1_000);
  try {
    return { value: await work, megabytes };
  } finally {
    clearInterval(timer);
  }
}
