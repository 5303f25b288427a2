import { mergeSketches, QuantileSketch, type Sketch } from '../../../src/lib/quantile-sketch.ts';
import type { IsolateReport, KeyCalls, OperationCounts } from '../../../src/shards/isolate-report.ts';
import type { ShardKey } from '../../../src/shards/shard-key.ts';
import { NO_COUNTS } from '../../../src/shards/tally.ts';
import { noUsage, type Usage } from '../../../src/shards/usage.ts';

export function sketchOf(values: readonly number[]): Sketch {
  const sketch = new QuantileSketch();
  for (const value of values) sketch.add(value);
  return sketch.toSketch();
}

export const EMPTY = mergeSketches([]);

export const usageOf = (usage: Partial<Usage>): Usage => ({ ...noUsage(), ...usage });

export const operationOf = (changes: Partial<OperationCounts> = {}): OperationCounts => ({
  ...{ hash: 'aaaaaaaaaaaaaaaa', name: 'Products', kind: 'query', role: 'customer', mode: 'CACHED', source: 'memory' },
  ...{ requests: 1, failed: 0, errors: {}, latency: sketchOf([10]), usage: usageOf({ workerRequests: 1 }) },
  ...changes,
});

export const keyOf = (shardKey: string, changes: Partial<KeyCalls> = {}): KeyCalls => ({
  ...{ shard: 's0', shardKey: JSON.stringify([shardKey]) as ShardKey, requests: 1, operation: null },
  usage: usageOf({ workerRequests: 1 }),
  ...changes,
});

/** A report of an isolate of a time, with nothing but the changes. */
export const reportOf = (isolate: string, sequence: number, toMs: number, changes: Partial<IsolateReport> = {}) =>
  ({
    ...NO_COUNTS,
    ...{ isolate, sequence, release: null, fromMs: toMs - 10_000, toMs, documents: [], memoryBytes: 1_000, slow: [] },
    ...changes,
  }) satisfies IsolateReport;
