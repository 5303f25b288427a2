/**
 * `_system`: one row, what a start would otherwise have to look through the whole schema for.
 *
 * - `tables`: hash of the definitions of ShardQL's own tables as they are here.
 * - `installed`: hash of what a release makes of the model's tables: migrations, log triggers, full-text indexes. Empty: none has
 *   completed it since something of that was changed.
 */
import type { SqlSession } from '../../sql/sql-session.ts';

export const CREATE_SYSTEM_TABLE = `CREATE TABLE IF NOT EXISTS _system (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  tables TEXT NOT NULL,
  installed TEXT NOT NULL DEFAULT ''
)`;

/** Empty in a new database. */
export function readTablesHash(session: SqlSession): string {
  const isThere = session.row("SELECT 1 FROM pragma_table_info('_system')") !== undefined;
  return isThere ? (session.row('SELECT tables FROM _system')![0] as string) : '';
}

export const writeTablesHash = (session: SqlSession, hash: string): void =>
  session.run(
    'INSERT INTO _system (id, tables) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET tables = excluded.tables',
    hash,
  );

export const readInstalledHash = (session: SqlSession): string =>
  session.row('SELECT installed FROM _system')![0] as string;

export const writeInstalledHash = (session: SqlSession, hash: string): void =>
  session.run('UPDATE _system SET installed = ?', hash);
