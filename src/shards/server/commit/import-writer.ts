import type { ColumnModel, TableModel, WireValue } from '../../../model/types.ts';
import { wireToBinding } from '../../../model/wire-kinds.ts';
import { ShardQLError } from '../../errors.ts';
import { quoteName } from '../../sql/sql-text.ts';
import type { StatementError } from '../../sql/statement-error.ts';
import { isLost, toShardError } from '../to-shard-error.ts';
import { boundValueSql } from './column-sql.ts';
import { type CommitScope, requireShardKey } from './commit-scope.ts';
import { computedColumns, generatedColumns, requireComputedValues } from './computed-values.ts';
import { missingTarget } from './errors/foreign-key-error.ts';
import { typedError } from './errors/typed-error.ts';
import { type ImportStatements, importStatements } from './import-sql.ts';

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

interface ImportFailure {
  readonly row: number;
  readonly error: ShardQLError;
}

/**
 * Writes the rows of one import: in bulk, and where a bulk statement fails, in halves of it down to the rows that are to
 * blame. Each statement undoes itself when it fails.
 */
export class ImportWriter {
  readonly #scope: CommitScope;
  readonly #table: TableModel;
  readonly #columns: readonly ColumnModel[];
  readonly #statements: ImportStatements;
  /** What SQLite works out for the rows. */
  readonly #computed: readonly ColumnModel[];
  /** An unexpected failure is logged once, however many rows have it. */
  readonly #unexpected = new Map<string, ShardQLError>();
  #written = 0;

  constructor(scope: CommitScope, table: TableModel, columns: readonly ColumnModel[]) {
    this.#scope = scope;
    this.#table = table;
    this.#columns = columns;
    this.#computed = computedColumns(table, columns);
    this.#statements = importStatements(table, columns, this.#computed);
  }

  /** Failures come in ascending order of rows; `written` counts the rows that were inserted or updated. */
  write(rows: readonly Row[]): { readonly written: number; readonly failures: readonly ImportFailure[] } {
    this.#written = 0;
    const failures = new Map<number, ShardQLError>();
    let pending: NumberedRow[] = [];
    for (const [index, cells] of rows.entries()) {
      const stray = this.#strayError(cells);
      if (stray) failures.set(index, stray);
      else pending.push({ index, cells, json: JSON.stringify(cells) });
    }
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

  /** Why the row may not be written by this commit, by its shard key; null: it may. */
  #strayError(cells: Row): ShardQLError | null {
    try {
      requireShardKey(this.#scope, this.#table, cells[this.#columns.indexOf(this.#table.shardKey)]);
      return null;
    } catch (error) {
      return error as ShardQLError;
    }
  }

  #writeChunk(rows: readonly NumberedRow[], fail: (row: NumberedRow, error: ShardQLError) => void): void {
    try {
      this.#written += this.#run(rows);
    } catch (error) {
      if (isLost(error)) throw error;
      if (rows.length === 1) {
        fail(rows[0]!, this.#translate(rows[0]!, error));
        return;
      }
      const middle = rows.length >> 1;
      this.#writeChunk(rows.slice(0, middle), fail);
      this.#writeChunk(rows.slice(middle), fail);
    }
  }

  /** @returns how many rows it inserted or updated. */
  #run(rows: readonly NumberedRow[]): number {
    const [first] = rows;
    if (rows.length === 1 && first!.json.length > MAX_BULK_LENGTH) {
      const bindings = this.#columns.map((column, index) => wireToBinding(column, first!.cells[index] ?? null));
      return this.#upsert(this.#statements.single, bindings, rows);
    }
    return this.#upsert(this.#statements.bulk, [`[${rows.map(({ json }) => json).join()}]`], rows);
  }

  /** A row for which SQLite works out a value that does not fit undoes the statement, as other failures do. */
  #upsert(sql: string, bindings: SqlStorageValue[], rows: readonly NumberedRow[]): number {
    if (this.#computed.length === 0) {
      this.#scope.session.run(sql, ...bindings);
      return this.#scope.session.row('SELECT changes()')![0] as number;
    }
    const isStored =
      rows.length === 1 && this.#computed.some(({ generated }) => !generated) && this.#isStored(rows[0]!);
    // Of a row that was there, defaults are what they were.
    const computed = isStored ? generatedColumns(this.#table) : this.#computed;
    return this.#scope.savepoint(() => {
      const written = this.#scope.session.rows(sql, ...bindings);
      for (const cells of written) requireComputedValues(this.#table, computed, this.#cellsOf(computed, cells));
      // After the transaction, changes() would count what full-text indexes have written of their own.
      return written.length;
    });
  }

  /** Of the cells of all computed columns, those of some. */
  #cellsOf(columns: readonly ColumnModel[], cells: readonly SqlStorageValue[]): SqlStorageValue[] {
    return columns.map((column) => cells[this.#computed.indexOf(column)]!);
  }

  #isStored({ cells }: NumberedRow): boolean {
    const key = this.#table.primaryKey.columns;
    const conditions = key.map((column) => `${quoteName(column.sqlName)} = ${boundValueSql(column, '?')}`);
    const values = key.map((column) => wireToBinding(column, cells[this.#columns.indexOf(column)] ?? null));
    const sql = `SELECT 1 FROM ${quoteName(this.#table.sqlName)} WHERE ${conditions.join(' AND ')}`;
    return this.#scope.session.row(sql, ...values) !== undefined;
  }

  #translate({ cells }: NumberedRow, error: unknown): ShardQLError {
    if (error instanceof ShardQLError) return error;
    const { session, model } = this.#scope;
    const values = Object.fromEntries(this.#columns.map((column, index) => [column.name, cells[index] ?? null]));
    const typed = typedError(this.#scope, this.#table, error, {
      values: () => values,
      foreignKeyError: () => missingTarget(session, model, this.#table, values),
    });
    return typed instanceof ShardQLError ? typed : this.#toUnexpected(typed);
  }

  #toUnexpected(error: unknown): ShardQLError {
    const id = error instanceof Error ? `${error.name} ${(error as Partial<StatementError>).reason ?? ''}` : '';
    let known = this.#unexpected.get(id);
    if (known === undefined) {
      const { typeName } = this.#table;
      known = toShardError(error, { method: 'import', table: typeName, requestId: this.#scope.requestId });
      this.#unexpected.set(id, known);
    }
    return known;
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
