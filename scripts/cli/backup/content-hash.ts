/**
 * What rows are, whatever shards they are on and in whatever order: the sum of the SHA-256 hashes of all rows, each of its table, its
 * columns by name and its values with their storage classes. Row versions do not count, as they are new where rows are
 * restored. A sum, unlike an exclusive or, tells rows that are there twice.
 */
import { createHash, hash } from 'node:crypto';
import type { FileValue } from './file-value.ts';
import type { FileTable, StoredRows } from './stored-rows.ts';

const MODULUS = 2n ** 256n;

/** Rows that were counted and summed up. */
export interface TableContent {
  readonly rows: number;
  readonly sum: bigint;
}

export const NO_CONTENT: TableContent = { rows: 0, sum: 0n };

export const addContents = (a: TableContent, b: TableContent): TableContent => ({
  rows: a.rows + b.rows,
  sum: (a.sum + b.sum) % MODULUS,
});

export const toHashText = ({ sum }: Pick<TableContent, 'sum'>): string => sum.toString(16).padStart(64, '0');

/** Of all tables: their names and sums, in the order of names. */
export function contentHashOf(tables: readonly { readonly name: string; readonly hash: string }[]): string {
  const sorted = tables.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return createHash('sha256')
    .update(sorted.map(({ name, hash: sum }) => `${JSON.stringify(name)} ${sum}\n`).join(''))
    .digest('hex');
}

const LANES = 8;
/** So many rows fit in lanes of 32 bits each before their sums exceed 2^53. */
const LANE_ROWS = 2 ** 20;

/** Sums up rows of a table. */
export class ContentSum {
  readonly #table: string;
  /** Names of the columns that {@link #head} is of. */
  #columns: readonly string[] = [];
  #head = '';
  #content = NO_CONTENT;
  /** Rows that are in the lanes, the most significant one first, and not in the content. */
  #rows = 0;
  readonly #lanes = new Float64Array(LANES);

  constructor(table: string) {
    this.#table = table;
  }

  get content(): TableContent {
    this.#settle();
    return this.#content;
  }

  /** Cells in the order of columns, which are sorted by name. */
  add(columns: readonly string[], row: readonly FileValue[]): void {
    if (columns !== this.#columns) {
      this.#columns = columns;
      this.#head = `${JSON.stringify([this.#table, ...columns])}\n`;
    }
    const digest = hashRow(this.#head, row);
    for (let lane = 0; lane < LANES; lane++) this.#lanes[lane]! += digest.readUInt32BE(4 * lane);
    if (++this.#rows === LANE_ROWS) this.#settle();
  }

  #settle(): void {
    let sum = 0n;
    for (const lane of this.#lanes) sum = (sum << 32n) + BigInt(lane);
    this.#content = addContents(this.#content, { rows: this.#rows, sum });
    this.#lanes.fill(0);
    this.#rows = 0;
  }
}

export function contentOf(file: StoredRows, table: FileTable): TableContent {
  const sum = new ContentSum(table.name);
  for (const row of file.rows(table)) sum.add(table.columns, row);
  return sum.content;
}

function hashRow(head: string, row: readonly FileValue[]): Buffer {
  let text = head;
  for (const value of row) {
    if (value instanceof Uint8Array) return hashBytes(head, row);
    text += tagOf(value);
  }
  return hash('sha256', text, 'buffer');
}

function hashBytes(head: string, row: readonly FileValue[]): Buffer {
  const whole = createHash('sha256').update(head);
  for (const value of row) {
    whole.update(tagOf(value));
    if (value instanceof Uint8Array) whole.update(value);
  }
  return whole.digest();
}

/** With its length, so that no two rows have the same text. */
function tagOf(value: FileValue): string {
  if (value === null) return 'n;';
  if (typeof value === 'string') return `t${value.length}:${value}`;
  if (typeof value === 'bigint') return `i${value};`;
  // Negative zero is stored as zero.
  return typeof value === 'number' ? `r${value + 0};` : `b${value.length}:`;
}
