/** What is pending in a database, and what stands in the way before anything is tried. */
import type { MigrationPlan } from '../../migration-plan.ts';
import { type MigrationProblem, UNKNOWN_PLACE } from '../../migration-report.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import { readMigrations } from '../tables/migrations-table.ts';
import { readOpenRestores } from '../tables/restores-table.ts';
import { type Pending, pendingMigrations } from './history.ts';

export function pendingOf({ migrations }: MigrationPlan, session: SqlSession): Pending | MigrationProblem {
  const pending = pendingMigrations(migrations, readMigrations(session));
  return 'message' in pending ? { kind: 'HISTORY', ...UNKNOWN_PLACE, ...pending } : pending;
}

/** A restore writes to the tables that it has begun with. */
export function restoreProblem(session: SqlSession): MigrationProblem | null {
  const [restore] = readOpenRestores(session);
  if (restore === undefined) return null;
  const message = `Expected no restore under way, but got "${restore.id}". Run the release before until it has ended, or cancel it there.`;
  return { kind: 'RESTORE', ...UNKNOWN_PLACE, message };
}

/** The copy of a table is stopped before the database is full: the shard goes on. */
export const fullProblem = (table: string): MigrationProblem => ({
  kind: 'FULL',
  ...UNKNOWN_PLACE,
  table,
  message: `Expected room for a copy of ${table}, which is rebuilt, but got a shard that is full. Delete or purge rows with the release before, then run the migration again: it goes on where it was.`,
});

export const isProblem = (pending: Pending | MigrationProblem): pending is MigrationProblem => 'message' in pending;

export const NOTHING_PENDING = { pending: [], skipped: [] };

export const tagsOf = ({ steps }: Pending) => ({
  pending: steps.filter(({ isSkipped }) => !isSkipped).map(({ migration }) => migration.tag),
  skipped: steps.filter(({ isSkipped }) => isSkipped).map(({ migration }) => migration.tag),
});
