import { type Model, ROW_VERSION_COLUMN, type TableModel } from '../../../model/types.ts';
import type { ReadSession } from '../../sql/sql-session.ts';
import { presentRow } from '../log/present-row.ts';
import { decodeImage, type Image, type LoggedValue } from '../log/row-image.ts';
import { eachLogEntryBetween, readLoggedImage } from '../tables/log-changes.ts';
import type { LogEntry } from '../tables/log-table.ts';

/** Log rows that are looked through for what became of rows. */
const MAX_LATER_ENTRIES = 5_000;

const decoder = new TextDecoder('latin1');

const rowOf = ({ table, pk }: Pick<LogEntry, 'table' | 'pk'>): string => `${table}\0${decoder.decode(pk)}`;

/**
 * What rows were after changes that the log holds. It has what each change has replaced, so what a change has made is what the next one of the
 * same row has replaced, or what there is now. One look through the log serves the changes of a page.
 */
export class LaterValues {
  readonly #session: ReadSession;
  readonly #model: Model;
  /** By row: later changes, in order. */
  readonly #later = new Map<string, LogEntry[]>();
  /** All that came later was looked at. */
  readonly #isComplete: boolean;

  /** @param changes in any order. */
  constructor(session: ReadSession, model: Model, changes: readonly LogEntry[], lastSeq: number) {
    this.#session = session;
    this.#model = model;
    for (const change of changes) this.#later.set(rowOf(change), []);
    const first = Math.min(...changes.map(({ seq }) => seq)) + 1;
    const last = Math.min(lastSeq, first + MAX_LATER_ENTRIES);
    if (changes.length > 0) {
      for (const entry of eachLogEntryBetween(session, first, last, false)) this.#later.get(rowOf(entry))?.push(entry);
    }
    this.#isComplete = last === lastSeq;
  }

  /**
   * Values of columns right after an insert or an update; null: not known.
   *
   * @param columns names in SQL; null: all.
   */
  after(change: LogEntry, table: TableModel, columns: readonly string[] | null): Image | null {
    const values = new Map<string, LoggedValue>();
    const isWanted = (name: string) => name !== ROW_VERSION_COLUMN && (columns === null || columns.includes(name));
    const take = (image: Image) => {
      for (const [name, value] of image) if (isWanted(name) && !values.has(name)) values.set(name, value);
    };
    const isWhole = () => columns?.every((name) => values.has(name));
    for (const later of this.#later.get(rowOf(change)) ?? []) {
      if (later.seq <= change.seq) continue;
      // The row is another one from there on, whose delete was not seen: a foreign-key action has changed its key.
      if (later.op === 'insert') return null;
      take(decodeImage(readLoggedImage(this.#session, later.seq)));
      if (later.op === 'delete' || isWhole()) return values;
    }
    if (!this.#isComplete) return null;
    const present = presentRow(this.#session, this.#model, table, change.pk);
    if (present === null) return null;
    take(decodeImage(present));
    return values;
  }
}
