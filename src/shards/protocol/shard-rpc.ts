/**
 * What a shard can be asked, and the requests and answers that need no file of their own. What other releases lack is left
 * out of an answer.
 */
import type { WireValue } from '../../model/types.ts';
import type { AuditCount } from '../audit-count.ts';
import type { BookmarkPoint, BookmarkPreview } from '../bookmark.ts';
import type { InspectionAnswers, InspectionQuestion } from '../inspection.ts';
import type { MigrationPlan } from '../migration-plan.ts';
import type { ShardMigration } from '../migration-report.ts';
import type { PlacedKey } from '../placed-key.ts';
import type { CacheableRead, ReadCall } from '../plan/read.ts';
import type { InPlaceTarget, RestorePreview, RestoreTarget, ShardRestore } from '../restore.ts';
import type { ShardCounts } from '../shard-counts.ts';
import type { ShardKey } from '../shard-key.ts';
import type { ShardFigures } from '../shard-report.ts';
import type { SlotRange } from '../slots.ts';
import type { UndoPageRange } from '../undo.ts';
import type { Version } from '../version.ts';
import type { BackupAnswer, BackupRequest } from './backup.ts';
import type { Refused, RequestEnvelope, WorkCounts, WrongShard } from './envelope.ts';
import type { GatherAnswer, GatherRequest } from './gather.ts';
import type { JsonText } from './json-text.ts';
import type { ReadReply, ReadRequest } from './read.ts';
import type { Refusal } from './refusal.ts';
import type { Idempotency, WriteAnswer, WriteFailed, WriteRequest } from './write.ts';

export interface ShardRpc {
  read(request: JsonText<ReadRequest>): Promise<JsonText<ReadReply>>;
  /**
   * Asks this shard and others for scatters, and merges their answers, near to where they lie. The release before has no such
   * method: its shards throw.
   */
  gather(request: JsonText<GatherRequest>): Promise<JsonText<GatherAnswer | Refused>>;
  /**
   * Tells how a call would be run, without running any of it. A part of a key that is null stands for a value that is not
   * known. The release before has no such method: its shards throw.
   */
  explain(request: JsonText<ExplainRequest>): Promise<JsonText<ExplainAnswer | Refused>>;
  write(request: WriteRequest): Promise<WriteAnswer | WriteFailed | WrongShard | Refused>;
  /** Tells under which shard key this shard has made a keyed write. The release before has no such method: its shards throw. */
  recall(request: RecallRequest): Promise<RecallAnswer | Refused>;
  /**
   * Puts the stamps of these shard keys to KV, as far as they have changed since that was last done. Shard keys that the
   * shard does not own are left to their owner.
   */
  publish(request: PublishRequest): Promise<PublishAnswer | Refused>;
  /**
   * Catalog only: sets the slots this shard owns as of `epoch`, durably, before it returns. Repeats and older epochs
   * change nothing. `least`: the greatest version of the shards that gave slots up for this one; its own are at
   * least that from then on. `placed`: placed shard keys whose own slot is among them, or the one that their hash gives. Gives the version
   * of its last commit: of slots that it has given up there is no later one.
   */
  setOwnedSlots(
    epoch: number,
    slots: readonly SlotRange[],
    least?: Version,
    placed?: readonly PlacedKey[],
  ): Promise<Version>;
  /**
   * Catalog only: the same for a shard that gives shard keys up, which it refuses if there is anything of them. `checksOnly`: it does not
   * give them up yet. The release before has no such method: its shards throw, and so give up nothing.
   */
  releaseKeys(release: KeyRelease): Promise<KeysReleased>;
  /** Answers if the shard could answer anything; does nothing. */
  ping(request: PingRequest): Promise<Answered | Refused>;
  /** Tells how the shard is. */
  status(request: StatusRequest): Promise<ShardStatus | Refused>;
  /** A few of the rows that a commit of this shard changed; none if its log does not hold it. */
  sampleChanges(request: SampleRequest): Promise<SampleAnswer | Refused>;
  /** Gives a part of a backup. The release before has no such method: its shards throw. */
  backup(request: BackupRequest): Promise<BackupAnswer | Refused>;
  /** Tells what is in the log and the books, for operators. The release before has no such method: its shards throw. */
  inspect(request: InspectionRequest): Promise<InspectionAnswer | Refused>;
  /** Adds to the shard's counts of audits: who audits may be gone when somebody asks. */
  recordAudits(request: RecordAuditsRequest): Promise<Answered | Refused>;
  /** Tells what a restore would do, and writes nothing. The release before has none of these methods: its shards throw. */
  previewRestore(request: PreviewRestoreRequest): Promise<PreviewRestoreAnswer | WrongShard | Refused>;
  /** Begins a restore, or only finds out whether it could. A restore with an id that has begun is not begun again. */
  beginRestore(request: BeginRestoreRequest): Promise<RestoresAnswer | WrongShard | Refused>;
  /** Waits for open restores, and takes part in their steps, for a fraction of a second. */
  continueRestores(request: RestoresRequest): Promise<RestoresAnswer | Refused>;
  /** Turns an open restore round. */
  cancelRestore(request: RestoreRequest): Promise<RestoresAnswer | Refused>;
  /** The latest restores, newest first. */
  restores(request: RestoresRequest): Promise<RestoresAnswer | Refused>;
  /**
   * Catalog only: tries what the plan would do to this shard's rows, and takes it back. The plan may be another release's;
   * the release before has no such method: its shards throw.
   */
  checkMigrations(request: MigrationRequest): Promise<ShardMigration>;
  /**
   * Catalog only: works for about a second at what takes long of a plan, which may be another release's, and serves requests meanwhile if it
   * can. Tells how far it is; to be asked again while that is COPYING or SETTLING.
   */
  workOnMigrations(request: MigrationRequest): Promise<ShardMigration>;
  /** Catalog only, after all shards were checked: applies the plan with this id. Null: not now, as it runs another release. SETTLING: to be asked again. */
  applyMigrations(planId: string): Promise<ShardMigration | null>;
  /** Catalog only: what going back to this moment would mean. The release before has none of these three methods. */
  findBookmark(point: BookmarkPoint): Promise<FoundBookmark | Refusal>;
  /** Catalog only: the bookmark of now. */
  currentBookmark(): Promise<CurrentBookmark>;
  /**
   * Catalog only: the whole database goes back to the bookmark, and the object starts again, so that this call fails; unless it has gone
   * back already. `epoch`: in which the shard gave all its slots up for this.
   */
  restoreBookmark(bookmark: string, epoch: number): Promise<BookmarkSet | Refusal>;
}

export interface KeyRelease {
  readonly epoch: number;
  /** What the shard owns from then on. */
  readonly slots: readonly SlotRange[];
  readonly placed: readonly PlacedKey[];
  /** Nothing is given up. */
  readonly checksOnly: boolean;
}

/** `IN_USE`: nothing was given up, as these have rows, or once had some. */
export type KeysReleased =
  | { readonly status: 'OK'; readonly version: Version }
  | { readonly status: 'IN_USE'; readonly shardKeys: readonly ShardKey[] };

export interface FoundBookmark extends Omit<BookmarkPreview, 'shard' | 'timeMs'> {
  readonly status: 'OK';
}

export type CurrentBookmark = Pick<BookmarkPreview, 'bookmark' | 'cachedForMs'>;

/** `isRestored`: false: it is about to go back. */
export interface BookmarkSet {
  readonly status: 'OK';
  readonly isRestored: boolean;
}

/** It has been done. */
interface Answered {
  readonly status: 'OK';
  readonly epoch: number;
}

export interface ExplainRequest extends RequestEnvelope {
  readonly call: ReadCall;
}

/** A statement, and how SQLite would run it. */
export interface ExplainedStatement {
  readonly sql: string;
  /** Lines of EXPLAIN QUERY PLAN. */
  readonly queryPlan: readonly string[];
}

/** How a call would be run. */
export interface ExplainAnswer extends Answered {
  /** In the order in which they would run; one whose need depends on the rows is among them. */
  readonly statements: readonly ExplainedStatement[];
  readonly counts: WorkCounts;
}

/** Asks where a keyed write was made: of a row that it has deleted, nothing else tells. */
export interface RecallRequest {
  readonly protocol: number;
  readonly requestId?: string | undefined;
  /** Of `Idempotency`. */
  readonly id: string;
  /** Such a write is to be made: the shard refuses if it would refuse that one for what it asks. `shardKey`: null: under several. */
  readonly repeated?: (Pick<Idempotency, 'fingerprint'> & { readonly shardKey: ShardKey | null }) | undefined;
}

export interface RecallAnswer extends Answered {
  /** Those that the shard speaks for. */
  readonly slots: readonly SlotRange[];
  /** As in `ReadAnswer`. */
  readonly placedAway?: readonly SlotRange[];
  /** The shard key of the write under this id, if this shard made it; else null. */
  readonly shardKey: ShardKey | null;
}

export interface PublishRequest {
  readonly protocol: number;
  readonly shardKeys: readonly ShardKey[];
}

export interface PublishAnswer extends Answered {
  /** Those that could not be published now; the shard itself tries again. */
  readonly left: readonly ShardKey[];
  /** Hot reads whose answers have changed, by the policy of their tables: to be asked again for the cache. Absent: none. */
  readonly hot?: readonly CacheableRead[];
}

/** The rows of one commit are asked for. */
interface SampleRequest {
  readonly protocol: number;
  readonly version: Version;
}

export interface SampleAnswer extends Answered {
  readonly changes: readonly SampledChange[];
}

/** A row that a commit has changed, and cached lists that it may be in. */
export interface SampledChange {
  readonly shardKey: ShardKey;
  /** Its table's GraphQL type. */
  readonly table: string;
  /** Values of its primary key. */
  readonly key: readonly WireValue[];
  readonly lists: readonly CacheableRead[];
}

interface InspectionRequest {
  readonly protocol: number;
  readonly question: InspectionQuestion;
}

/** As the question asks. */
interface InspectionAnswer extends Answered {
  readonly answer: InspectionAnswers[keyof InspectionAnswers];
}

interface RecordAuditsRequest {
  readonly protocol: number;
  readonly counts: readonly AuditCount[];
}

interface PingRequest {
  readonly protocol: number;
}

export interface StatusRequest extends PingRequest {
  /** The rows of all tables are counted, which reads them all. Default: false, and a few rows are read. */
  readonly countsRows?: boolean;
}

export interface ShardStatus extends Answered {
  readonly figures: ShardFigures;
  /** Since the shard's object started. */
  readonly counted: ShardCounts;
  /** By GraphQL type. Null: not asked for. */
  readonly rowsByTable: Readonly<Record<string, number>> | null;
}

/** What is asked about restores in a shard. */
interface RestoresRequest {
  readonly protocol: number;
  readonly requestId?: string | undefined;
}

interface RestoreRequest extends RestoresRequest {
  readonly id: string;
}

interface PreviewRestoreRequest extends RestoresRequest {
  readonly target: InPlaceTarget;
  /** Which rows are shown. */
  readonly range: UndoPageRange;
}

interface BeginRestoreRequest extends RestoreRequest {
  readonly target: RestoreTarget;
  /** Nothing is begun. */
  readonly checksOnly: boolean;
}

export interface PreviewRestoreAnswer extends Answered {
  readonly preview: RestorePreview;
}

export interface RestoresAnswer extends Answered {
  /** Those that were asked about; the latest, newest first. */
  readonly restores: readonly ShardRestore[];
}

export interface MigrationRequest {
  readonly protocol: number;
  readonly plan: MigrationPlan;
}
