/** What happens in the one transaction that brings a database to a release's tables, or shows why it cannot. */
import { isForeignKeysPragma } from '../../../model/foreign-keys-pragma.ts';
import type { Model } from '../../../model/types.ts';
import type { PlannedMigration } from '../../migration-plan.ts';
import type { MigrationProblem } from '../../migration-report.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import { StatementError } from '../../sql/statement-error.ts';
import { startClock } from '../clock.ts';
import { dropTriggers } from '../log/install-triggers.ts';
import { suspendSearch } from '../search/install-search.ts';
import { writeClock } from '../tables/clock-table.ts';
import { countRows } from '../tables/log-totals.ts';
import { lastMigration, recordMigration, supersedeMigrations } from '../tables/migrations-table.ts';
import { writeInstalledHash } from '../tables/system-table.ts';
import { isAdditive } from './additive.ts';
import { danglingRows } from './dangling-rows.ts';
import type { Pending } from './history.ts';
import {
  AFTERWARDS,
  MigrationRefused,
  ofRows,
  placeShown,
  statementProblems,
  valueProblem,
} from './migration-refused.ts';
import { withPresentIndexName } from './rebuild/index-naming.ts';
import { placeOf, type Rebuild } from './rebuild/rebuild.ts';
import { Swap } from './rebuild/swap.ts';
import { RowLog } from './row-log.ts';
import { rowEffect } from './sql-parts.ts';
import { unfitValues } from './unfit-values.ts';

export const wantsEnforcementOff = ({ steps }: Pending): boolean =>
  steps.some(({ migration, isSkipped }) => !isSkipped && migration.statements.some(isForeignKeysPragma));

/** What of it is run. */
export const migrationsToRun = ({ steps }: Pending): PlannedMigration[] =>
  steps.flatMap(({ migration, isSkipped }) => (isSkipped ? [] : [migration]));

/**
 * Runs and records the steps. Throws {@link MigrationRefused} if one fails, or if rows refer to nothing or hold values
 * that are none of their column when all are done: a later migration may mend what an earlier one left. What they change in
 * rows is one commit: it has a version, is logged, and gives the rows that version.
 *
 * @param copied rebuilds whose copies are there, but for the last rows.
 */
export function runMigrations(
  session: SqlSession,
  model: Model,
  pending: Pending,
  copied: readonly Rebuild[],
  nowMs: number,
): void {
  const { kept, steps } = pending;
  const run = migrationsToRun(pending);
  const { tag } = steps.at(-1)!.migration;
  const version = startClock(session, () => nowMs).next();
  const rows = countRows(session);
  const schemaBefore = lastMigration(session) ?? '';
  const rowLog = new RowLog(session, model, schemaBefore, () => writeClock(session, version, `migration ${tag}`, rows));
  const swap = new Swap(session, model, copied, { schema: schemaBefore, tag });
  // Until this or another release has completed what belongs to the tables.
  writeInstalledHash(session, '');
  dropTriggers(session);
  suspendSearch(
    session,
    run.flatMap(({ statements }) => statements.filter((statement) => !isForeignKeysPragma(statement))),
  );
  supersedeMigrations(session, kept);
  for (const { migration, isSkipped } of steps) {
    if (!isSkipped) runStatements(session, migration, rowLog, swap);
    recordMigration(session, migration, { isSkipped, isAdditive: isAdditive(migration.statements) }, nowMs);
  }
  rowLog.end();
  swap.end();
  const problems = [
    ...(wantsEnforcementOff(pending) ? danglingProblems(session, run, swap) : []),
    ...valueProblems(session, run, copied),
  ];
  if (problems.length > 0) throw new MigrationRefused(problems);
}

function runStatements(session: SqlSession, migration: PlannedMigration, rowLog: RowLog, swap: Swap): void {
  for (const [index, statement] of migration.statements.entries()) {
    if (isForeignKeysPragma(statement)) continue;
    try {
      if (!swap.takes(placeOf(migration, index))) rowLog.run(withPresentIndexName(session, statement));
    } catch (error) {
      // The storage, or the platform, has failed: that says nothing about the migration.
      if (!(error instanceof StatementError)) throw error;
      throw new MigrationRefused(statementProblems(session, placeShown(migration, index), statement, error));
    }
  }
}

/** Rebuilds that were copied in steps leave keys and references as they are: for these alone, not all rows are looked at. */
function danglingProblems(session: SqlSession, run: readonly PlannedMigration[], swap: Swap): MigrationProblem[] {
  const mayDangle = run.some((migration) =>
    migration.statements.some(
      (statement, index) => !swap.isPart(placeOf(migration, index)) && rowEffect(statement).kind !== 'none',
    ),
  );
  if (!mayDangle) return [];
  const tag = run.findLast(({ statements }) => statements.some(isForeignKeysPragma))!.tag;
  return danglingRows(session).map((rows) => ({ ...AFTERWARDS, tag, ...ofRows(rows) }));
}

function valueProblems(
  session: SqlSession,
  run: readonly PlannedMigration[],
  copied: readonly Rebuild[],
): MigrationProblem[] {
  const looked = new Set<string>();
  return run.flatMap(({ tag, checks }) =>
    checks.flatMap((check): MigrationProblem[] => {
      // Of these, each row was looked at when it was copied.
      if (copied.some(({ table }) => table === check.table)) return [];
      const name = `${check.table}.${check.column.sqlName}`;
      const unfit = looked.has(name) ? null : unfitValues(session, check);
      looked.add(name);
      return unfit === null ? [] : [{ ...valueProblem(check, unfit), tag }];
    }),
  );
}
