import type { OperationDocument } from '../isolate-report.ts';
import type { SqlSession } from '../sql/sql-session.ts';

const CREATE_TABLE = 'CREATE TABLE IF NOT EXISTS _documents (hash TEXT PRIMARY KEY, text TEXT NOT NULL)';
const READ_ALL = 'SELECT hash, text FROM _documents';
const ADD = 'INSERT INTO _documents (hash, text) VALUES (?, ?) ON CONFLICT DO NOTHING';
const COUNT = 'SELECT count(*) FROM _documents';
const DELETE_FIRST = 'DELETE FROM _documents WHERE rowid IN (SELECT rowid FROM _documents ORDER BY rowid LIMIT ?)';

/** Documents that are kept; when there are more, the oldest go, and come again with an isolate that has not told of them. */
const MAX_DOCUMENTS = 1_000;
const DROPPED_AT_ONCE = 100;

/** What the hashes of operations are of. */
export class DocumentStore {
  readonly #session: SqlSession;
  /** Null: not read yet. */
  #known: Map<string, string> | null = null;

  constructor(session: SqlSession) {
    this.#session = session;
    session.run(CREATE_TABLE);
  }

  add(documents: readonly OperationDocument[]): void {
    if (documents.length === 0) return;
    const known = this.#all();
    const added = documents.filter(({ hash }) => !known.has(hash));
    for (const { hash, text } of added) {
      this.#session.run(ADD, hash, text);
      known.set(hash, text);
    }
    if (added.length === 0 || (this.#session.row(COUNT)![0] as number) <= MAX_DOCUMENTS) return;
    this.#session.run(DELETE_FIRST, DROPPED_AT_ONCE);
    this.#known = null;
  }

  /** Reads again what is stored, after a transaction that was taken back. */
  forget(): void {
    this.#known = null;
  }

  textOf(hash: string): string | null {
    return this.#all().get(hash) ?? null;
  }

  #all(): Map<string, string> {
    this.#known ??= new Map(this.#session.rows(READ_ALL).map(([hash, text]) => [hash as string, text as string]));
    return this.#known;
  }
}
