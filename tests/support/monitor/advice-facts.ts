import demo from '../../../src/schema/model.ts';
import type { SlowOperation, SlowRead } from '../../../src/shards/isolate-report.ts';
import type { AdviceFacts } from '../../../src/shards/monitor/advice/advice-facts.ts';
import type { ShardKey } from '../../../src/shards/shard-key.ts';
import { NO_COUNTS } from '../../../src/shards/tally.ts';
import { T0 } from './monitor-state.ts';

/** Of the demo, of which a test states what matters to it. */
export const factsOf = (parts: Partial<AdviceFacts>): AdviceFacts => ({
  ...{ nowMs: T0, model: demo, counts: NO_COUNTS, slow: [], unusedIndexes: [], shardCount: 1 },
  ...parts,
});

export const slowOf = (name: string, reads: readonly SlowRead[]): SlowOperation => ({
  ...{ hash: `hash of ${name}`, name, role: 'member', atMs: T0, durationMs: 300, rowsRead: 0, code: null },
  ...{ shards: ['shard-0'], shardKey: 't:acme' as ShardKey, requestId: 'r', reads, document: '' },
});
