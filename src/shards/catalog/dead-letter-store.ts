import type { DeadLetter, DeadLetterReason, NewDeadLetter } from '../dead-letter.ts';
import { SqlSession } from '../sql/sql-session.ts';

const CREATE_TABLE = `CREATE TABLE IF NOT EXISTS _dead_letters (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, sent_at INTEGER NOT NULL,
  reason TEXT NOT NULL, body TEXT NOT NULL
)`;
const INSERT = 'INSERT INTO _dead_letters (id, sent_at, reason, body) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING';
const READ = 'SELECT seq, id, sent_at, reason, body FROM _dead_letters WHERE seq > ? ORDER BY seq LIMIT ?';
const FIND =
  'SELECT seq, id, sent_at, reason, body FROM _dead_letters WHERE id IN (SELECT value FROM json_each(?)) ORDER BY seq';
const COUNT = 'SELECT count(*) FROM _dead_letters';
const DELETE = 'DELETE FROM _dead_letters WHERE seq IN (SELECT value FROM json_each(?))';

/** Messages may have 128 KB, and an answer 32 MiB. */
const MAX_READ_LETTERS = 100;

/** Messages that no consumer could handle. They are here because there is one catalog, with little to do. */
export class DeadLetterStore {
  readonly #storage: DurableObjectStorage;
  readonly #session: SqlSession;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#session = new SqlSession(storage.sql);
    this.#session.run(CREATE_TABLE);
  }

  /** Letters that are there already are not added again. */
  keep(letters: readonly NewDeadLetter[]): void {
    this.#storage.transactionSync(() => {
      for (const { id, sentAtMs, reason, body } of letters) this.#session.run(INSERT, id, sentAtMs, reason, body);
    });
  }

  /** Up to a hundred of those after `seq`, oldest first. */
  after(seq: number): DeadLetter[] {
    return this.#session.rows(READ, seq, MAX_READ_LETTERS).map(toLetter);
  }

  /** Those of these ids that are there, oldest first. */
  find(ids: readonly string[]): DeadLetter[] {
    return this.#session.rows(FIND, JSON.stringify(ids)).map(toLetter);
  }

  /** Reads all of them, as there are few. */
  count(): number {
    return this.#session.row(COUNT)![0] as number;
  }

  remove(seqs: readonly number[]): void {
    this.#session.run(DELETE, JSON.stringify(seqs));
  }
}

const toLetter = ([seq, id, sentAt, reason, body]: readonly SqlStorageValue[]): DeadLetter => ({
  seq: seq as number,
  id: id as string,
  sentAtMs: sentAt as number,
  reason: reason as DeadLetterReason,
  body: body as string,
});
