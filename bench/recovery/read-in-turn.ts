import { cpuTimeMs } from '../measure/cpu-time.ts';
import type { BenchServer } from '../servers/start-server.ts';

/** Reads that were sent one after the other. */
export interface ReadsInTurn {
  readonly reads: number;
  /** The longest that one took, in milliseconds. */
  readonly longestMs: number;
  /** The most CPU time that the server took while one of them waited: longer than its longest step, whatever else the machine does. */
  readonly longestCpuMs: number;
}

/** Sends the bodies in turn until the work is done, or aborted. Throws for an answer with errors. */
export async function readInTurn(
  { port, workerdPid }: BenchServer,
  bodies: readonly string[],
  until: AbortSignal,
): Promise<ReadsInTurn> {
  let [reads, longestMs, longestCpuMs] = [0, 0, 0];
  while (!until.aborted) {
    const [startedAt, cpuBefore] = [performance.now(), cpuTimeMs(workerdPid)];
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: bodies[reads % bodies.length]!,
    });
    const text = await response.text();
    longestMs = Math.max(longestMs, performance.now() - startedAt);
    longestCpuMs = Math.max(longestCpuMs, cpuTimeMs(workerdPid) - cpuBefore);
    if (!response.ok || text.includes('"errors":'))
      throw new Error(`Expected no errors, but got ${text.slice(0, 500)}`);
    reads++;
  }
  return { reads, longestMs, longestCpuMs };
}
