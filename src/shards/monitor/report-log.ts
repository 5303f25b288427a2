import type { SqlSession } from '../sql/sql-session.ts';

/**
 * What has come since the last fold, each in a row: `slot` is used again after it, so that a report takes one row written and none
 * deleted. `number`: of the report, from 1 on; those up to the number of the last fold are folded.
 */
const CREATE_TABLE =
  'CREATE TABLE IF NOT EXISTS _reports (slot INTEGER PRIMARY KEY, number INTEGER NOT NULL, report TEXT NOT NULL)';
const WRITE =
  'INSERT INTO _reports (slot, number, report) VALUES (?, ?, ?) ON CONFLICT (slot) DO UPDATE SET number = excluded.number, report = excluded.report';
const READ_AFTER = 'SELECT number, report FROM _reports WHERE number > ? ORDER BY number';

/** Reports that are not folded yet, durably. */
export class ReportLog<Report> {
  readonly #session: SqlSession;
  #folded = 0;
  #last = 0;

  constructor(session: SqlSession) {
    this.#session = session;
    session.run(CREATE_TABLE);
  }

  /** Number of the last one. */
  get last(): number {
    return this.#last;
  }

  /** How many are not folded. */
  get pending(): number {
    return this.#last - this.#folded;
  }

  append(report: Report): void {
    const number = this.#last + 1;
    this.#session.run(WRITE, number - this.#folded, number, JSON.stringify(report));
    this.#last = number;
  }

  /** All that are not folded, if those up to a number are. */
  replay(folded: number): Report[] {
    this.#folded = folded;
    const rows = this.#session.rows(READ_AFTER, folded);
    this.#last = (rows.at(-1)?.[0] as number | undefined) ?? folded;
    return rows.map(([, report]) => JSON.parse(report as string));
  }

  /** All of them are folded. */
  fold(): void {
    this.#folded = this.#last;
  }
}
