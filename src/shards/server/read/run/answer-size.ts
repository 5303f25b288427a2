import { ShardQLError } from '../../../errors.ts';
import { MAX_RPC_BYTES } from '../../../limits.ts';
import type { Answer } from '../../../plan/answer.ts';
import type { PlanValue } from '../../../plan/value.ts';
import type { CompiledNode } from '../compile/compiled-node.ts';

/**
 * Greatest number of rows in the answers of one request, nested ones included and counted as often as they appear. Pages
 * within pages multiply: without a bound, a few hundred bytes of GraphQL could ask for an answer that fills the memory.
 */
export const MAX_ANSWER_ROWS = 100_000;

/** Greatest size of the answers of one request: what fits into an RPC, with room for the rest of it. */
export const MAX_ANSWER_BYTES = MAX_RPC_BYTES - 1024 * 1024;

/**
 * Counts the rows of answers, from the innermost node outwards. A row that several parents share is stored once, but
 * appears under each of them in the answer, so stored rows say nothing about its size.
 */
export class AnswerSizes {
  readonly #rowsByAnswer = new Map<object, number>();
  readonly #charactersByAnswer = new Map<object, number>();
  #spent = 0;
  #charactersRead = 0;
  /** At least the characters of any row that was read. */
  #longestRow = 0;
  readonly #maxBytes: number;

  /** @param maxBytes of all answers. */
  constructor(maxBytes = MAX_ANSWER_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Counts the cells of a row that was read; false if there are too many in all of the request. Values may be 2 MB, so that a
   * page of them fills the memory before it is an answer.
   */
  readsRow(row: readonly unknown[]): boolean {
    return this.readsText(charactersOf(row, row.length));
  }

  /** The same of rows that come as one text, by its length. */
  readsText(characters: number): boolean {
    this.#charactersRead += characters;
    if (characters > this.#longestRow) this.#longestRow = characters;
    return this.#charactersRead <= this.#maxBytes;
  }

  /** Runs one call. What it has read is given up if it fails, and does not count for the others. */
  call<T>(run: () => T): T {
    const before = this.#charactersRead;
    try {
      return run();
    } catch (error) {
      this.#charactersRead = before;
      throw error;
    }
  }

  /** Rows of an answer of `node`, itself and nested. */
  of(answer: Answer, node: CompiledNode): number {
    if (answer === null || answer === 'ambiguous') return 0;
    if (node.relations.length > 0) return this.#rowsByAnswer.get(answer) ?? 0;
    return 'rows' in answer ? answer.rows.length : 1;
  }

  /**
   * Notes the sizes of a node's answers, whose relations have been noted before, and gives their sum.
   *
   * @throws ShardQLError COST_LIMIT_EXCEEDED if that is more than {@link MAX_ANSWER_ROWS}.
   */
  note(answers: readonly Answer[], node: CompiledNode): number {
    let total = 0;
    for (const answer of answers) {
      if (answer === null || answer === 'ambiguous') continue;
      const size = 'rows' in answer ? this.#rowsSize(answer.rows, node) : this.#rowsSize([answer], node);
      if (node.relations.length > 0) this.#rowsByAnswer.set(answer, size);
      total += size;
      if (total > MAX_ANSWER_ROWS) throw tooManyRows();
    }
    // Rows that several parents share are written down for each of them. Few answers have to be looked through for that.
    if (total * this.#longestRow > this.#maxBytes) this.#checkCharacters(answers, node);
    return total;
  }

  #checkCharacters(answers: readonly Answer[], node: CompiledNode): void {
    let characters = 0;
    for (const answer of answers) {
      characters += this.#charactersOf(answer, node);
      if (characters > this.#maxBytes) throw new TooManyBytes();
    }
  }

  #charactersOf(answer: Answer, node: CompiledNode): number {
    if (answer === null || answer === 'ambiguous') return 0;
    const known = this.#charactersByAnswer.get(answer);
    if (known !== undefined) return known;
    let characters = 0;
    for (const row of 'rows' in answer ? answer.rows : [answer]) {
      characters += charactersOf(row, node.columns.length);
      for (const [at, relation] of node.relations.entries()) {
        characters += this.#charactersOf(row[node.columns.length + at] as Answer, relation.node);
      }
    }
    this.#charactersByAnswer.set(answer, characters);
    return characters;
  }

  /**
   * Notes the answers of a whole call.
   *
   * @throws ShardQLError COST_LIMIT_EXCEEDED if those of all calls have more than {@link MAX_ANSWER_ROWS} rows.
   */
  spend(answers: readonly Answer[], node: CompiledNode): void {
    this.#spent += this.note(answers, node);
    if (this.#spent > MAX_ANSWER_ROWS) throw tooManyRows();
  }

  /**
   * Counts what comes beside rows: groups, and values to be merged.
   *
   * @throws ShardQLError COST_LIMIT_EXCEEDED if those and the rows are more than {@link MAX_ANSWER_ROWS}.
   */
  spendGroups(count: number): void {
    this.#spent += count;
    if (this.#spent > MAX_ANSWER_ROWS) throw tooManyRows();
  }

  #rowsSize(rows: readonly (readonly unknown[])[], node: CompiledNode): number {
    if (node.relations.length === 0) return rows.length;
    let size = rows.length;
    for (const row of rows) {
      for (const [at, relation] of node.relations.entries()) {
        size += this.of(row[node.columns.length + at] as Answer, relation.node);
      }
    }
    return size;
  }
}

/** So many keys that their rows have to be counted while they are read; each page reads one row further. */
export const mayExceedAnswer = ({ page }: CompiledNode, keyCount: number, values: readonly PlanValue[]): boolean =>
  page !== null && keyCount * Number(values[page.limit]) > MAX_ANSWER_ROWS;

/** Of numbers, those that most have. */
const CHARACTERS_OF_NUMBER = 8;

function charactersOf(row: readonly unknown[], width: number): number {
  let characters = 0;
  for (let at = 0; at < width; at++) {
    const cell = row[at];
    characters += typeof cell === 'string' ? cell.length : CHARACTERS_OF_NUMBER;
  }
  return characters;
}

/** Answers have more bytes than they may have together. */
export class TooManyBytes extends ShardQLError {
  constructor() {
    super(
      'COST_LIMIT_EXCEEDED',
      `Expected answers of at most ${MAX_RPC_BYTES / 1024 / 1024} MiB from one shard, but got more; ask for fewer rows or fields.`,
    );
  }
}

export const tooManyRows = (): ShardQLError =>
  new ShardQLError(
    'COST_LIMIT_EXCEEDED',
    `Expected at most ${MAX_ANSWER_ROWS.toLocaleString('en-US')} rows and groups in one answer, nested ones included, but got more; ask for smaller pages, fewer levels or longer periods.`,
  );
