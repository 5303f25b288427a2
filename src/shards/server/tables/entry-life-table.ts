/**
 * `_entry_life`: one row, the longest life of a cached answer that any reader has named, in milliseconds.
 * After a start nobody knows who keeps what: for so long everything counts as kept. Written when a longer one is told, which
 * is seldom: a release with another policy.
 */
import type { SqlSession } from '../../sql/sql-session.ts';

export const CREATE_ENTRY_LIFE_TABLE = `CREATE TABLE IF NOT EXISTS _entry_life (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  life_ms INTEGER NOT NULL
)`;

/** 0 before any was told. */
export const readEntryLifeMs = (session: SqlSession): number =>
  (session.row('SELECT life_ms FROM _entry_life')?.[0] as number | undefined) ?? 0;

export function writeEntryLifeMs(session: SqlSession, lifeMs: number): void {
  session.run(
    'INSERT INTO _entry_life (id, life_ms) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET life_ms = excluded.life_ms',
    lifeMs,
  );
}
