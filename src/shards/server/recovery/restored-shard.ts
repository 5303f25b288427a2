import type { Migration, Model } from '../../../model/types.ts';
import type { Capacity } from '../capacity/capacity.ts';
import type { CommitClock, WallClock } from '../clock.ts';
import type { Freshness } from '../freshness/freshness.ts';
import type { Publisher } from '../freshness/publisher.ts';
import type { LogRecall } from '../log/archive/log-recall.ts';
import type { LogTrimmer } from '../log/log-trimmer.ts';
import type { Fences } from './fences.ts';

/** What restores need of their shard. */
export interface RestoredShard {
  readonly model: Model;
  readonly migrations: readonly Migration[];
  readonly storage: DurableObjectStorage;
  readonly wallClock: WallClock;
  readonly clock: CommitClock;
  readonly freshness: Freshness;
  readonly publisher: Publisher | null;
  readonly capacity: Capacity;
  readonly trimmer: LogTrimmer;
  readonly logRecall: LogRecall;
  readonly fences: Fences;
}
