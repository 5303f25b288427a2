import type { SqlSession } from '../sql/sql-session.ts';
import type { ShardRecord } from './shard-record.ts';

/** `record`: JSON text of a `ShardRecord`, some kilobytes: so a report takes one row written. */
const CREATE_TABLE = 'CREATE TABLE IF NOT EXISTS _shards (name TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID';
const READ = 'SELECT record FROM _shards WHERE name = ?';
const READ_ALL = 'SELECT name, record FROM _shards ORDER BY name';
const WRITE =
  'INSERT INTO _shards (name, record) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET record = excluded.record';

/** What the monitor knows of each shard, durably. */
export class RecordStore {
  readonly #session: SqlSession;

  constructor(session: SqlSession) {
    this.#session = session;
    session.run(CREATE_TABLE);
  }

  find(shard: string): ShardRecord | null {
    const row = this.#session.row(READ, shard);
    return row === undefined ? null : JSON.parse(row[0] as string);
  }

  keep(shard: string, record: ShardRecord): void {
    this.#session.run(WRITE, shard, JSON.stringify(record));
  }

  all(): [shard: string, record: ShardRecord][] {
    return this.#session.rows(READ_ALL).map(([name, record]) => [name as string, JSON.parse(record as string)]);
  }
}
