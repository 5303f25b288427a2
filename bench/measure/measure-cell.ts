import type { Cell } from '../cells/cell.ts';
import { generateLoad, type LoadOptions } from '../load/generate-load.ts';
import { cpuTimeMs } from './cpu-time.ts';

/** One stretch of load on one cell. */
export interface Measurement {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU time of the server divided by answered requests: the figure that other load on the machine changes least. */
  readonly cpuMs: number;
}

export type Load = Pick<LoadOptions, 'connections' | 'seconds'>;

export async function measureCell({ server, requests, connections }: Cell, load: Load): Promise<Measurement> {
  const cpuBefore = cpuTimeMs(server.workerdPid);
  const result = await generateLoad({ port: server.port, requests, ...load, ...(connections && { connections }) });
  const cpuMs = cpuTimeMs(server.workerdPid) - cpuBefore;
  return {
    requestsPerSecond: result.requests / result.seconds,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    cpuMs: cpuMs / result.requests,
  };
}
