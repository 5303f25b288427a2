import { ShardQLError } from '../../../errors.ts';
import { restorableSinceMs } from '../../../restorable-since.ts';
import { type Version, versionToMs } from '../../../version.ts';

const timeOf = (version: Version): string => new Date(versionToMs(version)).toISOString();

/** `since`: version of the last commit that is gone for good. */
export const beyondLog = (version: Version, since: Version): ShardQLError =>
  new ShardQLError(
    'BAD_USER_INPUT',
    `Expected a time from ${new Date(restorableSinceMs(since) ?? 0).toISOString()} on, since which this shard still has all changes, but got ${timeOf(version)}.`,
  );

export const missingObject = (key: string): ShardQLError =>
  new ShardQLError(
    'ARCHIVE_UNREADABLE',
    `Expected the object "${key}" in the bucket of the log archive, but got none; put it back, or choose a later time.`,
  );

export const damagedObject = (key: string): ShardQLError =>
  new ShardQLError(
    'ARCHIVE_UNREADABLE',
    `Expected the object "${key}" of the log archive as it was written, but got other bytes; put it back from a copy, or choose a later time.`,
  );

export const archiveUnavailable = (key: string): ShardQLError =>
  new ShardQLError(
    'SHARD_UNAVAILABLE',
    `Expected an answer of the bucket of the log archive for "${key}", but got none; try again.`,
    { retryable: true },
  );

export const tooMuchToRecall = (bytes: number, maxBytes: number): ShardQLError =>
  new ShardQLError(
    'OPERATION_LIMIT_EXCEEDED',
    `Expected at most ${maxBytes.toLocaleString('en-US')} bytes of changes to be brought back from the log archive, as log.maxBytes says, but got ${bytes.toLocaleString('en-US')}; choose a later time.`,
  );

export const noRoomToRecall = (shard: string, bytes: number, left: number): ShardQLError =>
  new ShardQLError(
    'SHARD_FULL',
    `Expected ${shard} to have room for ${Math.ceil(bytes).toLocaleString('en-US')} bytes of changes from the log archive, but got ${Math.floor(left).toLocaleString('en-US')}. Choose a later time, or delete or purge rows first.`,
    { retryable: false },
  );
