/**
 * The RPC contract between router, shard and catalog. A deploy may mix releases for minutes, so every request names
 * its protocol; fields are only ever added. Expected failures are data; an exception means a bug or the platform.
 */

import type { WireValue } from '../model/types.ts';
import type { DeadLetter, NewDeadLetter } from './dead-letter.ts';
import type { WireError } from './errors.ts';
import type { LagCounts } from './lag-histogram.ts';
import type { MigrationPlan } from './migration-plan.ts';
import type { FleetMigrationReport, MigrationProgress, ShardMigration } from './migration-report.ts';
import type { OperationResult, WriteOperation } from './operation.ts';
import type { CacheableRead, ReadCall } from './plan/read.ts';
import type { ShardKey } from './shard-key.ts';
import type { ShardMap } from './shard-map.ts';
import type { SlotRange } from './slots.ts';
import type { Touched } from './stamps.ts';
import type { Version } from './version.ts';

export const PROTOCOL = 1;

/** Who asks. Part of every request from the first day; a constant developer until authentication arrives. */
export interface Caller {
  readonly role: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

export const DEVELOPER: Caller = { role: 'developer', claims: {} };

interface RequestEnvelope {
  readonly protocol: number;
  /** Epoch of the router's map; the shard answers with the newest it knows. */
  readonly epoch: number;
  readonly caller: Caller;
  /** Under which failures are logged. Absent from the release before, and where no request asks. */
  readonly requestId?: string | undefined;
}

/** The shard does not own what was asked for: refresh the map, at least to `epoch`, and retry. */
export interface WrongShard {
  readonly status: 'WRONG_SHARD';
  readonly epoch: number;
}

/** The shard refuses the whole request (`MIGRATION_FAILED`, `SHARD_FULL`, …). */
export interface Refused {
  readonly status: 'REFUSED';
  readonly epoch: number;
  readonly error: WireError;
}

/** Part of the envelope, since a shard may leave it out. */
interface KeptAnswers {
  /**
   * How long those answers may be kept that may be, in milliseconds, by the policy of the router's release. Absent (from the
   * release before): as long as any answer of the shard's model.
   */
  readonly lifeMs?: number | undefined;
}

/** What the work cost, for traces and billing. */
export interface WorkCounts {
  readonly statements: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
}

/**
 * A value as JSON text. Reads cross the RPC boundary so, in both directions: a string passes it several times faster
 * than the nested objects that it stands for.
 */
export type JsonText<Value> = string & { readonly __value?: Value };

export const toJsonText = <Value>(value: Value): JsonText<Value> => JSON.stringify(value);

export const fromJsonText = <Value>(text: JsonText<Value>): Value => JSON.parse(text) as Value;

export interface ReadRequest extends RequestEnvelope, KeptAnswers {
  readonly calls: readonly ReadCall[];
}

/** All calls are answered from one state of the shard; `slots` are those it owned in that state. */
export interface ReadAnswer {
  readonly status: 'OK';
  readonly epoch: number;
  readonly asOf: Version;
  readonly slots: readonly SlotRange[];
  /** One per call, in order. */
  readonly outcomes: readonly CallOutcome[];
  readonly counts: WorkCounts;
}

export type ReadReply = ReadAnswer | WrongShard | Refused;

/** Outcome of one call: an {@link Answer} per key, or the reason this call alone failed. */
export type CallOutcome =
  | {
      readonly answers: readonly unknown[];
      /**
       * One per shard key of the call, in order, or a single one for a scatter: the version of the last commit to the
       * tables that the plan looks at. Where that has been forgotten it is an upper bound; absent (from the release
       * before), it is the answer's `asOf`.
       */
      readonly changed?: readonly Version[];
    }
  | { readonly wrongShard: true }
  | { readonly error: WireError };

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
export interface ExplainAnswer {
  readonly status: 'OK';
  readonly epoch: number;
  /** In the order in which they would run; one whose need depends on the rows is among them. */
  readonly statements: readonly ExplainedStatement[];
  /** An {@link Answer} per key, of made-up rows of the right shape. Of each level, the first row has related rows. */
  readonly answers: readonly unknown[];
  readonly counts: WorkCounts;
}

export interface WriteRequest extends RequestEnvelope, KeptAnswers {
  /** Made by the router, once per logical write: a retry with the same id has no second effect and the same answer (W3). */
  readonly operationId: string;
  /** All rows written are under these, each named once. The shard must own them all, or it does nothing. */
  readonly shardKeys: readonly ShardKey[];
  /** Applied in order, all or nothing. */
  readonly operations: readonly WriteOperation[];
  /** Answered from the state right after the commit, in the same answer. Left out: nothing is read. */
  readonly readBack?: readonly ReadCall[] | undefined;
}

export interface WriteAnswer {
  readonly status: 'OK';
  readonly epoch: number;
  readonly version: Version;
  /** One per operation. */
  readonly results: JsonText<readonly OperationResult[]>;
  readonly counts: WorkCounts;
  /** Shard keys whose stamps the commit left unpublished: the router sends an event for them. Absent: none. */
  readonly unpublished?: readonly ShardKey[];
  /** All that the commit changed, cascades included: the writer's own cache need not wait for the stamps. Absent: nothing. */
  readonly touched?: readonly Touched[];
  /** By which `touched` names things: see `stampSchema`. Absent without `touched`. */
  readonly stampSchema?: string;
  /** What was asked for by `readBack`; absent where that failed. */
  readonly readBack?: JsonText<ReadAnswer>;
}

/** The operation at `index` failed with an expected error; nothing was written. */
export interface WriteFailed {
  readonly status: 'FAILED';
  readonly epoch: number;
  readonly index: number;
  readonly error: WireError;
}

export interface PublishRequest {
  readonly protocol: number;
  readonly shardKeys: readonly ShardKey[];
}

export interface PublishAnswer {
  readonly status: 'OK';
  readonly epoch: number;
  /** Those that could not be published now; the shard itself tries again. */
  readonly left: readonly ShardKey[];
  /** Hot answers that are worthless now, by the policy of their tables: to be put into the cache anew. Absent: none. */
  readonly hot?: readonly CacheableRead[];
}

/** A shard's report on itself. */
export interface ShardStatus {
  readonly epoch: number;
  readonly slots: readonly SlotRange[];
  /** Tag of the last applied migration, null before the first. */
  readonly migration: string | null;
  readonly databaseBytes: number;
  readonly lastVersion: Version;
  readonly rowsByTable: Readonly<Record<string, number>>;
  /** Number of shard keys with changes that are not published yet; absent from the release before. */
  readonly unpublishedKeys?: number;
}

/** What a shard has counted since it started; cheap to ask for. */
export interface ShardMetrics {
  readonly databaseBytes: number;
  /** Number of shard keys with changes that are not published yet. */
  readonly unpublishedKeys: number;
  /** From commits until their stamps were put. */
  readonly invalidationLag: LagCounts;
  /** Puts of stamps that KV has taken; absent from the release before. */
  readonly stampPuts?: number;
  readonly audits: readonly AuditCount[];
}

/** The rows of one commit are asked for. */
export interface SampleRequest {
  readonly protocol: number;
  readonly version: Version;
}

export interface SampleAnswer {
  readonly status: 'OK';
  readonly epoch: number;
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

/**
 * What an audit found of an entry. `absent`: there is none. `consistent`: it holds the change, or is not served.
 * `inconsistent`: it is served and does not. `unclear`: there were further changes, so that this cannot be told.
 */
export const AUDIT_RESULTS = ['absent', 'consistent', 'unclear', 'inconsistent'] as const;

export type AuditResult = (typeof AUDIT_RESULTS)[number];

export interface AuditCount {
  /** Age of the commits when they were looked at, in milliseconds. */
  readonly ageMs: number;
  readonly result: AuditResult;
  readonly count: number;
}

export interface RecordAuditsAnswer {
  readonly status: 'OK';
  readonly epoch: number;
}

export interface RecordAuditsRequest {
  readonly protocol: number;
  readonly counts: readonly AuditCount[];
}

export interface MigrationRequest {
  readonly protocol: number;
  readonly plan: MigrationPlan;
}

export interface FleetMigrationRequest extends MigrationRequest {
  /** Try again also where that failed a moment ago. */
  readonly insists: boolean;
}

/** Name of the one catalog object. */
export const CATALOG_NAME = 'catalog';

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
   * change nothing. `least`: the greatest version that the shards told which gave slots up for this one; its own are at
   * least that from then on. Gives the version of its last commit: of slots that it has given up there is no later one.
   */
  own(epoch: number, slots: readonly SlotRange[], least?: Version): Promise<Version>;
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

export interface CatalogRpc {
  /**
   * The map now. The first call ever makes it, with `shardCount` shards, and grants the slots to the shards before it
   * answers; later calls ignore `shardCount`.
   */
  map(shardCount: number): Promise<ShardMap>;
  /** Moves ownership of slots (empty of rows, or after their rows were copied) to another shard. New epoch. */
  assign(slots: SlotRange, shardName: string): Promise<ShardMap>;
  /** Keeps dead letters, durably; those that are kept already, by id, are not added again. */
  keepDeadLetters(letters: readonly NewDeadLetter[]): Promise<void>;
  /** Up to a hundred dead letters after `seq`, oldest first. */
  deadLetters(seq: number): Promise<readonly DeadLetter[]>;
  removeDeadLetters(seqs: readonly number[]): Promise<void>;
  /** Tries the plan in all shards, and takes it back. */
  checkMigrations(request: MigrationRequest): Promise<FleetMigrationReport>;
  /**
   * Tries the plan in all shards and then, if none refuses, applies it to all. Callers with the same plan share one run.
   * A run that ended half way is gone on with by the next one.
   */
  migrate(request: FleetMigrationRequest): Promise<FleetMigrationReport>;
  /** How far the run is that is under way; null: none is. */
  migrationProgress(): Promise<MigrationProgress | null>;
}
