import { memoizeByObject } from '../../../lib/memoize-by-object.ts';
import type { TableModel } from '../../../model/types.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import type { LoggedValue } from '../log/row-image.ts';

/** An update as one of many: whatever else the statement updates, in whichever order, does not matter to it. */
export interface ListedUpdate {
  /** The same for all rows of a statement, which are its one parameter: a JSON list of lists. It gives a row for each that is there. */
  readonly sql: string;
  /** Tells the rows of a statement apart. */
  readonly key: string;
  readonly json: string;
}

/** What one statement takes at most. Longer values go by themselves. */
const MAX_ROWS = 500;
const MAX_LENGTH = 200_000;
const MAX_TEXT_LENGTH = 10_000;

/** Rows that are updated by one statement: on its own, each would take some times as long. */
export class UpdateBatch {
  readonly #session: SqlSession;
  #sql = '';
  readonly #rows = new Map<string, string>();
  #length = 0;

  constructor(session: SqlSession) {
    this.#session = session;
  }

  /** It is written with others, at the latest by {@link flush}. */
  add({ sql, key, json }: ListedUpdate): void {
    const isFull = this.#rows.size === MAX_ROWS || this.#length + json.length > MAX_LENGTH;
    if (isFull || sql !== this.#sql) this.flush();
    this.#sql = sql;
    // Of several changes of the same columns, the one that is taken back last is what stays.
    this.#rows.set(key, json);
    this.#length += json.length;
  }

  /**
   * To be called before anything else is written.
   *
   * @throws Error if a row is not there.
   */
  flush(): void {
    if (this.#rows.size === 0) return;
    const written = this.#session.rows(this.#sql, `[${[...this.#rows.values()].join()}]`);
    if (written.length < this.#rows.size) {
      throw new Error(`Expected ${this.#rows.size} rows that the log names, but got ${written.length}.`);
    }
    this.#rows.clear();
    this.#length = 0;
  }
}

/** True if JSON gives SQLite the same value. It may not of reals, and has no blobs. */
export const isExactInJson = (value: LoggedValue): boolean =>
  value.type === 'null' ||
  value.type === 'integer' ||
  (value.type === 'text' && value.value.length <= MAX_TEXT_LENGTH && !value.value.includes('\0'));

/** The columns, by their names in SQL, of which no key is made: rows that swap keys can be written in one order alone. */
export const freeColumns = memoizeByObject((table: TableModel): ReadonlySet<string> => {
  const { columns, primaryKey, uniqueKeys, indexes, columnByName } = table;
  const unique = indexes.filter((index) => index.unique);
  const inKeys = new Set([
    ...[primaryKey, ...uniqueKeys].flatMap((key) => key.columns),
    ...unique.flatMap((index) => index.columns.map((name) => (name === null ? undefined : columnByName.get(name)))),
  ]);
  // It may follow from any other column whether two rows clash.
  const isHidden =
    inKeys.has(undefined) || unique.some(({ partial }) => partial) || [...inKeys].some((column) => column?.generated);
  return new Set(isHidden ? [] : columns.filter((column) => !inKeys.has(column)).map(({ sqlName }) => sqlName));
});
