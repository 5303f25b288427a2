/** What operators may see of a shard's log and books: a page of its changes, one commit, one shard key. */
import type { ShardKey } from './shard-key.ts';
import type { ShownValues } from './undo.ts';
import type { Version } from './version.ts';

/** Greatest number of changes of a page. */
export const MAX_CHANGES_PAGE = 100;

/** A place in the log of a shard: right after a change, or after all changes of a commit. */
export interface LogPosition {
  readonly version: Version;
  /** Null: the whole commit. */
  readonly seq: number | null;
}

export interface ChangesQuestion {
  readonly part: 'changes';
  /** Of this shard key alone; null: of all. */
  readonly shardKey: ShardKey | null;
  /** Of the table with this name in SQL alone; null: of all. */
  readonly table: string | null;
  /** Beyond it, in the order asked for. Null: from the end of the log that comes first. */
  readonly after: LogPosition | null;
  readonly newestFirst: boolean;
  /** At most {@link MAX_CHANGES_PAGE}. */
  readonly limit: number;
}

export interface CommitQuestion {
  readonly part: 'commit';
  /** Id of the operation that has made it, as the log has it. */
  readonly origin: string;
  readonly version: Version;
}

interface KeyQuestion {
  readonly part: 'key';
  readonly shardKey: ShardKey;
}

export type InspectionQuestion = ChangesQuestion | CommitQuestion | KeyQuestion;

export interface InspectedChange {
  readonly seq: number;
  readonly version: Version;
  readonly origin: string;
  /** GraphQL type; of a table that the model does not have any more, the name in SQL. */
  readonly table: string;
  readonly key: ShownValues;
  readonly shardKey: ShardKey;
  readonly op: 'insert' | 'update' | 'delete';
  /** Of an update, the columns that it has changed; null: there was no row. */
  readonly before: ShownValues | null;
  /** The same after the change. Null: the row was gone, or {@link isAfterKnown} is false. */
  readonly after: ShownValues | null;
  /** False: so much was changed since that looking for it would take too long. */
  readonly isAfterKnown: boolean;
}

/** A part of the changes. Fewer than asked for, or none, may come where others lie between them, or they are large. */
export interface InspectedChanges {
  readonly changes: readonly InspectedChange[];
  /** Where to go on; null: there are no more. */
  readonly next: LogPosition | null;
  /** The log has all commits after this version; 0: all there ever were. */
  readonly since: Version;
}

/** How many rows of a table a commit has changed. */
export interface TableChangeCounts {
  /** As in {@link InspectedChange}. */
  readonly table: string;
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
}

/** `TRIMMED`: the log does not reach back so far. `UNKNOWN`: it has no such commit, or it is that of another operation. */
export type CommitState = 'LOGGED' | 'TRIMMED' | 'UNKNOWN';

export interface InspectedCommit {
  readonly state: CommitState;
  readonly tables: readonly TableChangeCounts[];
  /** Some of those whose rows it has changed. */
  readonly shardKeys: readonly ShardKey[];
  /** Tag of the last migration when it was made; null: not known. */
  readonly migration: string | null;
}

export interface InspectedKey {
  /** It has rows, or once had some. */
  readonly isKnown: boolean;
  /** Caches have not been told of all of its changes. */
  readonly isUnpublished: boolean;
  /** Until when answers of it may be in caches, in milliseconds since 1970; null: there is no trace of any. */
  readonly cachedUntilMs: number | null;
}

/** What each question is answered. */
export interface InspectionAnswers {
  readonly changes: InspectedChanges;
  readonly commit: InspectedCommit;
  readonly key: InspectedKey;
}
