import type { AlertRule, NewSilence, Silence } from '../../alert.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import type { AlertRecord } from './alert-step.ts';

/**
 * `record`: JSON text of an `AlertRecord`. `body`: what the webhook is sent. `value`: JSON text of what the board remembers
 * from look to look.
 */
const CREATE_TABLES = [
  'CREATE TABLE IF NOT EXISTS _alerts (id INTEGER PRIMARY KEY AUTOINCREMENT, resolved_ms INTEGER, record TEXT NOT NULL)',
  'CREATE TABLE IF NOT EXISTS _silences (id INTEGER PRIMARY KEY AUTOINCREMENT, until_ms INTEGER NOT NULL, silence TEXT NOT NULL)',
  'CREATE TABLE IF NOT EXISTS _messages (seq INTEGER PRIMARY KEY AUTOINCREMENT, alert INTEGER NOT NULL, id TEXT NOT NULL, attempts INTEGER NOT NULL, next_ms INTEGER NOT NULL, body TEXT NOT NULL)',
  'CREATE TABLE IF NOT EXISTS _board (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID',
];
const READ_OPEN = 'SELECT id, record FROM _alerts WHERE resolved_ms IS NULL ORDER BY id';
const READ_RESOLVED = 'SELECT id, record FROM _alerts WHERE resolved_ms IS NOT NULL ORDER BY resolved_ms DESC, id DESC';
const INSERT_ALERT = 'INSERT INTO _alerts (resolved_ms, record) VALUES (?, ?) RETURNING id';
const UPDATE_ALERT = 'UPDATE _alerts SET resolved_ms = ?, record = ? WHERE id = ?';
const DELETE_ALERT = 'DELETE FROM _alerts WHERE id = ?';
const TRIM_ALERTS =
  'DELETE FROM _alerts WHERE resolved_ms IS NOT NULL AND (resolved_ms < ? OR id NOT IN (SELECT id FROM _alerts WHERE resolved_ms IS NOT NULL ORDER BY resolved_ms DESC, id DESC LIMIT ?))';
const INSERT_SILENCE = 'INSERT INTO _silences (until_ms, silence) VALUES (?, ?) RETURNING id';
const READ_SILENCES = 'SELECT id, silence FROM _silences ORDER BY id';
const DELETE_SILENCE = 'DELETE FROM _silences WHERE id = ? RETURNING id';
const TRIM_SILENCES = 'DELETE FROM _silences WHERE until_ms <= ?';
const INSERT_MESSAGE = 'INSERT INTO _messages (alert, id, attempts, next_ms, body) VALUES (?, ?, 0, ?, ?)';
const READ_MESSAGES = 'SELECT seq, alert, id, attempts, next_ms, body FROM _messages ORDER BY seq';
const UPDATE_MESSAGE = 'UPDATE _messages SET attempts = ?, next_ms = ? WHERE seq = ?';
const DELETE_MESSAGE = 'DELETE FROM _messages WHERE seq = ?';
const READ_VALUE = 'SELECT value FROM _board WHERE name = ?';
const WRITE_VALUE =
  'INSERT INTO _board (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value';

/** Resolved alerts that are kept, and for how long. */
const MAX_RESOLVED = 200;
const KEEP_RESOLVED_MS = 30 * 86_400_000;

export interface StoredAlert {
  readonly id: number;
  readonly record: AlertRecord;
}

/** What is to be sent to the webhook. */
export interface StoredMessage {
  readonly seq: number;
  /** Id of the alert. */
  readonly alert: number;
  /** The same at each attempt, so that a receiver can tell a repetition. */
  readonly id: string;
  readonly attempts: number;
  readonly nextMs: number;
  readonly body: string;
}

/** Alerts, silences and what is to be told of them, durably. */
export class AlertStore {
  readonly #session: SqlSession;

  constructor(session: SqlSession) {
    this.#session = session;
    for (const statement of CREATE_TABLES) this.#session.run(statement);
  }

  /** Those that are not resolved. */
  get open(): StoredAlert[] {
    return this.#session
      .rows(READ_OPEN)
      .map(([id, record]) => ({ id: id as number, record: JSON.parse(record as string) }));
  }

  /** Latest first. */
  get resolved(): StoredAlert[] {
    return this.#session
      .rows(READ_RESOLVED)
      .map(([id, record]) => ({ id: id as number, record: JSON.parse(record as string) }));
  }

  add(record: AlertRecord): number {
    return this.#session.row(INSERT_ALERT, record.resolvedAtMs, JSON.stringify(record))![0] as number;
  }

  change({ id, record }: StoredAlert): void {
    this.#session.run(UPDATE_ALERT, record.resolvedAtMs, JSON.stringify(record), id);
  }

  remove(id: number): void {
    this.#session.run(DELETE_ALERT, id);
  }

  trim(nowMs: number): void {
    this.#session.run(TRIM_ALERTS, nowMs - KEEP_RESOLVED_MS, MAX_RESOLVED);
    this.trimSilences(nowMs);
  }

  /** Forgets those that have ended. */
  trimSilences(nowMs: number): void {
    this.#session.run(TRIM_SILENCES, nowMs);
  }

  addSilence(silence: NewSilence, atMs: number): Silence {
    const id = this.#session.row(INSERT_SILENCE, silence.untilMs, JSON.stringify({ ...silence, atMs }))![0];
    return { ...silence, atMs, id: String(id) };
  }

  /** True if there was one. */
  removeSilence(id: string): boolean {
    return this.#session.row(DELETE_SILENCE, Number(id)) !== undefined;
  }

  get silences(): Silence[] {
    return this.#session
      .rows(READ_SILENCES)
      .map(([id, silence]) => ({ ...JSON.parse(silence as string), id: String(id) }));
  }

  addMessage({ alert, id, nextMs, body }: Omit<StoredMessage, 'seq' | 'attempts'>): void {
    this.#session.run(INSERT_MESSAGE, alert, id, nextMs, body);
  }

  /** In the order in which they are to be sent. */
  get messages(): StoredMessage[] {
    return this.#session.rows(READ_MESSAGES).map(([seq, alert, id, attempts, nextMs, body]) => ({
      seq: seq as number,
      alert: alert as number,
      id: id as string,
      attempts: attempts as number,
      nextMs: nextMs as number,
      body: body as string,
    }));
  }

  postpone({ seq, attempts, nextMs }: Pick<StoredMessage, 'seq' | 'attempts' | 'nextMs'>): void {
    this.#session.run(UPDATE_MESSAGE, attempts, nextMs, seq);
  }

  removeMessage({ seq }: Pick<StoredMessage, 'seq'>): void {
    this.#session.run(DELETE_MESSAGE, seq);
  }

  /** Undefined: it was never kept. */
  value<Value>(name: string): Value | undefined {
    const row = this.#session.row(READ_VALUE, name);
    return row === undefined ? undefined : JSON.parse(row[0] as string);
  }

  keep(name: string, value: unknown): void {
    this.#session.run(WRITE_VALUE, name, JSON.stringify(value));
  }
}

/** Whether a silence covers an alert. */
export const covers = (
  silence: Pick<Silence, 'rule' | 'subject' | 'untilMs'>,
  { rule, subject }: { readonly rule: AlertRule; readonly subject: string },
  nowMs: number,
): boolean =>
  silence.untilMs > nowMs &&
  (silence.rule === null || silence.rule === rule) &&
  (silence.subject === null || silence.subject === subject);
