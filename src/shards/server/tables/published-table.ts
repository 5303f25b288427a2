/**
 * `_published`: one row, the mark up to which changes are published: no stamps of a log row with a seq up to it need to be
 * put any more. It may lag behind, never run ahead: what lies after it is published again after a start.
 */
import type { SqlSession } from '../../sql/sql-session.ts';

export const CREATE_PUBLISHED_TABLE = `CREATE TABLE IF NOT EXISTS _published (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  seq INTEGER NOT NULL
)`;

/** 0 before anything was published. */
export const readPublishedSeq = (session: SqlSession): number =>
  (session.row('SELECT seq FROM _published')?.[0] as number | undefined) ?? 0;

export function writePublishedSeq(session: SqlSession, seq: number): void {
  session.run('INSERT INTO _published (id, seq) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET seq = excluded.seq', seq);
}
