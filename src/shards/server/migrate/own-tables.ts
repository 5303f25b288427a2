import type { Migration } from '../../../model/types.ts';
import { OtherRelease } from '../../errors.ts';
import type { ReadSession } from '../../sql/sql-session.ts';
import { readMigrations } from '../tables/migrations-table.ts';
import { newerMigrations } from './history.ts';

/**
 * Holds what handles whole rows by the model to a database whose tables are those of the model. In one that a newer release has added to,
 * it would leave out what was added: the new columns of a row that comes back, the rows of a new table.
 *
 * @param what that is, in the plural.
 * @throws OtherRelease
 */
export function requireOwnTables(session: ReadSession, migrations: readonly Migration[], what: string): void {
  if (migrations.length === 0) return;
  const newest = newerMigrations(migrations, readMigrations(session)).at(-1);
  if (newest === undefined) return;
  throw new OtherRelease(
    `Expected the release that has migration ${newest.tag} for ${what}, but got an older one, which does not know all columns. Deploy that release again, or wait until it is everywhere.`,
  );
}
