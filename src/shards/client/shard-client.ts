/** What the layers above see of the shards: one client per request. */

import type { WireValue } from '../../model/types.ts';
import type { AuditCount } from '../audit-count.ts';
import type { ShardQLError, WireError } from '../errors.ts';
import type { InspectionAnswers, InspectionQuestion } from '../inspection.ts';
import type { NewRows } from '../new-rows.ts';
import type { ImportCounts, MutationOperation, RowOutcome, RowsWritten } from '../operation.ts';
import type { AnswerOf, RowAnswer } from '../plan/answer.ts';
import type { PlanNode } from '../plan/node.ts';
import type { AskShards, CacheableRead, FreshAnswer, Read, ReadBack } from '../plan/read.ts';
import type { BackupPage, BackupPageRequest, BackupScope, PastSurvey, StartedBackup } from '../protocol/backup.ts';
import type { ExplainedStatement, SampledChange, ShardStatus } from '../protocol/shard-rpc.ts';
import type { Idempotency } from '../protocol/write.ts';
import type { CopyScope, RestoreScope, ShardPreview, ShardRestores } from '../restore.ts';
import type { ShardKey } from '../shard-key.ts';
import type { ShardMap } from '../shard-map.ts';
import type { UndoneOperation, UndoPageRange } from '../undo.ts';
import type { Version } from '../version.ts';
import type { WriteRules } from '../write-rules.ts';

/** How a read would be made. */
export interface ExplainedRead {
  /** Names of the shards that would be asked. */
  readonly shards: readonly string[];
  /** How many there are in all. */
  readonly shardCount: number;
  /** What each of them would run. */
  readonly statements: readonly ExplainedStatement[];
}

export interface WriteOptions {
  /** Answered from the state right after the write; it costs no call of its own, and never fails the write. */
  readonly readBack?: ReadBack | null;
  readonly idempotency?: Idempotency | null;
  /** All is done and undone again: the answer is what it would be, at the version of the last commit. Nothing is read back. */
  readonly dryRun?: boolean;
  /** What the caller may do with the rows. Null or left out: everything. */
  readonly rules?: WriteRules | null;
}

/** What a write did. */
export interface WriteResult extends Commit {
  /** One per operation. */
  readonly results: readonly RowsWritten[];
  /** One per key of what was to be read back; null: nothing was, or it could not be. */
  readonly readBack: readonly FreshAnswer[] | null;
}

/** What a request cost so far. */
export interface ShardTrace {
  readonly shards: ReadonlySet<string>;
  readonly rpcs: number;
  readonly statements: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  /** Length of the answers to reads. */
  readonly charactersRead: number;
}

export interface ImportRow {
  readonly shardKey: ShardKey;
  readonly cells: readonly WireValue[];
}

export interface ImportResult extends ImportCounts {
  /** By index in the given rows, ascending. */
  readonly failures: readonly { readonly row: number; readonly error: WireError }[];
  /** The commits it took. */
  readonly commits: readonly Commit[];
}

/** What became of rows that were to be created. */
export interface RowsCreated {
  /** By row; null: its shard failed. */
  readonly outcomes: readonly (RowOutcome | null)[];
  /** The selection, by row; null: its shard failed, or the row is gone or cannot be named. Empty where nothing is selected. */
  readonly rows: readonly (RowAnswer | null)[];
  /** One per transaction: one for each shard, unless rows were moving. */
  readonly shards: readonly ShardCreated[];
}

/** What a shard did about its rows: all, or nothing. */
export interface ShardCreated {
  readonly shard: string;
  /** Indices of the rows, ascending. */
  readonly rows: readonly number[];
  /** Null: it failed, or it was a dry run. */
  readonly commit: Commit | null;
  /** Why it wrote nothing. An error may also say that it is in doubt. */
  readonly failure: {
    readonly error: ShardQLError;
    /** Index of the row that is to blame; null: none is. */
    readonly row: number | null;
    /** Which of the operations of a row with related ones is; null: the row itself. */
    readonly position: number | null;
  } | null;
}

export interface Commit {
  /** Name of the shard that committed it. */
  readonly shard: string;
  readonly version: Version;
  /** Of the shard's slots. */
  readonly epoch: number;
  /** Origin of its rows in the log, a UUID; null: it has changed nothing, and so there are none. */
  readonly origin: string | null;
}

export interface UndoResult extends UndoneOperation {
  /** One per shard that has committed it; those that have changed nothing have no origin. */
  readonly commits: readonly Commit[];
}

/** What a shard did about the shard keys that it was to publish. */
export interface Published {
  /** Those that it could not publish. */
  readonly left: readonly ShardKey[];
  /** Frequently read answers that the commits have invalidated. */
  readonly hot: readonly CacheableRead[];
}

/** What a shard tells of itself, or why it does not. */
export interface AskedShard {
  readonly shard: string;
  /** When it was told, in milliseconds since 1970. */
  readonly atMs: number;
  readonly status: ShardStatus | WireError;
}

/** Whether a shard answers. */
export interface PingedShard {
  readonly shard: string;
  /** Null: it does. */
  readonly error: WireError | null;
}

/**
 * All methods throw `ShardQLError` for expected failures. Reads of the same tick that go to the same shard travel in
 * one RPC; equal plans with equal values share one statement. Scatters are answered only from an exact cover of all
 * slots. Writes are applied exactly once, however often the client itself retries.
 */
export interface ShardClient {
  /** One answer per key, in order. */
  read<Node extends PlanNode>(read: Read<Node>): Promise<readonly AnswerOf<Node>[]>;
  /** The same, with what is known about the answers' age. */
  readonly readFresh: AskShards;
  /**
   * The outcome of work that waits for shards and perhaps for more, or that of `late` if it takes until `untilMs`, in milliseconds since 1970. The timer of
   * the request's deadline serves it.
   */
  endingBy<T>(untilMs: number, work: Promise<T>, late: () => T): Promise<T>;
  /** How a read would be made; reads nothing. Null in a key stands for an unknown value. */
  explain(read: Read): Promise<ExplainedRead>;
  /**
   * One transaction in the shard that owns `shardKey`. With `idempotency`, a request that was made before gets the rows and
   * the commit of the first one, and the transaction changes nothing.
   */
  write(shardKey: ShardKey, operations: readonly MutationOperation[], options?: WriteOptions): Promise<WriteResult>;
  /**
   * Creates rows of any shard keys in one transaction for each shard that owns some of them. A shard that fails does so
   * alone. With `idempotency`, those that have written before give their first answers.
   *
   * @throws ShardQLError if nothing was sent to any shard.
   */
  writeRows(rows: NewRows, options?: Omit<WriteOptions, 'readBack'>): Promise<RowsCreated>;
  /** The shard key under which a write was made with this idempotency id, in whichever shard; null: none was. */
  recall(id: string): Promise<ShardKey | null>;
  /**
   * Upserts rows by primary key, batched by shard; a failing row fails alone. `columns` names the cells. `importId` ties
   * calls together, so that `rewritten` counts the keys that they repeat with other values.
   */
  importRows(
    table: string,
    columns: readonly string[],
    rows: readonly ImportRow[],
    importId?: string,
  ): Promise<ImportResult>;
  /**
   * Undoes the operation of this id, in each shard that it wrote to. `range`: which rows are shown of each list; `dryRun`: all
   * is done and undone again. Throws if no shard could do anything.
   */
  undo(operationId: string, range: UndoPageRange, dryRun: boolean): Promise<UndoResult>;
  /** What a restore would do, shard by shard; nothing is written. */
  previewRestore(scope: RestoreScope, version: Version, range: UndoPageRange): Promise<readonly ShardPreview[]>;
  /** Begins to restore rows to what they were after the last commit up to this version, by a restore with this id. */
  startRestore(scope: RestoreScope, version: Version, id: string): Promise<void>;
  /** What a copy of a shard key's rows as of a version would have; nothing is written. */
  previewCopy(scope: CopyScope, version: Version): Promise<PastSurvey>;
  /** Begins to write rows as of a version under another shard key, by a restore with this id. */
  startCopy(scope: CopyScope, version: Version, id: string): Promise<void>;
  /** Begins to take a restore back, by another one with the id `newId`. */
  undoRestore(id: string, newId: string): Promise<void>;
  cancelRestore(id: string): Promise<void>;
  /** The latest restores of every shard. `continues`: their steps are made meanwhile, for a fraction of a second. */
  restores(continues: boolean): Promise<readonly ShardRestores[]>;
  /** What has been read so far is held no longer: it does not count any more for what the answers of all reads may take. */
  releaseAnswers(): void;
  /** A session's token names an epoch: if that is newer than the map, the map is renewed in the background. */
  observeEpoch(epoch: number): void;
  /** Lets the shard of this name publish what has changed under these shard keys. */
  publish(shard: string, shardKeys: readonly ShardKey[]): Promise<Published>;
  /** A few of the rows that a commit of the shard of this name changed. */
  sampleChanges(shard: string, version: Version): Promise<readonly SampledChange[]>;
  /** Lets the shard of this name keep what audits of its commits have found. */
  recordAudits(shard: string, counts: readonly AuditCount[]): Promise<void>;
  /** Begins a backup of all shards as of one moment, which has just passed. Throws if one of them cannot. */
  startBackup(scope: BackupScope): Promise<StartedBackup>;
  /** A page of the shard of this name. */
  /** Tells what is in the log and the books of a shard, which wakes it. */
  inspect<Question extends InspectionQuestion>(
    shard: string,
    question: Question,
  ): Promise<InspectionAnswers[Question['part']]>;
  backupPage(shard: string, request: BackupPageRequest): Promise<BackupPage>;
  /** As this isolate knows it, or the catalog; no shard is asked. */
  map(): Promise<ShardMap>;
  /** Whether the shards of these names could answer anything. Wakes those that sleep, and reads nothing. */
  ping(shards: readonly string[]): Promise<readonly PingedShard[]>;
  /** Asks all shards how they are, which wakes those that sleep. `countsRows`: see `StatusRequest`. */
  status(countsRows: boolean): Promise<readonly AskedShard[]>;
  readonly trace: ShardTrace;
}
