/** What clients are told while a shard is not at the schema of its release. Operators can ask for more. */
import { Migrating, ShardQLError } from '../../errors.ts';

/** When to come again while tables are rebuilt in steps. */
const STEPS_RETRY_MS = 5_000;

/** What clients see. Operators can ask for more: rows and statements are not every client's business. */
export const notMigrated = (): ShardQLError =>
  new ShardQLError(
    'MIGRATION_FAILED',
    'Expected rows at the schema of this release, but got some that are not migrated. "npm run shardql -- migrate status" tells why.',
    { retryable: true },
  );

/** What is pending takes longer than a request can wait. */
export const migrating = (): ShardQLError =>
  new Migrating(
    'Expected rows at the schema of this release, but got a shard that is migrating. Try again in a moment; "npm run shardql -- migrate status" tells how far it is.',
    STEPS_RETRY_MS,
  );
