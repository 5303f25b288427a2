import type { SqlSession } from '../sql/sql-session.ts';
import { OpenWindow, summaryOf, type WindowCounts, type WindowSummary } from './window.ts';
import { WINDOW_LEVELS, type WindowLevel, windowStart } from './window-levels.ts';
import { windowText } from './window-text.ts';

/**
 * `id`: level and start, so that a window is one row and those of a level lie together, by time. `summary`: JSON text of a
 * `WindowSummary`, before `detail`, a `WindowCounts`, so that SQLite reads no page of that for it.
 */
const CREATE_TABLE =
  'CREATE TABLE IF NOT EXISTS _windows (id INTEGER PRIMARY KEY, summary TEXT NOT NULL, detail TEXT NOT NULL)';
const READ = 'SELECT detail FROM _windows WHERE id = ?';
const READ_DETAILS = 'SELECT id, detail FROM _windows WHERE id >= ? AND id < ? ORDER BY id';
const READ_SUMMARIES = 'SELECT id, summary FROM _windows WHERE id >= ? AND id < ? ORDER BY id';
const WRITE =
  'INSERT INTO _windows (id, summary, detail) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET summary = excluded.summary, detail = excluded.detail';
const DELETE = 'DELETE FROM _windows WHERE id >= ? AND id < ?';

/** More than any time in milliseconds. */
const IDS_PER_LEVEL = 2 ** 44;

const idOf = ({ index }: WindowLevel, startMs: number): number => index * IDS_PER_LEVEL + startMs;

/** The windows of all levels: those that are being filled in memory, the others in rows. */
export class WindowStore {
  readonly #session: SqlSession;
  /** By id; those that have something that their rows do not. */
  readonly #open = new Map<number, { readonly window: OpenWindow; readonly level: WindowLevel }>();
  #trimmedAtMs = 0;

  constructor(session: SqlSession) {
    this.#session = session;
    session.run(CREATE_TABLE);
  }

  /** Counts something that happened at a time, in memory. */
  add(atMs: number, counts: WindowCounts): void {
    for (const level of WINDOW_LEVELS) {
      const id = idOf(level, windowStart(level, atMs));
      let open = this.#open.get(id);
      if (open === undefined) {
        open = { level, window: new OpenWindow(level.limits, this.#read(id)) };
        this.#open.set(id, open);
      }
      open.window.add(counts);
    }
  }

  /** Stores what is in memory, and forgets what is too old, in a transaction of its caller. */
  flush(nowMs: number): void {
    for (const [id, { window, level }] of this.#open) {
      const { content } = window;
      this.#session.run(WRITE, id, JSON.stringify(summaryOf(content)), windowText(content, level));
    }
    if (Math.abs(nowMs - this.#trimmedAtMs) < TRIM_MS) return;
    for (const level of WINDOW_LEVELS) {
      this.#session.run(DELETE, idOf(level, 0), idOf(level, windowStart(level, nowMs - level.keptMs)));
    }
  }

  /** What was flushed is stored for good. */
  flushed(nowMs: number): void {
    this.#open.clear();
    if (Math.abs(nowMs - this.#trimmedAtMs) >= TRIM_MS) this.#trimmedAtMs = nowMs;
  }

  /** Windows of a level from a time on to another, ascending. */
  summaries(level: WindowLevel, fromMs: number, toMs: number): [startMs: number, WindowSummary][] {
    const [from, to] = [idOf(level, windowStart(level, fromMs)), idOf(level, toMs)];
    const stored = this.#session.rows(READ_SUMMARIES, from, to).flatMap(([id, summary]): [number, WindowSummary][] => {
      if (this.#open.has(id as number)) return [];
      return [[(id as number) - idOf(level, 0), JSON.parse(summary as string)]];
    });
    const open = this.#openOf(level, from, to).map(([id, content]): [number, WindowSummary] => [
      id - idOf(level, 0),
      summaryOf(content),
    ]);
    return [...stored, ...open].sort(([a], [b]) => a - b);
  }

  /** One by one, since all of them may be more than an object has memory for. */
  *details(level: WindowLevel, fromMs: number, toMs: number): Generator<WindowCounts> {
    const [from, to] = [idOf(level, windowStart(level, fromMs)), idOf(level, toMs)];
    for (const [id, detail] of this.#session.each(READ_DETAILS, from, to)) {
      if (!this.#open.has(id as number)) yield JSON.parse(detail as string);
    }
    for (const [, content] of this.#openOf(level, from, to)) yield content;
  }

  #openOf(level: WindowLevel, from: number, to: number): [id: number, WindowCounts][] {
    return [...this.#open]
      .filter(([id, open]) => open.level === level && id >= from && id < to)
      .map(([id, { window }]) => [id, window.content]);
  }

  #read(id: number): WindowCounts | null {
    const row = this.#session.row(READ, id);
    return row === undefined ? null : JSON.parse(row[0] as string);
  }
}

/** How often old windows are looked for. */
const TRIM_MS = 10 * 60_000;
