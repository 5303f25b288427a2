import type { SlotRange } from '../slots.ts';
import type { Version } from '../version.ts';

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
