import { type BookmarkRestore, type BookmarkRestoreState, hasEnded, MAX_BOOKMARK_AGE_MS } from '../bookmark.ts';
import { SqlSession } from '../sql/sql-session.ts';
import type { Version } from '../version.ts';

const CREATE_TABLE = `CREATE TABLE IF NOT EXISTS _bookmark_restores (
  id INTEGER PRIMARY KEY AUTOINCREMENT, shard TEXT NOT NULL, bookmark TEXT NOT NULL, time INTEGER NOT NULL, state TEXT NOT NULL,
  began_at INTEGER NOT NULL, fenced_at INTEGER, ended_at INTEGER, undo_bookmark TEXT, version INTEGER, safe_at INTEGER, reason TEXT
)`;
const COLUMNS = 'id, shard, bookmark, time, state, began_at, ended_at, undo_bookmark, version, safe_at, reason';
const READ_LATEST = `SELECT ${COLUMNS} FROM _bookmark_restores ORDER BY id DESC LIMIT 1`;
const READ_ALL = `SELECT ${COLUMNS} FROM _bookmark_restores ORDER BY id DESC`;
const READ_ONE = `SELECT ${COLUMNS} FROM _bookmark_restores WHERE id = ?`;
const FIND_UNDO = 'SELECT fenced_at FROM _bookmark_restores WHERE shard = ? AND undo_bookmark = ?';
const INSERT = `INSERT INTO _bookmark_restores (shard, bookmark, time, state, began_at) VALUES (?, ?, ?, 'FENCING', ?)`;
const FORGET = 'DELETE FROM _bookmark_restores WHERE began_at < ?';
const FENCED = `UPDATE _bookmark_restores SET state = 'RESTORING', undo_bookmark = ?, version = ?, fenced_at = ?,
  safe_at = max(?, (SELECT coalesce(max(safe_at), 0) FROM _bookmark_restores WHERE shard = ?)) WHERE id = ?`;
const GONE_BACK = `UPDATE _bookmark_restores SET state = 'GRANTING', reason = ? WHERE id = ?`;
const END = 'UPDATE _bookmark_restores SET state = ?, ended_at = ? WHERE id = ?';

/** What is known once the shard serves nobody. */
interface Fenced {
  readonly undoBookmark: string;
  readonly version: Version;
  readonly fencedAtMs: number;
  readonly safeAtMs: number;
}

/**
 * Restores of shards to bookmarks, step by step, as long as the platform keeps what they could go back to. Only the latest one can be
 * under way: they run one after another. It is outside the databases that go back, so that nothing of it is lost with them.
 */
export class BookmarkRestoreStore {
  readonly #session: SqlSession;

  constructor(storage: DurableObjectStorage) {
    this.#session = new SqlSession(storage.sql);
    this.#session.run(CREATE_TABLE);
  }

  /** Latest first. */
  list(): BookmarkRestore[] {
    return this.#session.rows(READ_ALL).map(toRestore);
  }

  /** The one that is under way; null: none is. */
  open(): BookmarkRestore | null {
    const row = this.#session.row(READ_LATEST);
    const latest = row ? toRestore(row) : null;
    return latest === null || hasEnded(latest.state) ? null : latest;
  }

  get(id: number): BookmarkRestore {
    return toRestore(this.#session.row(READ_ONE, id)!);
  }

  /** The time of a bookmark that undoes a restore, in milliseconds since 1970; null: it is none of those. */
  timeOfUndo(shard: string, bookmark: string): number | null {
    return (this.#session.row(FIND_UNDO, shard, bookmark)?.[0] as number | undefined) ?? null;
  }

  begin(shard: string, { bookmark, timeMs }: Pick<BookmarkRestore, 'bookmark' | 'timeMs'>, nowMs: number): number {
    this.#session.run(FORGET, nowMs - MAX_BOOKMARK_AGE_MS);
    this.#session.run(INSERT, shard, bookmark, timeMs, nowMs);
    return this.open()!.id;
  }

  /** What was cached before an earlier restore of the shard may live longer than what was before this one. */
  fenced({ id, shard }: BookmarkRestore, { undoBookmark, version, fencedAtMs, safeAtMs }: Fenced): void {
    this.#session.run(FENCED, undoBookmark, version, fencedAtMs, safeAtMs, shard, id);
  }

  /** The database is that of the bookmark; `reason`: or it is as it was, and why. */
  goneBack(id: number, reason: string | null): void {
    this.#session.run(GONE_BACK, reason, id);
  }

  /** The shard has its slots again. */
  end({ id, reason }: BookmarkRestore, nowMs: number): void {
    this.#session.run(END, (reason === null ? 'RESTORED' : 'REFUSED') satisfies BookmarkRestoreState, nowMs, id);
  }
}

const toRestore = (row: readonly SqlStorageValue[]): BookmarkRestore => ({
  id: row[0] as number,
  shard: row[1] as string,
  bookmark: row[2] as string,
  timeMs: row[3] as number,
  state: row[4] as BookmarkRestoreState,
  beganAtMs: row[5] as number,
  endedAtMs: row[6] as number | null,
  undoBookmark: row[7] as string | null,
  version: row[8] as Version | null,
  safeAtMs: row[9] as number | null,
  reason: row[10] as string | null,
});
