import type { Counts } from '../isolate-report.ts';
import type { IsolateSummary } from '../monitor-series.ts';
import type { SqlSession } from '../sql/sql-session.ts';

/** `state`: JSON text of a `StoredState`, some hundred kilobytes at most. One row. */
const CREATE_TABLE = 'CREATE TABLE IF NOT EXISTS _state (id INTEGER PRIMARY KEY CHECK (id = 1), state TEXT NOT NULL)';
const READ = 'SELECT state FROM _state';
const WRITE = 'INSERT INTO _state (id, state) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state';

/** An isolate, and its last report that counts. */
export interface KnownIsolate extends IsolateSummary {
  readonly sequence: number;
}

/** All that was ever counted, as of the last fold. */
interface StoredState {
  readonly sinceMs: number;
  /** Number of the last report that is in it; see `ReportLog`. */
  readonly folded: number;
  readonly counts: Counts;
  readonly isolates: readonly KnownIsolate[];
  readonly taken: number;
  readonly repeated: number;
}

export class StateStore {
  readonly #session: SqlSession;

  constructor(session: SqlSession) {
    this.#session = session;
    session.run(CREATE_TABLE);
  }

  read(): StoredState | null {
    const row = this.#session.row(READ);
    return row === undefined ? null : JSON.parse(row[0] as string);
  }

  write(state: StoredState): void {
    this.#session.run(WRITE, JSON.stringify(state));
  }
}
