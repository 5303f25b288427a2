import { type Cell, CHECKED_ANSWERS } from '../cells/cell.ts';
import { generateLoad, type LoadOptions } from '../load/generate-load.ts';
import { cpuTimeMs } from './cpu-time.ts';

/** One stretch of load on one cell. */
export interface Measurement {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU time of the server divided by answered requests: the figure that other load on the machine changes least. */
  readonly cpuMs: number;
  /** Part of the requests, from 0 to 1. */
  readonly refused: number;
}

export type Load = Pick<LoadOptions, 'connections' | 'seconds'>;

/** How many requests of a cell were sent, where each is to be sent once before any is sent again; the first ones when they were checked. */
const sentOf = new WeakMap<Cell, number>();

export async function measureCell(cell: Cell, load: Load): Promise<Measurement> {
  const { server, connections, mayBeRefused, isUnread } = cell;
  const sent = (sentOf.get(cell) ?? CHECKED_ANSWERS) % cell.requests.length;
  const requests = isUnread ? [...cell.requests.slice(sent), ...cell.requests.slice(0, sent)] : cell.requests;
  const cpuBefore = cpuTimeMs(server.workerdPid);
  const result = await generateLoad({
    port: server.port,
    requests,
    mayBeRefused,
    ...load,
    ...(connections && { connections }),
  });
  const cpuMs = cpuTimeMs(server.workerdPid) - cpuBefore;
  sentOf.set(cell, sent + result.requests);
  return {
    requestsPerSecond: result.requests / result.seconds,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    cpuMs: cpuMs / result.requests,
    refused: result.refused / (result.refused + result.requests),
  };
}
