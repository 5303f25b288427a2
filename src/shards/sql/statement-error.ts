import type { SqlSession } from './sql-session.ts';

/** What SQLite appends to its messages in a Durable Object: the result code, and the extended one if there is one. */
const RESULT_CODE = /: (SQLITE_[A-Z]+)(?: \(extended: (SQLITE_[A-Z_]+)\))?$/;

/** Codes that say nothing about a statement or its values: the storage below fails, and the object with it. */
const STORAGE_CODES: ReadonlySet<string> = new Set([
  ...['SQLITE_FULL', 'SQLITE_IOERR', 'SQLITE_NOMEM', 'SQLITE_INTERRUPT', 'SQLITE_BUSY', 'SQLITE_LOCKED'],
  ...['SQLITE_CANTOPEN', 'SQLITE_PROTOCOL', 'SQLITE_READONLY', 'SQLITE_NOTADB', 'SQLITE_CORRUPT'],
]);

/** A statement that SQLite refused, or could not run to its end. Its message is SQLite's, and may hold values. */
export class StatementError extends Error {
  override readonly name = 'StatementError';
  readonly sql: string;
  /** Number of its parameters. */
  readonly parameters: number;
  /** `SQLITE_CONSTRAINT_UNIQUE`: the extended result code where SQLite gives one. */
  readonly code: string;

  private constructor(cause: Error, sql: string, parameters: number, code: string) {
    super(cause.message, { cause });
    this.sql = sql;
    this.parameters = parameters;
    this.code = code;
  }

  /** The error of a statement; as it is, if it is about the storage or the platform. */
  static of(error: unknown, sql: string, bindings: readonly unknown[]): unknown {
    const match = error instanceof Error ? RESULT_CODE.exec(error.message) : null;
    if (match === null) return error;
    const [, code, extended] = match as unknown as [string, string, string | undefined];
    if (STORAGE_CODES.has(code) && extended !== 'SQLITE_CORRUPT_VTAB') return error;
    return new StatementError(error as Error, sql, bindings.length, extended ?? code);
  }

  /** What it says without the values that it may quote. */
  get reason(): string {
    return this.message.replace(/'[^']*'|"[^"]*"/g, '…');
  }

  /** `INSERT`, `UPDATE`, …. Only reads have common table expressions. */
  get kind(): string {
    const [word] = this.sql.trimStart().split(/\s/, 1) as [string];
    return word === 'WITH' ? 'SELECT' : word;
  }
}

/**
 * True if the statement itself is right, and an expression in it failed on the values it met (text that is no JSON, an
 * integer beyond 64 bits). SQLite has one code for this and for wrong SQL; but only the latter cannot be compiled.
 */
export function failedOnValues(session: Pick<SqlSession, 'rows'>, error: unknown): error is StatementError {
  if (!(error instanceof StatementError) || error.code !== 'SQLITE_ERROR' || error.message.startsWith('fts5:')) {
    return false;
  }
  try {
    session.rows(`EXPLAIN ${error.sql}`, ...new Array<null>(error.parameters).fill(null));
    return true;
  } catch {
    return false;
  }
}
