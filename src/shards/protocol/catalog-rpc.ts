import type { ApiKey, NewApiKey } from '../api-key.ts';
import type { AuditEntry, NewAuditEntry } from '../audit.ts';
import type { BackupRecord } from '../backup-record.ts';
import type { BookmarkPreview, BookmarkRequest, BookmarkRestore } from '../bookmark.ts';
import type { DeadLetter, NewDeadLetter } from '../dead-letter.ts';
import type { FleetMigrationReport, MigrationProgress } from '../migration-report.ts';
import type { ShardKey } from '../shard-key.ts';
import type { ShardMap } from '../shard-map.ts';
import type { ShardPlace } from '../shard-place.ts';
import type { SlotRange } from '../slots.ts';
import type { Refusal } from './refusal.ts';
import type { MigrationRequest } from './shard-rpc.ts';

/** Name of the one catalog object. */
export const CATALOG_NAME = 'catalog';

export interface FleetMigrationRequest extends MigrationRequest {
  /** Try again also where that failed a moment ago. */
  readonly insists: boolean;
  /** Greatest number of shards that are asked at once. Absent: the default. */
  readonly atOnce?: number | undefined;
}

export interface CatalogRpc {
  /**
   * The map now. The first call ever makes it, with `shardCount` shards, and grants the slots to the shards before it
   * answers; later calls ignore `shardCount`.
   */
  map(shardCount: number): Promise<ShardMap>;
  /** Moves ownership of slots (empty of rows, or after their rows were copied) to another shard. New epoch. */
  assign(slots: SlotRange, shardName: string): Promise<ShardMap>;
  /**
   * Gives shard keys a shard of their own, or takes them back to that of their hash; refuses if there are rows of any. Once begun it goes on by
   * itself. New epoch.
   */
  placeKeys(request: PlaceKeysRequest): Promise<KeysPlaced | Refusal>;
  /** Keeps dead letters, durably; those that are kept already, by id, are not added again. */
  keepDeadLetters(letters: readonly NewDeadLetter[]): Promise<void>;
  /** Up to a hundred dead letters after `seq`, oldest first. */
  deadLetters(seq: number): Promise<readonly DeadLetter[]>;
  /** Those of these ids that are there, up to a hundred, oldest first. */
  findDeadLetters(ids: readonly string[]): Promise<readonly DeadLetter[]>;
  deadLetterCount(): Promise<number>;
  removeDeadLetters(seqs: readonly number[]): Promise<void>;
  /** The API key whose text has this hash, expired and revoked ones too. */
  apiKey(hash: string): Promise<ApiKey | null>;
  /** All there ever were, oldest first. */
  apiKeys(): Promise<readonly ApiKey[]>;
  /** False: a key that is not revoked has the name already, and nothing was kept. */
  addApiKey(key: NewApiKey): Promise<boolean>;
  /** False: no key that is not revoked has the name. */
  revokeApiKey(name: string): Promise<boolean>;
  /** Keeps what an operator did. An action that is recorded once an hour is not added again. */
  recordAudit(entry: NewAuditEntry): Promise<void>;
  /** Up to `limit` entries before `seq`, latest first. */
  auditLog(seq: number, limit: number): Promise<readonly AuditEntry[]>;
  /** Keeps that a backup is whole; one that is there already, by its id, is not added again. */
  recordBackup(record: BackupRecord): Promise<void>;
  /** Latest first. */
  backups(limit: number): Promise<readonly BackupRecord[]>;
  /** False: it is not there. */
  forgetBackup(id: string): Promise<boolean>;
  /** Tries the plan in all shards, and takes it back. */
  checkMigrations(request: MigrationRequest): Promise<FleetMigrationReport>;
  /**
   * Tries the plan in all shards and then, if none refuses, applies it to all. Callers with the same plan share one run.
   * A run that ended half way is gone on with by the next one.
   */
  migrate(request: FleetMigrationRequest): Promise<FleetMigrationReport>;
  /** How far the run is that is under way; null: none is. */
  migrationProgress(): Promise<MigrationProgress | null>;
  /** What going back to a bookmark would mean for a shard. */
  previewBookmark(request: BookmarkRequest): Promise<BookmarkPreviewed | Refusal>;
  /**
   * Takes the whole database of a shard back, in maintenance only. Answers once it has ended, or after some seconds, and goes on by
   * itself; refuses before anything is changed.
   */
  restoreBookmark(request: BookmarkRequest): Promise<BookmarkBegun | Refusal>;
  /** Those of the last 30 days, latest first. */
  bookmarkRestores(): Promise<readonly BookmarkRestore[]>;
  /** Whether the shard whose object has this id is being taken back. */
  isRestoring(objectId: string): Promise<boolean>;
}

export interface PlaceKeysRequest {
  readonly shardKeys: readonly ShardKey[];
  /** The last shard that was made in a place, or a shard by its name. Null: the one of their hash. */
  readonly to: ShardPlace | { readonly shard: string } | null;
}

/** The map has them where they should be. */
export interface KeysPlaced {
  readonly status: 'OK';
  readonly map: ShardMap;
}

export interface BookmarkPreviewed {
  readonly status: 'OK';
  readonly preview: BookmarkPreview;
}

export interface BookmarkBegun {
  readonly status: 'OK';
  readonly restore: BookmarkRestore;
}
