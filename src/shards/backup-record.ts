/** What is known here of backups: the command line makes them, and tells the catalog once one is whole. */

export interface BackupRecord {
  /** A UUID. */
  readonly id: string;
  /** When it was whole, in milliseconds since 1970. */
  readonly atMs: number;
  /** Who has made it: the name of their credential, or their role. */
  readonly by: string;
  /** As who made it calls it: a folder of theirs, or `r2://<bucket>/<prefix>`. */
  readonly place: string;
  /** Of the last commits that are in it. */
  readonly version: number;
  readonly shards: number;
  readonly rows: number;
  /** Of its files. */
  readonly bytes: number;
  /** Of all rows, in hexadecimal digits. */
  readonly contentHash: string;
  /** Version of the backup that was brought up to date; null: all rows were copied. */
  readonly basedOn: number | null;
}

/** How many are kept: the latest ones. */
export const MAX_BACKUP_RECORDS = 200;
