import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { BackupTable } from '../../../src/shards/protocol/backup.ts';
import { decodeImage, type Image } from '../../../src/shards/server/log/row-image.ts';
import { quoteName } from '../../../src/shards/sql/sql-text.ts';
import { CliError } from '../cli-error.ts';
import type { BackupChange, LaterChange, RowImage } from './backup-client.ts';
import { type FileValue, toFileValue } from './file-value.ts';
import { RowDecoder } from './row-decoder.ts';

/**
 * The file of a shard: its tables as SQLite tables, which any SQLite opens. While it is made, rows may be those of different moments,
 * so nothing is checked, and indexes are made at the end, when all rows are of one moment.
 */
export class BackupFile {
  readonly #database: DatabaseSync;
  readonly #tables: readonly BackupTable[];
  readonly #keysByTable: ReadonlyMap<string, readonly string[]>;
  readonly #statements = new Map<string, StatementSync>();
  /** Rows that changes to be taken back name, and that are not there: they were made after the copy of their table. By table and key. */
  readonly #absent = new Map<string, string>();

  /** @param isNew the file has no tables yet; else its indexes go, until {@link finish}. */
  constructor(path: string, tables: readonly BackupTable[], isNew: boolean) {
    this.#database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
    // It would keep the journal.
    this.#database.enableDefensive(false);
    this.#tables = tables;
    const pragmas = ['journal_mode = OFF', 'synchronous = OFF', 'ignore_check_constraints = ON', 'cache_size = -65536'];
    for (const pragma of pragmas) this.#database.exec(`PRAGMA ${pragma}`);
    if (isNew) for (const { statements } of tables) this.#database.exec(statements[0]!);
    else this.#dropIndexes();
    this.#database.exec(
      'CREATE TEMP TABLE later (seq INTEGER PRIMARY KEY, "table" TEXT, op TEXT, pk BLOB, before BLOB); BEGIN',
    );
    this.#keysByTable = new Map(tables.map(({ name }) => [name, this.#primaryKey(name)]));
  }

  /** Rows of a table, as they were at some moment since the backup began. */
  putRows(table: string, images: readonly RowImage[]): void {
    const decoder = new RowDecoder();
    let [statement, columns]: [StatementSync | null, readonly string[]] = [null, []];
    for (const image of images) {
      const row = decoder.decode(image);
      if (statement === null || row.columns !== columns) statement = this.#prepare(putSql(table, row.columns));
      columns = row.columns;
      statement.run(...row.values);
    }
  }

  /** In the order of the log. Later ones wait until all are there. */
  addChanges(changes: readonly BackupChange[]): void {
    for (const change of changes) {
      if (change.isLater) this.#keep(change);
      else this.#bringUpToNow(change);
    }
  }

  /** The newest first, once all rows are there. */
  takeBack(changes: readonly LaterChange[]): void {
    for (const { table, op, pk, before } of changes) {
      this.#takeBack(table, op, decodeImage(pk), before && decodeImage(before));
    }
  }

  /** Takes the changes back that are later than the backup, makes the indexes, and closes the file. */
  finish(): void {
    const later = this.#prepare('SELECT "table", op, pk, before FROM later ORDER BY seq DESC');
    for (const row of later.iterate()) {
      const { table, op, pk, before } = row as unknown as Record<'table' | 'op', string> &
        Record<'pk' | 'before', Uint8Array | null>;
      this.#takeBack(table, op, decodeImage(bufferOf(pk!)), before && decodeImage(bufferOf(before)));
    }
    const [missed] = this.#absent.values();
    if (missed !== undefined) throw rowMissed(missed);
    this.#statements.clear();
    this.#database.exec('COMMIT');
    for (const { statements } of this.#tables) {
      for (const statement of statements.slice(1)) this.#database.exec(statement);
    }
    this.close();
  }

  /** Does nothing where that is done. */
  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #keep({ table, op, pk, before, now }: BackupChange): void {
    if (now !== null) this.#put(table, decodeImage(now));
    this.#prepare('INSERT INTO later ("table", op, pk, before) VALUES (?, ?, ?, ?)').run(
      table,
      op,
      new Uint8Array(pk),
      before && new Uint8Array(before),
    );
  }

  #bringUpToNow({ table, pk, before, now }: BackupChange): void {
    const key = decodeImage(pk);
    const keyBefore = before === null ? null : this.#keyBefore(table, key, decodeImage(before));
    if (keyBefore !== null) this.#delete(table, keyBefore);
    if (now === null) this.#delete(table, key);
    else this.#put(table, decodeImage(now));
  }

  #takeBack(table: string, op: string, key: Image, before: Image | null): void {
    if (op === 'delete') this.#put(table, before!);
    else if (op === 'insert') {
      this.#delete(table, key);
      this.#absent.delete(nameOf(table, key));
    } else {
      // It may have been copied before its key was changed.
      const keyBefore = this.#keyBefore(table, key, before!);
      const isThere =
        this.#update(table, key, before!) || (keyBefore !== null && this.#update(table, keyBefore, before!));
      this.#absent.delete(nameOf(table, key));
      if (!isThere) this.#absent.set(nameOf(table, keyBefore ?? key), table);
    }
  }

  /** The key that a row had; null: the change has left it. */
  #keyBefore(table: string, key: Image, before: Image): Image | null {
    const names = this.#keysByTable.get(table)!;
    return names.some((name) => before.has(name))
      ? new Map(names.map((name) => [name, before.get(name) ?? key.get(name)!]))
      : null;
  }

  #put(table: string, row: Image): void {
    this.#prepare(putSql(table, [...row.keys()])).run(...bindings(row));
  }

  #update(table: string, key: Image, values: Image): boolean {
    const terms = [...values.keys()].map((name) => `${quoteName(name)} = ?`).join();
    const sql = `UPDATE OR REPLACE ${quoteName(table)} SET ${terms} WHERE ${conditions(key)}`;
    return this.#prepare(sql).run(...bindings(values), ...bindings(key)).changes !== 0;
  }

  #delete(table: string, key: Image): void {
    this.#prepare(`DELETE FROM ${quoteName(table)} WHERE ${conditions(key)}`).run(...bindings(key));
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }

  #primaryKey(table: string): string[] {
    const columns = this.#database.prepare('SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk').all(table);
    return columns.map(({ name }) => name as string);
  }

  #dropIndexes(): void {
    const indexes = this.#database
      .prepare("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
      .all();
    for (const { name } of indexes) this.#database.exec(`DROP INDEX ${quoteName(name as string)}`);
  }
}

const putSql = (table: string, columns: readonly string[]): string =>
  `INSERT OR REPLACE INTO ${quoteName(table)} (${columns.map(quoteName).join()}) VALUES (${columns.map(() => '?').join()})`;

const nameOf = (table: string, key: Image): string =>
  JSON.stringify([table, ...bindings(key).map((value) => [typeof value, String(value)])]);

const conditions = (key: Image): string => [...key.keys()].map((name) => `${quoteName(name)} IS ?`).join(' AND ');

const bindings = (values: Image): FileValue[] => [...values.values()].map(toFileValue);

const bufferOf = (bytes: Uint8Array): ArrayBuffer => bytes.slice().buffer;

const rowMissed = (table: string): CliError =>
  new CliError(
    `Expected all rows of ${table}, but missed one whose row id was changed while they were read. Make the backup again.`,
  );
