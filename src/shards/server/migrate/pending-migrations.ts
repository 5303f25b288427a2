import type { Migration } from '../../../model/types.ts';
import { ShardQLError } from '../../errors.ts';
import type { AppliedMigration } from '../tables/migrations-table.ts';

/**
 * The migrations of the bundle that are still to be applied. Throws `MIGRATION_FAILED` if what was applied is not a
 * beginning of the bundle: the database belongs to a newer release, or a migration was edited after it was applied.
 */
export function pendingMigrations(
  bundled: readonly Migration[],
  applied: readonly AppliedMigration[],
): readonly Migration[] {
  for (const [index, { tag, hash }] of applied.entries()) {
    const expected = bundled[index];
    if (!expected) {
      throw new ShardQLError(
        'MIGRATION_FAILED',
        `Expected a database at most at the release's last migration, but got one at the newer ${tag}; deploy the release that brought it.`,
        { retryable: true },
      );
    }
    if (expected.tag !== tag || expected.hash !== hash) {
      throw new ShardQLError(
        'MIGRATION_FAILED',
        `Expected migration ${tag} as it was applied, but got ${expected.tag === tag ? 'other statements' : expected.tag}; restore the file and add a new migration instead.`,
      );
    }
  }
  return bundled.slice(applied.length);
}
