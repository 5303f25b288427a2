/**
 * What rows are, whatever shards they are on and in whatever order: the sum of the SHA-256 hashes of all rows, each of its table, its
 * columns by name and its values with their storage classes. Row versions do not count, as they are new where rows are
 * restored. A sum, unlike an exclusive or, tells rows that are there twice.
 */
import { createHash, hash } from 'node:crypto';
import type { FileTable, FileValue, StoredRows } from './stored-rows.ts';

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

export function contentOf(file: StoredRows, table: FileTable): TableContent {
  let [rows, sum] = [0, 0n];
  const head = `${JSON.stringify([table.name, ...table.columns])}\n`;
  for (const row of file.rows(table)) {
    rows++;
    sum += BigInt(`0x${hashRow(head, row)}`);
  }
  return { rows, sum: sum % MODULUS };
}

/** Of all tables: their names and sums, in the order of names. */
export function contentHashOf(tables: readonly { readonly name: string; readonly hash: string }[]): string {
  const sorted = tables.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return createHash('sha256')
    .update(sorted.map(({ name, hash: sum }) => `${JSON.stringify(name)} ${sum}\n`).join(''))
    .digest('hex');
}

function hashRow(head: string, row: readonly FileValue[]): string {
  if (row.some((value) => value instanceof Uint8Array)) {
    const whole = createHash('sha256').update(head);
    for (const value of row) {
      whole.update(tagOf(value));
      if (value instanceof Uint8Array) whole.update(value);
    }
    return whole.digest('hex');
  }
  return hash('sha256', head + row.map(tagOf).join(''));
}

/** With its length, so that no two rows have the same text. */
function tagOf(value: FileValue): string {
  if (value === null) return 'n;';
  if (typeof value === 'string') return `t${value.length}:${value}`;
  if (typeof value === 'bigint') return `i${value};`;
  // Negative zero is stored as zero.
  return typeof value === 'number' ? `r${value + 0};` : `b${value.length}:`;
}
