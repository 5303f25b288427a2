import type { ColumnModel, Model, TableModel, WireValue } from '../../../model/types.ts';
import type { ShardQLError } from '../../errors.ts';
import type { SqlSession } from '../sql-session.ts';
import { wireToBinding } from './column-sql.ts';
import { missingTarget } from './foreign-key-error.ts';
import { type ImportStatements, importStatements } from './import-sql.ts';
import { isForeignKeyError, translateSqlError } from './sql-error.ts';

/** Greatest JSON text of one bulk statement, in UTF-16 units: a parameter may have 2,000,000 bytes. */
const MAX_BULK_LENGTH = 500_000;

type Row = readonly WireValue[];

/** A row with its index in the request. */
interface NumberedRow {
  readonly index: number;
  readonly cells: Row;
  /** JSON text of `cells`. */
  readonly json: string;
}

export interface ImportFailure {
  readonly row: number;
  readonly error: ShardQLError;
}

/**
 * Writes the rows of one import inside its transaction: in bulk, and where a bulk statement fails, in halves of it down
 * to the rows that are to blame. Each statement undoes itself when it fails.
 */
export class ImportWriter {
  readonly #session: SqlSession;
  readonly #model: Model;
  readonly #table: TableModel;
  readonly #columns: readonly ColumnModel[];
  readonly #statements: ImportStatements;
  #written = 0;

  constructor(session: SqlSession, model: Model, table: TableModel, columns: readonly ColumnModel[]) {
    this.#session = session;
    this.#model = model;
    this.#table = table;
    this.#columns = columns;
    this.#statements = importStatements(table, columns);
  }

  /** Failures come in ascending order of rows; `written` counts the rows that were inserted or updated. */
  write(rows: readonly Row[]): { readonly written: number; readonly failures: readonly ImportFailure[] } {
    this.#written = 0;
    const failures = new Map<number, ShardQLError>();
    let pending = rows.map((cells, index): NumberedRow => ({ index, cells, json: JSON.stringify(cells) }));
    // Rows may refer to rows that come later: those that failed by a foreign key are tried again while others succeed.
    for (let isProgress = true; isProgress && pending.length > 0; ) {
      const orphans: NumberedRow[] = [];
      for (const chunk of chunks(pending)) {
        this.#writeChunk(chunk, (row, error) => {
          failures.set(row.index, error);
          if (error.code === 'FOREIGN_KEY_VIOLATION') orphans.push(row);
        });
      }
      isProgress = orphans.length < pending.length;
      if (isProgress) for (const { index } of orphans) failures.delete(index);
      pending = isProgress ? orphans : [];
    }
    const ordered = [...failures].sort(([a], [b]) => a - b).map(([row, error]) => ({ row, error }));
    return { written: this.#written, failures: ordered };
  }

  #writeChunk(rows: readonly NumberedRow[], fail: (row: NumberedRow, error: ShardQLError) => void): void {
    try {
      this.#run(rows);
      this.#written += this.#session.row('SELECT changes()')![0] as number;
    } catch (error) {
      if (rows.length === 1) {
        fail(rows[0]!, this.#translate(rows[0]!, error));
        return;
      }
      const middle = rows.length >> 1;
      this.#writeChunk(rows.slice(0, middle), fail);
      this.#writeChunk(rows.slice(middle), fail);
    }
  }

  #run(rows: readonly NumberedRow[]): void {
    const [first] = rows;
    if (rows.length === 1 && first!.json.length > MAX_BULK_LENGTH) {
      this.#session.run(
        this.#statements.single,
        ...this.#columns.map((column, index) => wireToBinding(column, first!.cells[index] ?? null)),
      );
    } else {
      this.#session.run(this.#statements.bulk, `[${rows.map(({ json }) => json).join()}]`);
    }
  }

  #translate(row: NumberedRow, error: unknown): ShardQLError {
    if (isForeignKeyError(error)) {
      const values = Object.fromEntries(this.#columns.map((column, index) => [column.name, row.cells[index] ?? null]));
      return missingTarget(this.#session, this.#model, this.#table, values);
    }
    const translated = translateSqlError(this.#model, this.#table, error);
    if (translated) return translated;
    throw error;
  }
}

function* chunks(rows: readonly NumberedRow[]): Generator<NumberedRow[]> {
  let chunk: NumberedRow[] = [];
  let length = 0;
  for (const row of rows) {
    if (chunk.length > 0 && length + row.json.length > MAX_BULK_LENGTH) {
      yield chunk;
      chunk = [];
      length = 0;
    }
    chunk.push(row);
    length += row.json.length + 1;
  }
  if (chunk.length > 0) yield chunk;
}
