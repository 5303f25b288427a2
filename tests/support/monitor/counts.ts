import { EMPTY_SKETCH, QuantileSketch, type Sketch } from '../../../src/lib/quantile-sketch.ts';
import type { Counts, KeyCalls, OperationCounts, ShardCalls, TableCounts } from '../../../src/shards/isolate-report.ts';
import type { ShardKey } from '../../../src/shards/shard-key.ts';
import { NO_COUNTS } from '../../../src/shards/tally.ts';
import { noUsage, type Usage } from '../../../src/shards/usage.ts';

export function sketchOf(values: readonly number[]): Sketch {
  const sketch = new QuantileSketch();
  for (const value of values) sketch.add(value);
  return sketch.toSketch();
}

/** What isolates report, of which a test states what matters to it. */
export const countsOf = (parts: Partial<Counts>): Counts => ({ ...NO_COUNTS, ...parts });

type OperationParts = Partial<Omit<OperationCounts, 'usage'>> & { readonly usage?: Partial<Usage> };

/** Its hash is its name. */
export const operationOf = (name: string, { usage, ...parts }: OperationParts): OperationCounts => ({
  ...{ hash: name, name, kind: 'query', role: 'member', mode: 'CACHED', source: 'memory', requests: 100 },
  ...{ failed: 0, errors: {}, latency: sketchOf([10]), ...parts },
  usage: { ...noUsage(), ...usage },
});

export const shardCallsOf = (shard: string, parts: Partial<ShardCalls>): ShardCalls => ({
  ...{ shard, calls: 100, refused: 0, failed: 0, codes: {}, latency: EMPTY_SKETCH, maxInFlight: 1 },
  ...{ rowsRead: 0, rowsWritten: 0, ...parts },
});

type KeyParts = Partial<Omit<KeyCalls, 'usage'>> & { readonly usage?: Partial<Usage> };

export const keyCallsOf = (value: string, { usage, ...parts }: KeyParts): KeyCalls => ({
  ...{ shard: 'shard-0', shardKey: `t:${value}` as ShardKey, requests: 10, operation: null, ...parts },
  usage: { ...noUsage(), ...usage },
});

export const tableOf = (table: string, hits: number, misses: number): TableCounts => ({
  table,
  answers: { memory: { hit: hits }, shard: { miss: misses } },
});
