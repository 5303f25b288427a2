import type { StatementWork } from '../protocol/envelope.ts';

/** Statements that are told of; what comes after them is in the counts alone. */
const MAX_STATEMENTS = 100;

/** Characters of their texts that travel: of a plan of many levels there are some thousands. */
const MAX_SQL_CHARACTERS = 4_000;

type Draft = { -readonly [Member in keyof StatementWork]: StatementWork[Member] };

/** What the statements of one request did, in their order. The same one several times in a row is told once. */
export class StatementLog {
  readonly #wallClock: () => number;
  readonly #startMs: number;
  readonly #work: Draft[] = [];
  /** Of the last one, the whole text. */
  #lastSql: string | null = null;
  #beganMs = 0;

  constructor(wallClock: () => number) {
    this.#wallClock = wallClock;
    this.#startMs = wallClock();
  }

  get work(): readonly StatementWork[] {
    return this.#work;
  }

  begin(): void {
    this.#beganMs = this.#wallClock() - this.#startMs;
  }

  end(sql: string, { rowsRead, rowsWritten }: Pick<StatementWork, 'rowsRead' | 'rowsWritten'>): void {
    const endedMs = this.#wallClock() - this.#startMs;
    const last = this.#work.at(-1);
    if (last !== undefined && this.#lastSql === sql) {
      last.times++;
      last.rowsRead += rowsRead;
      last.rowsWritten += rowsWritten;
      last.endedMs = endedMs;
    } else if (this.#work.length < MAX_STATEMENTS) {
      const shown = sql.length > MAX_SQL_CHARACTERS ? `${sql.slice(0, MAX_SQL_CHARACTERS)}…` : sql;
      this.#work.push({ sql: shown, times: 1, rowsRead, rowsWritten, beganMs: this.#beganMs, endedMs });
      this.#lastSql = sql;
    }
  }
}
