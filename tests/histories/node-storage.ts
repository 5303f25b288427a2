/**
 * A Durable Object's storage over Node's own SQLite, as far as shards use it: so that many shards can run in one process
 * under one clock, step by step. What they do in workerd is tested elsewhere; here it is what they promise together.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite';

export class NodeStorage {
  readonly #database = new DatabaseSync(':memory:');
  readonly #statements = new Map<string, StatementSync>();
  #depth = 0;
  /** Asked for by the shard; null: none. */
  alarmAtMs: number | null = null;

  constructor() {
    this.#database.exec('PRAGMA foreign_keys = ON');
  }

  readonly sql = {
    exec: (text: string, ...bindings: unknown[]) => {
      const rows = this.#run(text, bindings);
      return { raw: () => rows[Symbol.iterator](), rowsRead: rows.length, rowsWritten: 0 };
    },
    get databaseSize() {
      return 0;
    },
  };

  transactionSync<T>(work: () => T): T {
    const name = `level_${++this.#depth}`;
    this.#database.exec(`SAVEPOINT ${name}`);
    try {
      const result = work();
      this.#database.exec(`RELEASE ${name}`);
      return result;
    } catch (error) {
      this.#database.exec(`ROLLBACK TO ${name}; RELEASE ${name}`);
      throw error;
    } finally {
      this.#depth--;
    }
  }

  /** Nothing is left to be written: the database is in memory. */
  async sync(): Promise<void> {}

  async setAlarm(atMs: number | Date): Promise<void> {
    this.alarmAtMs = Number(atMs);
  }

  /** What is written from here on is forgotten by {@link forget}. */
  remember(): void {
    this.#database.exec('BEGIN');
  }

  /** The database is again as it was, for the next shard: tables are made once, not for every history. */
  forget(): void {
    this.#database.exec('ROLLBACK');
    this.alarmAtMs = null;
  }

  #run(text: string, bindings: readonly unknown[]): unknown[][] {
    let statement = this.#statements.get(text);
    if (statement === undefined) {
      statement = this.#database.prepare(text);
      statement.setReturnArrays(true);
      this.#statements.set(text, statement);
    }
    const rows = statement.all(...(bindings as never[])) as unknown as unknown[][];
    return rows.map((row) => row.map((value) => (value instanceof Uint8Array ? value.slice().buffer : value)));
  }
}
