import type { SlowOperation } from '../isolate-report.ts';
import type { SqlSession } from '../sql/sql-session.ts';

/** A ring: `slot` is `number` modulo its size, so that an operation takes one row written. */
const CREATE_TABLE =
  'CREATE TABLE IF NOT EXISTS _slow (slot INTEGER PRIMARY KEY, number INTEGER NOT NULL, operation TEXT NOT NULL)';
const WRITE =
  'INSERT INTO _slow (slot, number, operation) VALUES (?, ?, ?) ON CONFLICT (slot) DO UPDATE SET number = excluded.number, operation = excluded.operation';
const LAST = 'SELECT max(number) FROM _slow';
const READ = 'SELECT operation FROM _slow ORDER BY number DESC LIMIT ?';

const KEPT = 200;

/** The latest slow operations. */
export class SlowStore {
  readonly #session: SqlSession;
  #last: number | null = null;

  constructor(session: SqlSession) {
    this.#session = session;
    session.run(CREATE_TABLE);
  }

  add(operations: readonly SlowOperation[]): void {
    for (const operation of operations) {
      const number = (this.#last ?? (this.#session.row(LAST)?.[0] as number | null) ?? 0) + 1;
      this.#session.run(WRITE, number % KEPT, number, JSON.stringify(operation));
      this.#last = number;
    }
  }

  /** Reads again which was the last, after a transaction that was taken back. */
  forget(): void {
    this.#last = null;
  }

  latest(first: number): SlowOperation[] {
    return this.#session.rows(READ, Math.min(first, KEPT)).map(([operation]) => JSON.parse(operation as string));
  }
}
