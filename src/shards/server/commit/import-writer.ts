import type { ColumnModel, TableModel } from '../../../model/types.ts';
import { wireToBinding } from '../../../model/wire-kinds.ts';
import { ShardQLError } from '../../errors.ts';
import { quoteName } from '../../sql/sql-text.ts';
import type { StatementError } from '../../sql/statement-error.ts';
import { toShardError } from '../to-shard-error.ts';
import { type BulkRow, type Cells, chunks, refersToItself, rowError, statementFor } from './bulk-rows.ts';
import { boundValueSql } from './column-sql.ts';
import { type CommitScope, requireShardKey } from './commit-scope.ts';
import { isForeignKeyError } from './errors/sql-error.ts';
import { inHalves } from './in-halves.ts';
import { type InsertStatements, insertStatements } from './insert-sql.ts';
import { checkSql, insertCheck, type RowCheck, requireSound, updateCheck } from './row-check.ts';

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
  readonly #statements: InsertStatements;
  /** Of rows that are new. */
  readonly #check: RowCheck;
  /** Of rows that were there. */
  readonly #updateCheck: RowCheck;
  /** An unexpected failure is logged once, however many rows have it. */
  readonly #unexpected = new Map<string, ShardQLError>();
  #written = 0;

  constructor(scope: CommitScope, table: TableModel, columns: readonly ColumnModel[]) {
    this.#scope = scope;
    this.#table = table;
    this.#columns = columns;
    const key = table.primaryKey;
    const set = columns.filter((column) => !key.columns.includes(column));
    this.#check = insertCheck(table, columns);
    this.#updateCheck = updateCheck(table, set);
    this.#statements = insertStatements({
      table,
      columns,
      conflict: { key, set },
      returning: checkSql(this.#check),
    });
  }

  /** Failures come in ascending order of rows; `written` counts the rows that were inserted or updated. */
  write(rows: readonly Cells[]): { readonly written: number; readonly failures: readonly ImportFailure[] } {
    this.#written = 0;
    const failures = new Map<number, ShardQLError>();
    const sound: BulkRow[] = [];
    for (const [index, cells] of rows.entries()) {
      const stray = this.#strayError(cells);
      if (stray) failures.set(index, stray);
      else sound.push({ index, cells, json: JSON.stringify(cells) });
    }
    inHalves(sound, {
      split: chunks,
      run: (some) => this.#upsert(some),
      mayPass: (error) => refersToItself(this.#table) && isForeignKeyError(error),
      fail: (row, error) => failures.set(row.index, this.#translate(row, error)),
    });
    const ordered = [...failures].sort(([a], [b]) => a - b).map(([row, error]) => ({ row, error }));
    return { written: this.#written, failures: ordered };
  }

  /** Why the row may not be written by this commit, by its shard key; null: it may. */
  #strayError(cells: Cells): ShardQLError | null {
    try {
      requireShardKey(this.#scope, this.#table, cells[this.#columns.indexOf(this.#table.shardKey)]);
      return null;
    } catch (error) {
      return error as ShardQLError;
    }
  }

  /** A row that is not sound once it is written undoes the statement, as other failures do. */
  #upsert(rows: readonly BulkRow[]): void {
    const { session } = this.#scope;
    const statement = statementFor(this.#statements, this.#columns, rows);
    if (this.#check.columns.length === 0) {
      session.run(...statement);
      this.#written += session.row('SELECT changes()')![0] as number;
      return;
    }
    // Of a row that was there, defaults are what they were. Among many that shows once they are written alone.
    const isStored = rows.length === 1 && this.#isStored(rows[0]!);
    const check = isStored ? this.#updateCheck : this.#check;
    this.#scope.savepoint(() => {
      const written = session.rows(...statement);
      for (const cells of written) requireSound(this.#table, check, this.#cellsOf(check, cells));
      // After the transaction, changes() would count what full-text indexes have written of their own.
      this.#written += written.length;
    });
  }

  /** Of the cells that statements give, those of a check. */
  #cellsOf({ columns }: RowCheck, cells: readonly SqlStorageValue[]): readonly SqlStorageValue[] {
    return columns === this.#check.columns
      ? cells
      : columns.map((column) => cells[this.#check.columns.indexOf(column)]!);
  }

  #isStored({ cells }: BulkRow): boolean {
    const key = this.#table.primaryKey.columns;
    const conditions = key.map((column) => `${quoteName(column.sqlName)} = ${boundValueSql(column, '?')}`);
    const values = key.map((column) => wireToBinding(column, cells[this.#columns.indexOf(column)] ?? null));
    const sql = `SELECT 1 FROM ${quoteName(this.#table.sqlName)} WHERE ${conditions.join(' AND ')}`;
    return this.#scope.session.row(sql, ...values) !== undefined;
  }

  #translate(row: BulkRow, reason: unknown): ShardQLError {
    const error = rowError(this.#scope, this.#table, this.#columns, row, reason);
    return error instanceof ShardQLError ? error : this.#toUnexpected(error);
  }

  #toUnexpected(error: unknown): ShardQLError {
    const id = error instanceof Error ? `${error.name} ${(error as Partial<StatementError>).reason ?? ''}` : '';
    let known = this.#unexpected.get(id);
    if (known === undefined) {
      const { typeName } = this.#table;
      const { requestId, traceId } = this.#scope;
      known = toShardError(error, { method: 'import', table: typeName, requestId, traceId });
      this.#unexpected.set(id, known);
    }
    return known;
  }
}
