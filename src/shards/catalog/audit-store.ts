import {
  type AuditEntry,
  type AuditedAction,
  MAX_AUDIT_AGE_MS,
  MAX_AUDIT_ENTRIES,
  type NewAuditEntry,
  RECORDED_ONCE_AN_HOUR,
} from '../audit.ts';
import { SqlSession } from '../sql/sql-session.ts';

const CREATE_TABLE = `CREATE TABLE IF NOT EXISTS _audit_log (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, action TEXT NOT NULL, target TEXT, outcome TEXT NOT NULL,
  role TEXT NOT NULL, by TEXT NOT NULL, issuer TEXT, name TEXT, address TEXT NOT NULL, request_id TEXT NOT NULL, once TEXT
)`;
const CREATE_INDEX = 'CREATE UNIQUE INDEX IF NOT EXISTS _audit_log_once ON _audit_log (once)';
const COLUMNS = 'at, action, target, outcome, role, by, issuer, name, address, request_id';
const INSERT = `INSERT INTO _audit_log (${COLUMNS}, once) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;
const TRIM = `DELETE FROM _audit_log WHERE seq <= (SELECT max(seq) FROM _audit_log) - ? OR at < ?`;
const READ = `SELECT seq, ${COLUMNS} FROM _audit_log WHERE seq < ? ORDER BY seq DESC LIMIT ?`;

const HOUR_MS = 3_600_000;

/** What operators did, the latest 10,000 actions of the last 90 days. */
export class AuditStore {
  readonly #storage: DurableObjectStorage;
  readonly #session: SqlSession;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#session = new SqlSession(storage.sql);
    this.#session.run(CREATE_TABLE);
    this.#session.run(CREATE_INDEX);
  }

  add(entry: NewAuditEntry): void {
    const { atMs, action, target, outcome, actor, requestId } = entry;
    const { role, by, issuer, name, address } = actor;
    const values = [atMs, action, target, outcome, role, by, issuer, name, address, requestId, onceOf(entry)] as const;
    this.#storage.transactionSync(() => {
      this.#session.run(INSERT, ...values);
      this.#session.run(TRIM, MAX_AUDIT_ENTRIES, atMs - MAX_AUDIT_AGE_MS);
    });
  }

  /** Those before `seq`, latest first. */
  before(seq: number, limit: number): AuditEntry[] {
    return this.#session.rows(READ, seq, limit).map(toEntry);
  }
}

function onceOf({ atMs, action, target, outcome, actor: { by, issuer, name, address } }: NewAuditEntry): string | null {
  if (!RECORDED_ONCE_AN_HOUR.has(action)) return null;
  return JSON.stringify([Math.floor(atMs / HOUR_MS), action, target, outcome, by, issuer, name, address]);
}

const toEntry = (row: readonly SqlStorageValue[]): AuditEntry => ({
  seq: row[0] as number,
  atMs: row[1] as number,
  action: row[2] as AuditedAction,
  target: row[3] as string | null,
  outcome: row[4] as string,
  actor: {
    role: row[5] as string,
    by: row[6] as string,
    issuer: row[7] as string | null,
    name: row[8] as string | null,
    address: row[9] as string,
  },
  requestId: row[10] as string,
});
