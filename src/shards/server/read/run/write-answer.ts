import { getOrInsert } from '../../../../lib/get-or-insert.ts';
import { InvalidValueError } from '../../../../model/invalid-value-error.ts';
import { decimalToWire } from '../../../../model/values/stored-decimal.ts';
import { ShardQLError } from '../../../errors.ts';
import { MAX_ROW_BYTES } from '../../../limits.ts';
import type { Answer, RowAnswer } from '../../../plan/answer.ts';
import type { TextShape } from '../../../plan/text-shape.ts';
import { rpcBytes } from '../../../protocol/json-text.ts';
import type { TextPlace } from '../../../protocol/read.ts';
import type { ShardKey } from '../../../shard-key.ts';
import { StatementError } from '../../../sql/statement-error.ts';
import type { CompiledNode } from '../compile/compiled-node.ts';
import { UNWRITTEN } from '../sql/json-text-sql.ts';
import type { KeySet } from '../sql/key-set.ts';
import type { RowsVariant } from '../sql/node-statements.ts';
import { type Statement, StatementCache } from '../sql/statement.ts';
import { textStatement } from '../sql/text-rows.ts';
import { NodeExecution, type Run } from './run-node.ts';

/** The only answer of a call, whose rows are text: of a page, its `rows` are the first and the last, where those are asked for. */
export interface WrittenAnswer {
  readonly answers: readonly [Answer];
  /** Absent: there is no row. */
  readonly text?: TextPlace;
  readonly rows: string;
}

/** Production refuses texts of more than 2 MB; whatever comes near them goes by cells everywhere. */
const MAX_ROW_CHARACTERS = 0.95 * MAX_ROW_BYTES;

/** After a row that could not be written, so many answers are read as cells at once, and twice as many after the next one. */
const MAX_SKIPPED = 1024;

/** Writes answers of one plan that are shown in one way. */
export class AnswerWriter {
  readonly #node: CompiledNode;
  readonly #shape: TextShape;
  /** By variant; null: SQLite cannot write the rows. */
  readonly #textStatements = new Map<string, Statement | null>();
  /** Of what is read beside the rows. */
  readonly #statements = new StatementCache();
  #skips = 0;
  #skipped = 1;

  constructor(node: CompiledNode, shape: string) {
    this.#node = node;
    this.#shape = JSON.parse(shape) as TextShape;
  }

  /** The answer to a single key; null where it is to be read as cells. */
  write(
    call: Omit<Run, 'statements'>,
    keys: KeySet,
    shardKeys: readonly ShardKey[] | null,
    maxBytes: number,
  ): WrittenAnswer | null {
    if (this.#skips > 0) {
      this.#skips--;
      return null;
    }
    const run: Run = { ...call, statements: this.#statements };
    try {
      return call.sizes.call(() => this.#write(new NodeExecution(this.#node, keys, shardKeys, run), maxBytes));
    } catch (error) {
      // Whatever is wrong with what is asked, or too large, is found again with the cells.
      if (!(error instanceof StatementError || error instanceof ShardQLError)) throw error;
      return this.#skip();
    }
  }

  #write(execution: NodeExecution, maxBytes: number): WrittenAnswer | null {
    const statement = this.#statement(execution.variant);
    if (statement === null) return null;
    const rows = execution.rowsOf(statement);
    if (rows.some(([text]) => (text as string).length > MAX_ROW_CHARACTERS)) return this.#skip();
    const page = this.#node.page === null ? null : execution.pageOf(rows);
    if (page === null && rows.length === 0) return NO_ROW;
    const shown = (page?.rows as SqlStorageValue[][] | undefined) ?? rows;
    const text = textOf(shown, maxBytes);
    const ends = page === null || !this.#shape.ends ? [] : this.#ends(shown);
    if (text === null || ends === null || (page === null && rows.length > 1)) return this.#skip();
    this.#skipped = 1;
    const answer = page === null ? ends : { ...page, rows: ends };
    return { answers: [answer], text: { characters: text.length, rows: shown.length }, rows: text };
  }

  #statement(variant: RowsVariant): Statement | null {
    const { varying, visibleOnly, confinement, fixedOrder } = variant;
    const id = `${varying.join()} ${visibleOnly} ${confinement} ${fixedOrder}`;
    return getOrInsert(this.#textStatements, id, () => textStatement(this.#node, variant, this.#shape));
  }

  /** The cells of the first row and of the last; null if one does not fit. */
  #ends(rows: readonly SqlStorageValue[][]): RowAnswer[] | null {
    const ends = [...new Set([...rows.slice(0, 1), ...rows.slice(-1)])].map((row) => row.slice(1));
    const { decimals, checks } = this.#node;
    for (const row of ends) {
      for (const at of decimals) if (row[at] !== null) row[at] = decimalToWire(row[at] as number | string);
      for (const { position, check } of checks) {
        if (row[position] === null) continue;
        try {
          check(row[position]);
        } catch (error) {
          if (error instanceof InvalidValueError) return null;
          throw error;
        }
      }
    }
    return ends as RowAnswer[];
  }

  #skip(): null {
    this.#skips = this.#skipped;
    this.#skipped = Math.min(2 * this.#skipped, MAX_SKIPPED);
    return null;
  }
}

/** All rows, with commas between them; null if that is too long, or one is not written. */
function textOf(rows: readonly SqlStorageValue[][], maxBytes: number): string | null {
  let text = '';
  for (const [row] of rows) {
    text += text === '' ? row : `,${row}`;
    if (text.length > maxBytes) return null;
  }
  return rpcBytes(text) > maxBytes || text.includes(UNWRITTEN) ? null : text;
}

const NO_ROW: WrittenAnswer = { answers: [null], rows: '' };
