import type { Model } from '../../model/types.ts';
import type { ShardKey } from '../shard-key.ts';
import { slotOf } from '../slots.ts';
import type { CommitClock, WallClock } from './clock.ts';
import type { ImportRuns } from './commit/import-runs.ts';
import type { Freshness } from './freshness/freshness.ts';
import type { Ownership } from './placement/ownership.ts';
import type { PlanRunner } from './read/plan-runner.ts';

/** What all requests to one shard share. */
export interface ShardState {
  readonly model: Model;
  readonly storage: DurableObjectStorage;
  readonly wallClock: WallClock;
  readonly clock: CommitClock;
  readonly ownership: Ownership;
  readonly plans: PlanRunner;
  readonly freshness: Freshness;
  readonly imports: ImportRuns;
}

export const ownsKey = (shard: ShardState, key: string): boolean => shard.ownership.owns(slotOf(key as ShardKey));
