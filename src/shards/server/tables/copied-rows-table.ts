/**
 * `_copied_rows`: rows on their way from one shard key to another. Those of different moments may contradict each other, so nothing
 * is checked here but that keys are there once. A row leaves the table in the transaction that writes it under its new shard key.
 *
 * - `copy`: id in `_copies`. `table`: name in SQL.
 * - `pk`, `image`: images (`../log/row-image.ts`) of the primary key and of the row, under the shard key that it comes from.
 *   An `image` of NULL: a change names the row, and nobody has read it; if the change before it has not made it, it was missed.
 */
import type { ReadSession, SqlSession } from '../../sql/sql-session.ts';
import { limitSql } from '../../sql/sql-text.ts';

export const CREATE_COPIED_ROWS_TABLE = `CREATE TABLE IF NOT EXISTS _copied_rows (
  id INTEGER PRIMARY KEY,
  copy TEXT NOT NULL,
  "table" TEXT NOT NULL,
  pk BLOB NOT NULL,
  image BLOB,
  UNIQUE (copy, "table", pk)
)`;

export interface CopiedRow {
  readonly id: number;
  readonly image: ArrayBuffer;
}

export const putCopiedRow = (
  session: SqlSession,
  copy: string,
  table: string,
  pk: ArrayBuffer,
  image: ArrayBuffer | null,
): void =>
  session.run(
    `INSERT INTO _copied_rows (copy, "table", pk, image) VALUES (?, ?, ?, ?)
     ON CONFLICT (copy, "table", pk) DO UPDATE SET image = excluded.image`,
    copy,
    table,
    pk,
    image,
  );

/** Its image, null where it is not known; undefined: there is no such row. */
export const readCopiedRow = (
  session: ReadSession,
  copy: string,
  table: string,
  pk: ArrayBuffer,
): ArrayBuffer | null | undefined =>
  session.row('SELECT image FROM _copied_rows WHERE copy = ? AND "table" = ? AND pk = ?', copy, table, pk)?.[0] as
    | ArrayBuffer
    | null
    | undefined;

export const removeCopiedRow = (session: SqlSession, copy: string, table: string, pk: ArrayBuffer): void =>
  session.run('DELETE FROM _copied_rows WHERE copy = ? AND "table" = ? AND pk = ?', copy, table, pk);

export const removeCopiedRows = (session: SqlSession, ids: readonly number[]): void =>
  session.run('DELETE FROM _copied_rows WHERE id IN (SELECT value FROM json_each(?))', JSON.stringify(ids));

/** Rows of a table after an id, in the order of ids, one at a time: images may be large. */
export function* eachCopiedRow(
  session: ReadSession,
  copy: string,
  table: string,
  after: number,
): Generator<CopiedRow, void, undefined> {
  const rows = session.each(
    'SELECT id, image FROM _copied_rows WHERE copy = ? AND "table" = ? AND id > ? ORDER BY id',
    copy,
    table,
    after,
  );
  for (const [id, image] of rows) yield { id: id as number, image: image as ArrayBuffer };
}

export const countCopiedRows = (session: ReadSession, copy: string): number =>
  session.row('SELECT count(*) FROM _copied_rows WHERE copy = ?', copy)![0] as number;

/** Table of a row that was named and never read; null: there is none. */
export const findMissedRow = (session: ReadSession, copy: string): string | null =>
  (session.row('SELECT "table" FROM _copied_rows WHERE copy = ? AND image IS NULL LIMIT 1', copy)?.[0] as string) ??
  null;

/** Removes up to `limit` rows of a copy that is given up. False: there was none. */
export const purgeCopiedRows = (session: SqlSession, copy: string, limit: number): boolean =>
  session.changes(
    `DELETE FROM _copied_rows WHERE id IN (SELECT id FROM _copied_rows WHERE copy = ? ${limitSql('?')})`,
    copy,
    limit,
  );
