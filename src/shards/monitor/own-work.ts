import type { SqlSession } from '../sql/sql-session.ts';
import { noUsage, type Usage, type UsageCounts } from '../usage.ts';

/** What watching itself costs: calls to the monitor, its alarms and its rows. */
export class OwnWork {
  readonly #session: Pick<SqlSession, 'counts'>;
  #usage: UsageCounts = noUsage();
  #rowsRead = 0;
  #rowsWritten = 0;

  constructor(session: Pick<SqlSession, 'counts'>) {
    this.#session = session;
  }

  /** Any call, or an alarm. */
  called(): void {
    this.#usage.objectRequests++;
  }

  /** What is new since it was taken last. */
  take(): Usage {
    const { rowsRead, rowsWritten } = this.#session.counts;
    const taken = { ...this.#usage, rowsRead: rowsRead - this.#rowsRead, rowsWritten: rowsWritten - this.#rowsWritten };
    this.#rowsRead = rowsRead;
    this.#rowsWritten = rowsWritten;
    this.#usage = noUsage();
    return taken;
  }
}
