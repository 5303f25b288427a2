import { tooManyShards } from './failures.ts';
import type { RouterSettings } from './settings.ts';
import type { TraceCounter } from './trace-counter.ts';

interface Asking {
  readonly settings: Pick<RouterSettings, 'maxShardsPerRequest'>;
  /** Has the shards that the request has asked so far. */
  readonly trace: Pick<TraceCounter, 'shards'>;
}

/**
 * Called before shards are asked: those of a write are refused before any of them is written to.
 *
 * @throws ShardQLError FANOUT_LIMIT_EXCEEDED if the request would ask more shards, with these, than it may.
 */
export function requireShardBudget({ settings, trace }: Asking, shards: Iterable<string>): void {
  const asked = new Set([...trace.shards, ...shards]);
  const limit = settings.maxShardsPerRequest;
  if (asked.size > limit && asked.size > trace.shards.size) throw tooManyShards(asked.size, limit);
}
