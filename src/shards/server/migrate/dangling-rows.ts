import type { SqlSession } from '../../sql/sql-session.ts';
import { keysOf, MAX_KEYS, type RefusedRows } from './refused-rows.ts';

/** Rows that refer to nothing, by foreign key. `table`: of this table alone. */
export function danglingRows(session: SqlSession, table: string | null = null): RefusedRows[] {
  const found = table === null ? 'pragma_foreign_key_check' : 'pragma_foreign_key_check(?)';
  const bindings = table === null ? [] : [table];
  return session
    .rows(`SELECT "table", parent, fkid, count(*) FROM ${found} GROUP BY 1, 2, 3`, ...bindings)
    .map(([child, parent, key, rows]) => ({
      violation: {
        kind: 'FOREIGN_KEY' as const,
        constraint: constraintOf(session, child as string, parent as string, key as number),
        table: child as string,
      },
      rows: rows as number,
      keys: keysOf(session, child as string, `_rowid_ IN (${someRowIds(session, child as string, key as number)})`),
    }));
}

const someRowIds = (session: SqlSession, child: string, key: number): string =>
  session
    .rows(`SELECT CAST("rowid" AS TEXT) FROM pragma_foreign_key_check(?) WHERE fkid = ? LIMIT ${MAX_KEYS}`, child, key)
    .flat()
    .join(', ');

/** Such as `tenant, parent → parents`. */
function constraintOf(session: SqlSession, child: string, parent: string, key: number): string {
  const columns = session.rows('SELECT "from" FROM pragma_foreign_key_list(?) WHERE id = ? ORDER BY seq', child, key);
  return `${columns.flat().join(', ')} → ${parent}`;
}

/**
 * The same for a statement that a foreign key stopped: run again, with foreign keys looked at in the end. `RESTRICT` stops
 * it again, and then nothing is known of the rows. The caller rolls back.
 */
export function danglingAfter(session: SqlSession, sql: string): RefusedRows[] {
  session.run('PRAGMA defer_foreign_keys = ON');
  try {
    session.run(sql);
    return danglingRows(session);
  } catch {
    return [];
  }
}

export const isForeignKeyFailure = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('FOREIGN KEY constraint failed');
