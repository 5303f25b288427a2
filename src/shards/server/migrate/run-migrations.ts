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
import { danglingAfter, danglingRows, isForeignKeyFailure } from './dangling-rows.ts';
import type { Pending } from './history.ts';
import { type RefusedRows, refusedRows, violationOf } from './refused-rows.ts';
import { RowLog } from './row-log.ts';
import { shortSql } from './sql-parts.ts';
import { unfitValues } from './unfit-values.ts';

/** Ends the transaction: nothing of it stays. */
export class MigrationRefused extends Error {
  readonly problems: readonly MigrationProblem[];

  constructor(problems: readonly MigrationProblem[]) {
    super(problems.map(({ message }) => message).join(' '));
    this.problems = problems;
  }
}

export const wantsEnforcementOff = ({ steps }: Pending): boolean =>
  steps.some(({ migration, isSkipped }) => !isSkipped && migration.statements.some(isForeignKeysPragma));

/**
 * Runs and records the steps. Throws {@link MigrationRefused} if one fails, or if rows refer to nothing or hold values
 * that are none of their column when all are done: a later migration may mend what an earlier one left. What they change in
 * rows is one commit: it has a version, is logged, and gives the rows that version.
 */
export function runMigrations(session: SqlSession, model: Model, pending: Pending, nowMs: number): void {
  const { kept, steps } = pending;
  const run = steps.flatMap(({ migration, isSkipped }) => (isSkipped ? [] : [migration]));
  const { tag } = steps.at(-1)!.migration;
  const version = startClock(session, () => nowMs).next();
  const rows = countRows(session);
  const schemaBefore = lastMigration(session) ?? '';
  const rowLog = new RowLog(session, model, schemaBefore, () => writeClock(session, version, `migration ${tag}`, rows));
  // Until this or another release has completed what belongs to the tables.
  writeInstalledHash(session, '');
  dropTriggers(session);
  suspendSearch(
    session,
    run.flatMap(({ statements }) => statements.filter((statement) => !isForeignKeysPragma(statement))),
  );
  supersedeMigrations(session, kept);
  for (const { migration, isSkipped } of steps) {
    if (!isSkipped) runStatements(session, migration, rowLog);
    recordMigration(session, migration, { isSkipped, isAdditive: isAdditive(migration.statements) }, nowMs);
  }
  rowLog.end();
  const problems = [
    ...(wantsEnforcementOff(pending) ? danglingProblems(session, run) : []),
    ...valueProblems(session, run),
  ];
  if (problems.length > 0) throw new MigrationRefused(problems);
}

function runStatements(session: SqlSession, migration: PlannedMigration, rowLog: RowLog): void {
  for (const [index, statement] of migration.statements.entries()) {
    if (isForeignKeysPragma(statement)) continue;
    try {
      rowLog.run(statement);
    } catch (error) {
      // The storage, or the platform, has failed: that says nothing about the migration.
      if (!(error instanceof StatementError)) throw error;
      throw new MigrationRefused(statementProblems(session, migration, index, error));
    }
  }
}

/** One problem per constraint that rows violate; one alone if nothing is known of the rows. */
function statementProblems(
  session: SqlSession,
  { tag, statements }: PlannedMigration,
  index: number,
  error: StatementError,
): MigrationProblem[] {
  const sql = statements[index]!;
  const at = { tag, statement: index + 1, statements: statements.length, sql: shortSql(sql) };
  const violation = violationOf(error);
  const found = isForeignKeyFailure(error)
    ? danglingAfter(session, sql)
    : violation && rowsIfTold(() => refusedRows(session, sql));
  if (found && found.length > 0) return found.map((rows) => ({ ...at, ...ofRows(rows) }));
  if (violation) return [{ ...at, ...ofRows({ violation, rows: null, keys: [] }) }];
  const message = `Expected a statement that SQLite can run here, but got: ${reasonOf(error)}.`;
  return [{ ...at, kind: 'STATEMENT', table: null, constraint: null, rows: null, keys: [], message }];
}

/** To look for the rows must not hide why the statement failed. */
function rowsIfTold(look: () => readonly RefusedRows[]): readonly RefusedRows[] {
  try {
    return look();
  } catch {
    return [];
  }
}

type OfRows = Pick<MigrationProblem, 'kind' | 'table' | 'constraint' | 'rows' | 'keys' | 'message'>;

function ofRows({ violation, rows, keys }: Omit<RefusedRows, 'rows'> & { readonly rows: number | null }): OfRows {
  const { kind, constraint, terms = constraint } = violation;
  const table = violation.table === null ? null : violation.table.replace(/^__new_/, '');
  return { kind, table, constraint, rows, keys, message: MESSAGES[kind](table ?? 'the table', terms) };
}

const MESSAGES: Readonly<Record<RefusedRows['violation']['kind'], (table: string, constraint: string) => string>> = {
  NOT_NULL: (table, column) => `Expected every row of ${table} to have a value in ${column}, but got NULL.`,
  UNIQUE: (table, key) => `Expected rows of ${table} that differ in ${key}, but got some that are equal.`,
  CHECK: (table, check) => `Expected every row of ${table} to satisfy the check ${check}, but got some that do not.`,
  FOREIGN_KEY: (table, key) =>
    `Expected every row of ${table} to refer to a row (${key}), but got some that refer to none.`,
};

/** SQLite's words, without its codes. */
const reasonOf = ({ message }: StatementError): string => message.replace(/: SQLITE_\w+.*$/s, '').replace(/\.$/, '');

function danglingProblems(session: SqlSession, run: readonly PlannedMigration[]): MigrationProblem[] {
  const tag = run.findLast(({ statements }) => statements.some(isForeignKeysPragma))!.tag;
  return danglingRows(session).map((rows) => ({ ...AFTERWARDS, tag, ...ofRows(rows) }));
}

const AFTERWARDS = { statement: null, statements: null, sql: null };

function valueProblems(session: SqlSession, run: readonly PlannedMigration[]): MigrationProblem[] {
  const looked = new Set<string>();
  return run.flatMap(({ tag, checks }) =>
    checks.flatMap((check): MigrationProblem[] => {
      const name = `${check.table}.${check.column.sqlName}`;
      const unfit = looked.has(name) ? null : unfitValues(session, check);
      looked.add(name);
      if (unfit === null) return [];
      const { rows, keys, reason } = unfit;
      const message = `Expected values of ${name} that the model declares, but got others. ${reason}`;
      return [
        {
          ...AFTERWARDS,
          tag,
          kind: 'VALUE',
          table: check.table,
          constraint: check.column.sqlName,
          rows,
          keys,
          message,
        },
      ];
    }),
  );
}
