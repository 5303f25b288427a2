/** Why a migration cannot be applied: errors for operators about statements that fail and rows that do not fit. */
import type { CheckedColumn, PlannedMigration } from '../../migration-plan.ts';
import type { MigrationProblem } from '../../migration-report.ts';
import { plannedIndexName } from '../../sql/index-names.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import type { StatementError } from '../../sql/statement-error.ts';
import { danglingAfter, isForeignKeyFailure } from './dangling-rows.ts';
import { UNIQUE_INDEX_PREFIX } from './rebuild/copy-sql.ts';
import type { PlannedIndex, Rebuild } from './rebuild/rebuild.ts';
import { type RefusedRows, refusedRows, violationOf } from './refused-rows.ts';
import { parseUniqueIndex, shortSql, unquoted } from './sql-parts.ts';
import type { UnfitValues } from './unfit-values.ts';

/** Ends the transaction: nothing of it stays. */
export class MigrationRefused extends Error {
  readonly problems: readonly MigrationProblem[];

  constructor(problems: readonly MigrationProblem[]) {
    super(problems.map(({ message }) => message).join(' '));
    this.problems = problems;
  }
}

type Place = Pick<MigrationProblem, 'tag' | 'statement' | 'statements' | 'sql'>;

/** A statement, as it is shown. */
export const placeShown = (
  { tag, statements }: Pick<PlannedMigration, 'tag' | 'statements'>,
  index: number,
): Place => ({
  tag,
  statement: index + 1,
  statements: statements.length,
  sql: shortSql(statements[index]!),
});

/** Found after the statements had run. */
export const AFTERWARDS = { statement: null, statements: null, sql: null };

/** One problem per constraint that rows violate; one alone if nothing is known of the rows. Run after the statement failed. */
export function statementProblems(
  session: SqlSession,
  at: Place,
  sql: string,
  error: StatementError,
): readonly MigrationProblem[] {
  const violation = violationOf(error);
  const found = isForeignKeyFailure(error)
    ? danglingAfter(session, sql)
    : violation && rowsIfTold(() => refusedRows(session, sql));
  if (found && found.length > 0) return found.map((rows) => ({ ...at, ...ofRows(rows) }));
  if (violation) return [{ ...at, ...ofRows({ violation, rows: null, keys: [] }) }];
  const message = `Expected a statement that SQLite can run here, but got: ${reasonOf(error)}.`;
  return [{ ...at, kind: 'STATEMENT', table: null, constraint: null, rows: null, keys: [], message }];
}

/** The same for rows that the copy of a table does not take. How many there are is not known before all are copied. */
export const copyProblems = (
  session: SqlSession,
  rebuild: Pick<Rebuild, 'at' | 'indexes' | 'isReplaced'>,
  sql: string,
  error: StatementError,
): readonly MigrationProblem[] =>
  statementProblems(session, rebuild.at, sql, error).map((problem) => ({
    ...problem,
    ...(problem.kind === 'UNIQUE' && ofPlannedIndex(problem, rebuild)),
    rows: null,
  }));

/** A unique index of the copy has a name of its own; where the run makes the index, it is that statement which fails. */
function ofPlannedIndex(
  { table, constraint }: MigrationProblem,
  { indexes, isReplaced }: Pick<Rebuild, 'indexes' | 'isReplaced'>,
): Partial<MigrationProblem> {
  const name = plannedIndexName(constraint ?? '');
  const unique = indexes.filter(({ isUnique }) => isUnique);
  const ofName = name.startsWith(UNIQUE_INDEX_PREFIX)
    ? unique[Number.parseInt(name.slice(UNIQUE_INDEX_PREFIX.length), 10)]
    : unique.find((index) => index.name === name);
  const terms = ({ sql }: PlannedIndex) => parseUniqueIndex(sql)?.terms.map(unquoted).join(', ');
  const index = ofName ?? (isReplaced ? undefined : unique.find((each) => terms(each) === name));
  if (!index) return {};
  const violation = { kind: 'UNIQUE', constraint: index.name, table, terms: terms(index) ?? index.name } as const;
  const { message } = ofRows({ violation, rows: null, keys: [] });
  return { ...(!isReplaced && index.at), constraint: index.name, message };
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

/** What is told of rows that violate a constraint. */
export function ofRows({
  violation,
  rows,
  keys,
}: Omit<RefusedRows, 'rows'> & { readonly rows: number | null }): OfRows {
  const { kind, constraint, terms = constraint } = violation;
  const table = violation.table === null ? null : violation.table.replace(/^__(new|copy)_/, '');
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

/** What is told of values that are none of their column. */
export const valueProblem = (
  { table, column }: CheckedColumn,
  { rows, keys, reason }: UnfitValues,
): Omit<MigrationProblem, 'tag'> => ({
  ...AFTERWARDS,
  kind: 'VALUE',
  table,
  constraint: column.sqlName,
  ...{ rows, keys },
  message: `Expected values of ${table}.${column.sqlName} that the model declares, but got others. ${reason}`,
});
