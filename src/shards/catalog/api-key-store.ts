import type { ApiKey, NewApiKey } from '../api-key.ts';
import { SqlSession } from '../sql/sql-session.ts';

const CREATE_TABLE = `CREATE TABLE IF NOT EXISTS _api_keys (
  hash TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, claims TEXT NOT NULL,
  created_at INTEGER NOT NULL, expires_at INTEGER, revoked_at INTEGER
) WITHOUT ROWID`;
const CREATE_INDEX = 'CREATE UNIQUE INDEX IF NOT EXISTS _api_keys_name ON _api_keys (name) WHERE revoked_at IS NULL';
const INSERT = `INSERT INTO _api_keys (hash, name, role, claims, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT DO NOTHING RETURNING 1`;
const COLUMNS = 'name, role, claims, created_at, expires_at, revoked_at';
const FIND = `SELECT ${COLUMNS} FROM _api_keys WHERE hash = ?`;
const LIST = `SELECT ${COLUMNS} FROM _api_keys ORDER BY created_at, name`;
const REVOKE = 'UPDATE _api_keys SET revoked_at = ? WHERE name = ? AND revoked_at IS NULL RETURNING 1';

/** The keys of programs that may call the API. They are here because they belong to no shard. */
export class ApiKeyStore {
  readonly #session: SqlSession;

  constructor(storage: DurableObjectStorage) {
    this.#session = new SqlSession(storage.sql);
    this.#session.run(CREATE_TABLE);
    this.#session.run(CREATE_INDEX);
  }

  /** False: a key that is not revoked has the name already, and nothing was kept. */
  add({ hash, name, role, claims, expiresAtMs }: NewApiKey, nowMs: number): boolean {
    return this.#session.row(INSERT, hash, name, role, JSON.stringify(claims), nowMs, expiresAtMs) !== undefined;
  }

  find(hash: string): ApiKey | null {
    const row = this.#session.row(FIND, hash);
    return row === undefined ? null : toKey(row);
  }

  /** All there ever were, oldest first. */
  list(): ApiKey[] {
    return this.#session.rows(LIST).map(toKey);
  }

  /** False: no key that is not revoked has the name. */
  revoke(name: string, nowMs: number): boolean {
    return this.#session.row(REVOKE, nowMs, name) !== undefined;
  }
}

const toKey = ([name, role, claims, createdAt, expiresAt, revokedAt]: readonly SqlStorageValue[]): ApiKey => ({
  name: name as string,
  role: role as string,
  claims: JSON.parse(claims as string) as ApiKey['claims'],
  createdAtMs: createdAt as number,
  expiresAtMs: expiresAt as number | null,
  revokedAtMs: revokedAt as number | null,
});
