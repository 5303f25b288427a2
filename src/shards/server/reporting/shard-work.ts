import { type EventCounts, takeEventCounts } from '../../../events/event-counts.ts';
import type { WorkCounts } from '../../protocol/envelope.ts';
import type { OwnWork } from '../../shard-counts.ts';
import { rowCountsOf } from '../../sql/row-counts.ts';

/** What a life of a shard does by itself, and what has happened to it: requests tell what they cost, and this is the rest. */
export class ShardWork {
  readonly #sql: SqlStorage;
  #alarms = 0;
  #servedRead = 0;
  #servedWritten = 0;
  readonly #events: EventCounts = {};

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  woken(): void {
    this.#alarms++;
  }

  /** A request was answered, with these counts. */
  served({ rowsRead, rowsWritten }: Pick<WorkCounts, 'rowsRead' | 'rowsWritten'>): void {
    this.#servedRead += rowsRead;
    this.#servedWritten += rowsWritten;
  }

  get own(): OwnWork {
    const { rowsRead, rowsWritten } = rowCountsOf(this.#sql);
    return {
      alarms: this.#alarms,
      rowsRead: rowsRead - this.#servedRead,
      rowsWritten: rowsWritten - this.#servedWritten,
    };
  }

  /** Of the isolate, since whoever has taken them last: events do not say which object they are of. */
  get events(): EventCounts {
    for (const [type, times] of Object.entries(takeEventCounts()) as [keyof EventCounts, number][]) {
      this.#events[type] = (this.#events[type] ?? 0) + times;
    }
    return { ...this.#events };
  }
}
