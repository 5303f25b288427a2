import { parsePrometheus } from '../../tests/support/metrics/parse-prometheus.ts';
import type { Cell } from '../cells/cell.ts';

/** What a request takes besides CPU, on average. */
export interface Work {
  readonly name: string;
  readonly rpcs: number;
  /** Bulk gets from Workers KV, and the keys in them. */
  readonly kvGets: number;
  readonly kvKeys: number;
  readonly kvPuts: number;
}

const REQUESTS = 100;

/** Sends traced requests, one after the other, to a server that has just answered the same ones, unless it is to have read none of it. */
export async function countWork({ name, server, bodies, isUnread }: Cell): Promise<Work | null> {
  if (bodies === undefined) return null;
  const origin = `http://127.0.0.1:${server.port}`;
  const headers = { 'content-type': 'application/json', 'x-shardql-trace': '1' };
  const ask = async (body: string) => {
    const response = await fetch(`${origin}/graphql`, { method: 'POST', headers, body });
    const { extensions } = (await response.json()) as { extensions: { trace: { rpcs: number } } };
    return extensions.trace.rpcs;
  };
  const count = Math.min(REQUESTS, bodies.length);
  if (!isUnread) for (const body of bodies.slice(-count)) await ask(body);
  const before = await kvCounts(origin);
  let rpcs = 0;
  for (const body of bodies.slice(-count)) rpcs += await ask(body);
  const after = await kvCounts(origin);
  const perRequest = (operation: string) => ((after.get(operation) ?? 0) - (before.get(operation) ?? 0)) / count;
  return {
    name,
    rpcs: rpcs / count,
    kvGets: perRequest('get'),
    kvKeys: perRequest('get-key'),
    kvPuts: perRequest('put'),
  };
}

/** Operations of the isolate by name. */
async function kvCounts(origin: string): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  const { samples } = parsePrometheus(text).get('shardql_cache_kv_operations_total')!;
  return new Map(samples.map(({ labels, value }) => [labels.operation!, value]));
}
