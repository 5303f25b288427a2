import type { Counts } from '../isolate-report.ts';
import type { IsolateSummary } from '../monitor-series.ts';
import type { SqlSession } from '../sql/sql-session.ts';

/** The parts of the JSON text of a `StoredState`, in order: one, unless there are very many shards. A row may have 2 MB. */
const CREATE_TABLE = 'CREATE TABLE IF NOT EXISTS _totals (part INTEGER PRIMARY KEY, state TEXT NOT NULL)';
const READ = 'SELECT state FROM _totals ORDER BY part';
const DELETE_REST = 'DELETE FROM _totals WHERE part >= ?';
/** Of which each takes three bytes at most. */
const PART_CHARACTERS = 500_000;
const WRITE = 'INSERT INTO _totals (part, state) VALUES (?, ?) ON CONFLICT (part) DO UPDATE SET state = excluded.state';
const SURROGATE = /[\ud800-\udfff]/g;

/** An isolate, and its last report that counts. */
export interface KnownIsolate extends IsolateSummary {
  readonly sequence: number;
  /** See `IsolateReport`. */
  readonly hasQueue?: boolean | undefined;
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
    const parts = this.#session.rows(READ);
    return parts.length === 0 ? null : JSON.parse(parts.map(([part]) => part).join(''));
  }

  write(state: StoredState): void {
    // Pairs of surrogates may be in two parts: JSON says them in ASCII.
    const text = JSON.stringify(state).replaceAll(SURROGATE, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`);
    const parts = Math.ceil(text.length / PART_CHARACTERS);
    for (let part = 0; part < parts; part++) {
      this.#session.run(WRITE, part, text.slice(part * PART_CHARACTERS, (part + 1) * PART_CHARACTERS));
    }
    this.#session.run(DELETE_REST, parts);
  }
}
