import type { Migration, Model } from '../../model/types.ts';
import type { ShardKey } from '../shard-key.ts';
import type { Capacity } from './capacity/capacity.ts';
import type { CommitClock, WallClock } from './clock.ts';
import type { ImportRuns } from './commit/import-runs.ts';
import type { KnownKeys } from './commit/known-keys.ts';
import type { Outcomes } from './commit/outcomes.ts';
import type { AuditCounts } from './freshness/audit-counts.ts';
import type { Freshness } from './freshness/freshness.ts';
import type { Publisher } from './freshness/publisher.ts';
import type { AskForRead } from './gather-reads.ts';
import type { LogRecall } from './log/archive/log-recall.ts';
import type { LogTrimmer } from './log/log-trimmer.ts';
import type { Ownership } from './placement/ownership.ts';
import type { PlanRunner } from './read/run/plan-runner.ts';
import type { Fences } from './recovery/fences.ts';
import type { Restorer } from './recovery/restorer.ts';
import type { LogSize } from './reporting/log-size.ts';
import type { ShardWork } from './reporting/shard-work.ts';

/** What those have of a shard who only read: nothing by which rows, versions or slots could change. */
export interface ShardReader {
  readonly model: Model;
  readonly wallClock: WallClock;
  readonly clock: Pick<CommitClock, 'last'>;
  readonly ownership: Pick<Ownership, 'epoch' | 'ranges' | 'placedAway' | 'slotOf' | 'owns' | 'hidesRows'>;
  readonly plans: PlanRunner;
  readonly freshness: Freshness;
  readonly fences: Pick<Fences, 'requireOpen'>;
}

/** What all requests to one shard share. */
export interface ShardState extends ShardReader {
  readonly storage: DurableObjectStorage;
  /** Those that have led to the tables of the model. */
  readonly migrations: readonly Migration[];
  readonly clock: CommitClock;
  readonly ownership: Ownership;
  readonly fences: Fences;
  readonly outcomes: Outcomes;
  readonly knownKeys: KnownKeys;
  readonly imports: ImportRuns;
  readonly capacity: Capacity;
  readonly restorer: Restorer;
  /** Null: there is no KV. */
  readonly publisher: Publisher | null;
  readonly audits: AuditCounts;
  readonly trimmer: LogTrimmer;
  /** Brings back what was trimmed. */
  readonly logRecall: LogRecall;
  readonly logSize: LogSize;
  readonly work: ShardWork;
  readonly askForRead: AskForRead;
  /** Names this life of the object among its lives. */
  readonly life: string;
}

export const ownsKey = ({ ownership }: Pick<ShardReader, 'ownership'>, key: ShardKey): boolean =>
  ownership.owns(ownership.slotOf(key));
