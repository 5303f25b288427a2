import { DatabaseSync } from 'node:sqlite';
import { ROW_VERSION_COLUMN } from '../../../src/model/types.ts';
import { quoteName } from '../../../src/shards/sql/sql-text.ts';
import type { FileValue } from './file-value.ts';

export interface FileTable {
  readonly name: string;
  /** What makes a row the same in another installation: all columns but the row version and generated ones, by name. */
  readonly columns: readonly string[];
}

/** What is looked at: whether indexes fit the rows too, or not, as where they were made just now or are not used. */
export type Checked = 'ALL' | 'ROWS';

/** A file of a backup, for those who only read. */
export class StoredRows implements Disposable {
  readonly #database: DatabaseSync;

  constructor(path: string) {
    this.#database = new DatabaseSync(path, { readOnly: true });
    // The file may be anybody's.
    this.#database.exec('PRAGMA trusted_schema = OFF');
  }

  tables(): FileTable[] {
    const tables = this.#database
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
      .all();
    return tables.map(({ name }) => ({ name: name as string, columns: this.#columns(name as string) }));
  }

  /** The rows of a table, cells in the order of its columns. */
  *rows({ name, columns }: FileTable): Generator<readonly FileValue[]> {
    const statement = this.#database.prepare(`SELECT ${columns.map(quoteName).join()} FROM ${quoteName(name)}`);
    statement.setReadBigInts(true);
    statement.setReturnArrays(true);
    for (const row of statement.iterate()) yield row as unknown as FileValue[];
  }

  /** What SQLite finds wrong, one line each; empty: nothing. */
  problems(checked: Checked): string[] {
    const integrity = this.#database
      .prepare(checked === 'ALL' ? 'PRAGMA integrity_check' : 'PRAGMA quick_check')
      .all()
      .map((row) => String(Object.values(row)[0]));
    const references = this.#database.prepare('PRAGMA foreign_key_check').all();
    return [
      ...integrity.filter((line) => line !== 'ok'),
      ...references.slice(0, 10).map(({ table, parent }) => `a row of ${table} refers to none of ${parent}`),
    ];
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #columns(table: string): string[] {
    const columns = this.#database.prepare('SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0').all(table);
    const names = columns.map(({ name }) => name as string);
    return names.filter((name) => name !== ROW_VERSION_COLUMN).sort();
  }
}
