import type { ImportColumn, ImportTable } from '../../../../src/http/import/import-tables.ts';
import { CliError } from '../../cli-error.ts';
import { csvCells } from './csv-cells.ts';

/** What CSV files have for true and false, in any case. Numbers, dates and texts are for the API to read. */
const WORDS: readonly (readonly [json: string, words: readonly string[]])[] = [
  ['true', ['true', 't', 'yes', 'y', 'on', '1']],
  ['false', ['false', 'f', 'no', 'n', 'off', '0']],
];
const BOOLEAN_BY_WORD = new Map(WORDS.flatMap(([json, words]) => words.map((word) => [word, json] as const)));

interface HeaderCell {
  /** JSON text of the column's name. */
  readonly key: string;
  readonly column: ImportColumn;
  /** JSON text of what an empty cell means; null: the row leaves the column out. */
  readonly empty: string | null;
}

/** The first record of a CSV file: says what the cells of the others are. */
export class CsvHeader {
  readonly #cells: readonly HeaderCell[];
  readonly #names: readonly string[];

  /** @param where Path and line. @throws CliError unless it names columns of the table, each once. */
  constructor(record: string, where: string, table: ImportTable) {
    this.#names = csvCells(record);
    this.#cells = this.#names.map((name) => {
      const column = table.columns.find((known) => known.sqlName === name || known.name === name);
      if (column) return { key: JSON.stringify(name), column, empty: emptyCell(column) };
      const known = table.columns.map(({ sqlName }) => sqlName).join(', ');
      throw new CliError(`${where}: Expected a header of columns of ${table.table} (${known}), but got "${name}".`);
    });
    const columns = this.#cells.map(({ column }) => column);
    // By SQL name and GraphQL field, perhaps.
    const twice = columns.findIndex((column, index) => columns.indexOf(column) < index);
    if (twice === -1) return;
    throw new CliError(`${where}: Expected each column once, but got "${this.#names[twice]}" twice.`);
  }

  /** The name that the file has for a GraphQL field; null: it has no such column. */
  nameOf(field: string): string | null {
    return this.#names[this.#cells.findIndex(({ column }) => column.name === field)] ?? null;
  }

  /** A record as JSON text; null: it has another number of cells. */
  toJson(record: string): string | null {
    const cells = csvCells(record);
    if (cells.length !== this.#cells.length) return null;
    const members: string[] = [];
    for (const [index, { key, column, empty }] of this.#cells.entries()) {
      const text = cells[index]!;
      const value = text === '' ? empty : toJsonValue(column, text);
      if (value !== null) members.push(`${key}:${value}`);
    }
    return `{${members.join()}}`;
  }

  /** Why a record is no row of the file, if `toJson` gave null. */
  countProblem(record: string): string {
    return `Expected ${this.#cells.length} cells, as the header has, but got ${csvCells(record).length}.`;
  }
}

/** Only SQLite knows the value of a default that is an expression: such a column is left out of the row. */
function emptyCell(column: ImportColumn): string | null {
  if (column.default !== undefined) return JSON.stringify(column.default);
  return column.hasDefault ? null : 'null';
}

function toJsonValue({ isBoolean }: ImportColumn, text: string): string {
  const word = isBoolean ? BOOLEAN_BY_WORD.get(text.toLowerCase()) : undefined;
  return word ?? JSON.stringify(text);
}
