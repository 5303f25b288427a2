/**
 * A Durable Object's storage over Node's own SQLite, as far as shards use it: so that many shards can run in one process
 * under one clock, step by step. What they do in workerd is tested elsewhere; here it is what they promise together.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite';

const WRITES = /^\s*(INSERT|UPDATE|DELETE)/;

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
      const isWrite = WRITES.test(text);
      const before = isWrite ? this.#changes() : 0;
      const rows = this.#run(text, bindings);
      const rowsWritten = isWrite ? this.#changes() - before : 0;
      return { raw: () => rows[Symbol.iterator](), rowsRead: rows.length, rowsWritten };
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

  async deleteAlarm(): Promise<void> {
    this.alarmAtMs = null;
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

  /** Rows that were ever changed; the platform counts those of indexes too. */
  #changes(): number {
    return this.#run('SELECT total_changes()', [])[0]![0] as number;
  }

  #run(text: string, bindings: readonly unknown[]): unknown[][] {
    try {
      let statement = this.#statements.get(text);
      if (statement === undefined) {
        statement = this.#database.prepare(text);
        statement.setReturnArrays(true);
        statement.setReadBigInts(true);
        this.#statements.set(text, statement);
      }
      const rows = statement.all(...(bindings as never[])) as unknown as unknown[][];
      return rows.map((row) => row.map(cellInWorkerd));
    } catch (error) {
      throw asInWorkerd(error as Error & { errcode?: number });
    }
  }
}

/** Integers beyond 2^53 are rounded, and bytes are buffers. */
function cellInWorkerd(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  return value instanceof Uint8Array ? value.slice().buffer : value;
}

const CODES: Readonly<Record<number, string>> = { 1: 'SQLITE_ERROR', 19: 'SQLITE_CONSTRAINT', 20: 'SQLITE_MISMATCH' };
const CONSTRAINTS: Readonly<Record<number, string>> = {
  275: 'CHECK',
  787: 'FOREIGNKEY',
  1299: 'NOTNULL',
  1555: 'PRIMARYKEY',
  1811: 'TRIGGER',
  2067: 'UNIQUE',
  3091: 'DATATYPE',
};

/** A Durable Object's errors end with SQLite's result codes. */
function asInWorkerd(error: Error & { errcode?: number }): Error {
  const code = CODES[(error.errcode ?? 0) & 0xff];
  if (code === undefined) return error;
  const constraint = CONSTRAINTS[error.errcode!];
  const extended = constraint === undefined ? '' : ` (extended: SQLITE_CONSTRAINT_${constraint})`;
  return new Error(`${error.message}: ${code}${extended}`, { cause: error });
}
