import type { WorkCounts } from '../protocol/envelope.ts';
import { keepText, presentText, withOtherIndexName } from './index-names.ts';
import { rowCountsOf } from './row-counts.ts';
import { StatementError } from './statement-error.ts';
import { StatementLog } from './statement-log.ts';
import { type TimeLimit, timeIsOver } from './time-limit.ts';

type Cursor = SqlStorageCursor<Record<string, SqlStorageValue>>;

/** A statement that names more indexes which the database has by other names fails. */
const MAX_INDEXES = 16;

/** A session for those who only read. */
export type ReadSession = Pick<SqlSession, 'rows' | 'rowsWhile' | 'each' | 'row' | 'counts' | 'within'>;

/**
 * Every statement of a shard goes through a session: it runs prepared, constant SQL to its end (so that SQLite's
 * statement cache gets the statement back) and counts what the platform bills. One session per RPC.
 */
export class SqlSession {
  readonly #sql: SqlStorage;
  /** Of all sessions. */
  readonly #all: ReturnType<typeof rowCountsOf>;
  #statements = 0;
  #rowsRead = 0;
  #rowsWritten = 0;
  #limit: TimeLimit | null = null;
  /** Null: nobody wants to know what each statement did. */
  #log: StatementLog | null = null;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.#all = rowCountsOf(sql);
  }

  /** From now on, {@link counts} tells what each statement did. */
  tell(wallClock: () => number): void {
    this.#log = new StatementLog(wallClock);
  }

  /**
   * Runs work whose statements begin while there is time. Once it is over none does, so that work which takes a failure for that of a row
   * fails with its last statement. Null: there is no limit.
   *
   * @param limit made when the session was.
   * @throws ShardQLError DEADLINE_EXCEEDED once the time is over.
   */
  within<T>(limit: TimeLimit | null, work: () => T): T {
    this.#limit = limit;
    try {
      return work();
    } finally {
      this.#limit = null;
    }
  }

  /** Rows as arrays in column order. SQL text must be constant per shape: workerd caches statements by the string itself. */
  rows(sql: string, ...bindings: SqlStorageValue[]): SqlStorageValue[][] {
    this.#requireTime();
    try {
      const cursor = this.#exec(sql, bindings);
      const rows = [...cursor.raw()] as SqlStorageValue[][];
      this.#count(cursor, sql);
      return rows;
    } catch (error) {
      throw StatementError.of(error, sql, bindings);
    }
  }

  /** The same as long as the test is true of each; null as soon as it is not. */
  rowsWhile(
    test: (row: SqlStorageValue[]) => boolean,
    sql: string,
    ...bindings: SqlStorageValue[]
  ): SqlStorageValue[][] | null {
    this.#requireTime();
    try {
      const cursor = this.#exec(sql, bindings);
      const rows: SqlStorageValue[][] = [];
      let isWhole = true;
      for (const row of cursor.raw() as Iterable<SqlStorageValue[]>) {
        isWhole = test(row);
        if (!isWhole) break;
        rows.push(row);
      }
      this.#count(cursor, sql);
      return isWhole ? rows : null;
    } catch (error) {
      throw StatementError.of(error, sql, bindings);
    }
  }

  /** Gives rows one by one, for results too large to hold. Must be read to its end or closed (`for … of` does both). */
  *each(sql: string, ...bindings: SqlStorageValue[]): Generator<SqlStorageValue[], void, undefined> {
    const attempt = <T>(step: () => T): T => {
      try {
        return step();
      } catch (error) {
        throw StatementError.of(error, sql, bindings);
      }
    };
    this.#requireTime();
    const cursor = attempt(() => this.#exec(sql, bindings));
    try {
      // Step by step: what the reader of a row throws is no failure of the statement.
      const rows = cursor.raw() as IterableIterator<SqlStorageValue[]>;
      for (let next = attempt(() => rows.next()); !next.done; next = attempt(() => rows.next())) yield next.value;
    } finally {
      this.#count(cursor, sql);
    }
  }

  /** First row, or undefined. */
  row(sql: string, ...bindings: SqlStorageValue[]): SqlStorageValue[] | undefined {
    return this.rows(sql, ...bindings)[0];
  }

  /** Runs a statement whose rows, if any, do not matter. */
  run(sql: string, ...bindings: SqlStorageValue[]): void {
    this.#requireTime();
    try {
      const cursor = this.#exec(sql, bindings);
      for (const _ of cursor.raw());
      this.#count(cursor, sql);
    } catch (error) {
      throw StatementError.of(error, sql, bindings);
    }
  }

  /** The same; false: it has changed no row. */
  changes(sql: string, ...bindings: SqlStorageValue[]): boolean {
    const before = this.#rowsWritten;
    this.run(sql, ...bindings);
    return this.#rowsWritten > before;
  }

  get counts(): WorkCounts {
    const counts = { statements: this.#statements, rowsRead: this.#rowsRead, rowsWritten: this.#rowsWritten };
    return this.#log === null ? counts : { ...counts, work: this.#log.work };
  }

  #exec(sql: string, bindings: readonly SqlStorageValue[], attempt = 0): Cursor {
    const text = presentText(this.#sql, sql);
    try {
      return this.#sql.exec(text, ...bindings);
    } catch (error) {
      const other = withOtherIndexName(text, error);
      if (other === null) throw error;
      if (attempt === MAX_INDEXES) {
        keepText(this.#sql, sql, null);
        throw error;
      }
      keepText(this.#sql, sql, other);
      return this.#exec(sql, bindings, attempt + 1);
    }
  }

  #requireTime(): void {
    if (this.#limit?.isOver(this.counts)) throw timeIsOver();
    this.#log?.begin();
  }

  #count(cursor: Cursor, sql: string): void {
    this.#log?.end(sql, cursor);
    this.#statements++;
    this.#rowsRead += cursor.rowsRead;
    this.#rowsWritten += cursor.rowsWritten;
    this.#all.rowsRead += cursor.rowsRead;
    this.#all.rowsWritten += cursor.rowsWritten;
  }
}
