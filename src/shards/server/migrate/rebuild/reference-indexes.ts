/** Indexes that a copy needs for as long as its table is written to. */
import type { ReadSession } from '../../../sql/sql-session.ts';
import { quoteName } from '../../../sql/sql-text.ts';
import { copyName, REFERENCE_INDEX_PREFIX } from './copy-sql.ts';

/**
 * Statements that index the references of a copy, which exists, but for those that an index of it begins with. When a row is deleted, SQLite
 * looks for rows that refer to it: without an index, each such delete would read the whole copy.
 */
export function referenceIndexesSql(session: ReadSession, table: string): string[] {
  const copy = copyName(table);
  const indexes = readIndexes(session, copy);
  return readReferences(session, copy)
    .filter((columns) => !indexes.some((index) => beginsWith(index, columns)))
    .map((columns, at) => {
      const name = `${REFERENCE_INDEX_PREFIX}${at}_${table}`;
      return `CREATE INDEX ${quoteName(name)} ON ${quoteName(copy)} (${columns.map(quoteName).join(', ')})`;
    });
}

/** In any order. */
const beginsWith = (index: readonly string[], columns: readonly string[]): boolean =>
  columns.every((column) => index.slice(0, columns.length).includes(column));

/** The columns of each foreign key. */
const readReferences = (session: ReadSession, table: string): string[][] =>
  session
    .rows('SELECT json_group_array("from" ORDER BY seq) FROM pragma_foreign_key_list(?) GROUP BY id ORDER BY id', table)
    .map(([columns]) => JSON.parse(columns as string) as string[]);

/** The columns of each index of all rows; of expressions: null. */
const readIndexes = (session: ReadSession, table: string): string[][] =>
  session
    .rows(
      `SELECT json_group_array(i.name ORDER BY i.seqno) FROM pragma_index_list(?) AS l, pragma_index_info(l.name) AS i
       WHERE l.partial = 0 GROUP BY l.name`,
      table,
    )
    .map(([columns]) => JSON.parse(columns as string) as string[]);
