import type { Model } from '../../../model/types.ts';
import type { MigrationProblem } from '../../migration-report.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import { withoutForeignKeys } from './foreign-key-enforcement.ts';
import type { Pending } from './history.ts';
import { MigrationRefused } from './migration-refused.ts';
import type { Rebuild } from './rebuild/rebuild.ts';
import { runMigrations, wantsEnforcementOff } from './run-migrations.ts';

interface Run {
  readonly model: Model;
  readonly pending: Pending;
  /** Tables whose copies are there, but for the last rows. */
  readonly copied: readonly Rebuild[];
  readonly nowMs: number;
}

/**
 * Runs what is pending in one transaction, and gives what stands in its way. It is taken back then; and always, if `complete` is null, which
 * ends the transaction otherwise.
 */
export async function tryMigrations(
  storage: DurableObjectStorage,
  session: SqlSession,
  { model, pending, copied, nowMs }: Run,
  complete: (() => void) | null,
): Promise<readonly MigrationProblem[]> {
  const transaction = (): readonly MigrationProblem[] => {
    try {
      storage.transactionSync(() => {
        runMigrations(session, model, pending, copied, nowMs);
        if (complete === null) throw new MigrationRefused([]);
        complete();
      });
      return [];
    } catch (error) {
      if (!(error instanceof MigrationRefused)) throw error;
      session.run('PRAGMA defer_foreign_keys = OFF');
      return error.problems;
    }
  };
  // A copy takes the place of a table that others refer to.
  const isOff = wantsEnforcementOff(pending) || copied.length > 0;
  return isOff ? await withoutForeignKeys(storage, session, transaction) : transaction();
}
