import { decodeImage, type Image, loggedValueBinding, loggedValueSql } from '../../src/shards/server/log/row-image.ts';
import type { LogRow } from '../../src/shards/server/tables/log-table.ts';
import type { SqlSession } from '../../src/shards/sql/sql-session.ts';
import { quoteName } from '../../src/shards/sql/sql-text.ts';

/**
 * Undoes one change, exactly: the row is then as it was before, row version included. Changes must be undone newest
 * first, whole commits in one transaction with deferred foreign keys (inside a commit they hold only at the end of
 * statements). Log triggers, where they are installed, log the undo as changes of the commit in progress.
 */
export function undoLogRow(session: SqlSession, row: LogRow): void {
  const table = quoteName(row.table);
  const key = decodeImage(row.pk);
  switch (row.op) {
    case 'insert':
      run(session, `DELETE FROM ${table} WHERE ${conditions(key)}`, key);
      return;
    case 'update': {
      const image = decodeImage(row.image!);
      run(session, `UPDATE ${table} SET ${terms(image, ' = ').join(', ')} WHERE ${conditions(key)}`, image, key);
      return;
    }
    case 'delete': {
      const image = decodeImage(row.image!);
      const names = [...image.keys()].map(quoteName);
      const values = [...image.values()].map(loggedValueSql);
      run(session, `INSERT INTO ${table} (${names.join(', ')}) VALUES (${values.join(', ')})`, image);
    }
  }
}

const terms = (image: Image, operator: ' = ' | ' IS '): string[] =>
  [...image].map(([name, value]) => `${quoteName(name)}${operator}${loggedValueSql(value)}`);

const conditions = (key: Image): string => terms(key, ' IS ').join(' AND ');

const run = (session: SqlSession, sql: string, ...images: readonly Image[]): void =>
  session.run(sql, ...images.flatMap((image) => [...image.values()].map(loggedValueBinding)));
