/** Restores to a point in time: what is asked of shards, and what they tell. */
import type { WireError } from './errors.ts';
import type { ShardKey } from './shard-key.ts';
import type { ShownRow, UndoPage } from './undo.ts';
import type { Version } from './version.ts';

/**
 * `RUNNING`: rows are being taken back. `DONE`: they are as they were. `UNDONE`: they were, until another restore has undone it.
 * `CANCELLING`: what was taken back is made again. `CANCELLED`: all is as it was before the restore.
 */
export const RESTORE_STATES = ['RUNNING', 'DONE', 'UNDONE', 'CANCELLING', 'CANCELLED'] as const;

export type RestoreState = (typeof RESTORE_STATES)[number];

/** Rows are being written, and nobody else reads or writes those of its shard keys. */
export const OPEN_RESTORE_STATES: readonly RestoreState[] = ['RUNNING', 'CANCELLING'];

/** What a restore copies instead of taking rows back in place. */
interface CopySource {
  /** Whose rows. */
  readonly shardKey: ShardKey;
  /** Name of the shard that they are on. */
  readonly shard: string;
}

/** A restore in one shard. */
export interface ShardRestore {
  /** A UUID, which all shards of the restore have in common. */
  readonly id: string;
  /** Null: all shard keys of the shard. */
  readonly shardKeys: readonly ShardKey[] | null;
  /** What rows go back to: the state after the last commit up to this version. */
  readonly target: Version;
  readonly state: RestoreState;
  /** Version of the last commit before it. */
  readonly startVersion: Version;
  /** Of the last commit when it ended; null: it has not. */
  readonly endVersion: Version | null;
  /** Changes to take back, and how many of them are. Of a copy: rows that were read so far, and how many of them are written. */
  readonly total: number;
  readonly takenBack: number;
  readonly beganAtMs: number;
  /** Null: it has not ended. */
  readonly endedAtMs: number | null;
  /** Id of the restore that it takes back; null: it is none of those. */
  readonly undoes: string | null;
  /** Id of the restore that has taken it back; null: none has, or that one was taken back itself. */
  readonly undoneBy: string | null;
  /** Its rows are copied from there; null: they go back in place. */
  readonly copyOf: CopySource | null;
  /** Why a copy has turned round by itself, or why the last step of an open restore has failed; null: neither has happened. */
  readonly problem: WireError | null;
}

/** What is to be restored in one shard. */
export type RestoreTarget = InPlaceTarget | CopyTarget;

/** Rows that are to go back to a version; or the restore that is to be taken back. */
export type InPlaceTarget =
  | {
      /** Null: all shard keys of the shard. */
      readonly shardKeys: readonly ShardKey[] | null;
      readonly version: Version;
    }
  | { readonly undoes: string };

/** Rows as of a version are to be written under a shard key that has none. */
export interface CopyTarget {
  readonly copyOf: CopySource;
  readonly as: ShardKey;
  readonly version: Version;
}

/** What a restore would do in one shard. */
export interface RestorePreview {
  /** Changes in the log that would be taken back. */
  readonly changes: number;
  /** Rows that differ between now and then; null: there are too many changes to look at each. */
  readonly rows: RestoredRows | null;
}

/** How many rows a restore changes. Several changes of a row are one. */
export interface RestoredCounts {
  /** Rows that are gone, and would be there again. */
  readonly restored: number;
  readonly updated: number;
  /** Rows that have come since, and would be gone. */
  readonly deleted: number;
}

/** Rows that a restore changes. */
export interface RestoredRows extends RestoredCounts {
  /** The same by table, by its GraphQL type; those of which no row changes are left out. */
  readonly byTable: Readonly<Record<string, RestoredCounts>>;
  readonly page: UndoPage<ShownRow>;
}

/** What a shard tells of restores, or why it does not. */
export type ShardRestores = { readonly shard: string } & (
  | { readonly restores: readonly ShardRestore[] }
  | { readonly error: WireError }
);

/** What is to be restored: some shard keys, a shard, or everything. */
export type RestoreScope = { readonly shardKeys: readonly ShardKey[] } | { readonly shard: string } | 'all';

/** Rows of a shard key, which are to be copied under another one. */
export interface CopyScope {
  readonly shardKey: ShardKey;
  readonly as: ShardKey;
}

/** Of one shard, what a restore would do. */
export interface ShardPreview extends RestorePreview {
  readonly shard: string;
}
