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
 * @param shards each once.
 * @throws ShardQLError FANOUT_LIMIT_EXCEEDED if the request would ask more shards, with these, than it may.
 */
export function requireShardBudget({ settings, trace }: Asking, shards: Iterable<string>): void {
  let added = 0;
  for (const shard of shards) if (!trace.shards.has(shard)) added++;
  const asked = trace.shards.size + added;
  if (added > 0 && asked > settings.maxShardsPerRequest) throw tooManyShards(asked, settings.maxShardsPerRequest);
}
