/** A cursor has its counts once it was read to its end. */
type Counted = Pick<SqlStorageCursor<never>, 'rowsRead' | 'rowsWritten'>;

/** Counts rows as they are billed: by SQLite's own counts of each statement. */
export class MeteredSql {
  #cursors: Counted[] = [];
  #rows = { read: 0, written: 0 };

  /** Of all statements so far. */
  get rows(): { readonly read: number; readonly written: number } {
    for (const { rowsRead, rowsWritten } of this.#cursors) {
      this.#rows.read += rowsRead;
      this.#rows.written += rowsWritten;
    }
    this.#cursors = [];
    return this.#rows;
  }

  /** What counts as a row that is written, and is no statement's. */
  wroteOther(): void {
    this.#rows.written++;
  }

  /** The object's storage from now on, with statements counted. `others`: members that take the place of its own. */
  meter(
    state: DurableObjectState,
    onStatement: (text: string) => void,
    others: Record<PropertyKey, unknown> = {},
  ): void {
    const { storage } = state;
    const { sql } = storage;
    const exec = (text: string, ...bindings: SqlStorageValue[]) => {
      onStatement(text);
      const cursor = sql.exec(text, ...bindings);
      this.#cursors.push(cursor);
      return cursor;
    };
    const metered: Record<PropertyKey, unknown> = {
      ...others,
      sql: new Proxy(sql, { get: (_, name) => (name === 'exec' ? exec : bound(sql, name)) }),
    };
    const value = new Proxy(storage, { get: (_, name) => (name in metered ? metered[name] : bound(storage, name)) });
    Object.defineProperty(state, 'storage', { value, configurable: true });
  }
}

function bound(target: object, name: PropertyKey): unknown {
  const value = Reflect.get(target, name, target);
  return typeof value === 'function' ? value.bind(target) : value;
}
