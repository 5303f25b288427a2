import type { ShardMigration } from '../migration-report.ts';
import type { SlotRange } from '../slots.ts';
import type { Version } from '../version.ts';
import type { Refused, WrongShard } from './envelope.ts';
import type { ExplainAnswer, ExplainRequest } from './explain.ts';
import type { JsonText } from './json-text.ts';
import type { ShardMetrics } from './metrics.ts';
import type { MigrationRequest } from './migrations.ts';
import type { PublishAnswer, PublishRequest } from './publish.ts';
import type { ReadReply, ReadRequest } from './read.ts';
import type { RecordAuditsAnswer, RecordAuditsRequest } from './record-audits.ts';
import type { SampleAnswer, SampleRequest } from './sample-changes.ts';
import type { ShardStatus } from './status.ts';
import type { WriteAnswer, WriteFailed, WriteRequest } from './write.ts';

export interface ShardRpc {
  read(request: JsonText<ReadRequest>): Promise<JsonText<ReadReply>>;
  /**
   * Tells how a call would be run, without running any of it. A part of a key that is null stands for a value that is not
   * known. The release before has no such method: its shards throw.
   */
  explain(request: JsonText<ExplainRequest>): Promise<JsonText<ExplainAnswer | Refused>>;
  write(request: WriteRequest): Promise<WriteAnswer | WriteFailed | WrongShard | Refused>;
  /**
   * Puts the stamps of these shard keys to KV, as far as they have changed since that was last done. Shard keys that the
   * shard does not own are left to their owner.
   */
  publish(request: PublishRequest): Promise<PublishAnswer | Refused>;
  /**
   * Catalog only: sets the slots this shard owns as of `epoch`, durably, before it returns. Repeats and older epochs
   * change nothing. `least`: the greatest version of the shards that gave slots up for this one; its own are at
   * least that from then on. Gives the version of its last commit: of slots that it has given up there is no later one.
   */
  setOwnedSlots(epoch: number, slots: readonly SlotRange[], least?: Version): Promise<Version>;
  status(): Promise<ShardStatus | Refused>;
  metrics(): Promise<ShardMetrics | Refused>;
  /** A few of the rows that a commit of this shard changed; none if its log does not hold it. */
  sampleChanges(request: SampleRequest): Promise<SampleAnswer | Refused>;
  /** Adds to the shard's counts of audits: who audits may be gone when somebody asks. */
  recordAudits(request: RecordAuditsRequest): Promise<RecordAuditsAnswer | Refused>;
  /**
   * Catalog only: tries what the plan would do to this shard's rows, and takes it back. The plan may be another release's;
   * the release before has no such method: its shards throw.
   */
  checkMigrations(request: MigrationRequest): Promise<ShardMigration>;
  /** Catalog only, after all shards were checked: applies the plan with this id. Null: this shard runs another release. */
  applyMigrations(planId: string): Promise<ShardMigration | null>;
}
