import { type BackupRecord, MAX_BACKUP_RECORDS } from '../backup-record.ts';
import { SqlSession } from '../sql/sql-session.ts';

const CREATE_TABLE = `CREATE TABLE IF NOT EXISTS _backups (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, record TEXT NOT NULL
)`;
const INSERT = 'INSERT INTO _backups (id, record) VALUES (?, ?) ON CONFLICT DO NOTHING';
const TRIM = 'DELETE FROM _backups WHERE seq NOT IN (SELECT seq FROM _backups ORDER BY seq DESC LIMIT ?)';
const LIST = 'SELECT record FROM _backups ORDER BY seq DESC LIMIT ?';
const REMOVE = 'DELETE FROM _backups WHERE id = ? RETURNING 1';

/** Backups that were told of, the latest 200. */
export class BackupRecordStore {
  readonly #storage: DurableObjectStorage;
  readonly #session: SqlSession;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#session = new SqlSession(storage.sql);
    this.#session.run(CREATE_TABLE);
  }

  /** One that is there already, by its id, is not added again. */
  add(record: BackupRecord): void {
    this.#storage.transactionSync(() => {
      this.#session.run(INSERT, record.id, JSON.stringify(record));
      this.#session.run(TRIM, MAX_BACKUP_RECORDS);
    });
  }

  /** Latest first. */
  list(limit: number): BackupRecord[] {
    return this.#session.rows(LIST, limit).map(([record]) => JSON.parse(record as string) as BackupRecord);
  }

  /** False: it is not there. */
  remove(id: string): boolean {
    return this.#session.row(REMOVE, id) !== undefined;
  }
}
