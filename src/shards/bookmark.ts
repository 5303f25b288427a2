/**
 * Bookmarks: moments of a shard's whole database that the platform keeps for 30 days, and restores to one. What a restore does is
 * coordinated by the catalog (`catalog/bookmark-restores.ts`): no database can know by itself that it went back.
 */
import { ShardQLError } from './errors.ts';
import type { Version } from './version.ts';

/** How long the platform keeps them, in milliseconds (developers.cloudflare.com/durable-objects/api/sqlite-storage-api: 30 days). */
export const MAX_BOOKMARK_AGE_MS = 30 * 86_400_000;

/** A moment of a shard: a time, for which a bookmark is to be found, or one for which it is known. */
export interface BookmarkPoint {
  readonly bookmark: string | null;
  /** In milliseconds since 1970. */
  readonly timeMs: number;
}

/** A time, in milliseconds since 1970; or the bookmark that undoes an earlier restore. */
export type BookmarkTarget = { readonly timeMs: number } | { readonly undoBookmark: string };

export interface BookmarkRequest {
  /** Name of the shard. */
  readonly shard: string;
  readonly target: BookmarkTarget;
}

/** What a shard has from after a moment, as far as its log tells. */
export interface LostSince {
  /** Rows written; null: the log does not reach back so far. */
  readonly changes: number | null;
  /** Version of the first commit after the moment; null: there is none, or it is not known. */
  readonly firstVersion: Version | null;
  /** Tags of the migrations that were applied: they will be pending again. */
  readonly migrations: readonly string[];
}

/** What a restore would go back to. */
export interface BookmarkPreview {
  readonly shard: string;
  readonly bookmark: string;
  /** In milliseconds since 1970. */
  readonly timeMs: number;
  readonly lost: LostSince;
  /** Of the shard's last commit. */
  readonly lastVersion: Version;
  /** How long answers may stay in caches that were given before, in milliseconds. */
  readonly cachedForMs: number;
}

/**
 * `FENCING`: the shard is giving its slots up. `RESTORING`: it is asked to start again with the database of then. `GRANTING`: it gets the
 * slots back. `RESTORED`: it serves. `REFUSED`: it serves too, and nothing has gone back.
 */
export type BookmarkRestoreState = 'FENCING' | 'RESTORING' | 'GRANTING' | 'RESTORED' | 'REFUSED';

export const hasEnded = (state: BookmarkRestoreState): boolean => state === 'RESTORED' || state === 'REFUSED';

/** A restore of a shard to a bookmark. Times are milliseconds since 1970. */
export interface BookmarkRestore extends BookmarkPoint {
  readonly id: number;
  readonly shard: string;
  readonly bookmark: string;
  readonly state: BookmarkRestoreState;
  readonly beganAtMs: number;
  /** Null: it has not ended. */
  readonly endedAtMs: number | null;
  /** Restoring it takes the restore back. Null: nothing has gone back yet. */
  readonly undoBookmark: string | null;
  /** Of the shard's last commit before: all later ones are greater. Null: it is not known yet. */
  readonly version: Version | null;
  /** From then on no cache has an answer from before. Null: it is not known yet. */
  readonly safeAtMs: number | null;
  /** Why nothing has gone back; null: it has, or may yet. */
  readonly reason: string | null;
}

export const notInMaintenance = (): ShardQLError =>
  new ShardQLError(
    'CONFLICT',
    'Expected a deployment in maintenance, but got one that serves; deploy it with SHARDQL_MAINTENANCE=true, and ask again.',
  );
