/**
 * What SQLite works out while it writes a row (generated columns, defaults that are expressions) is known only afterwards.
 * It is held to its column then, in the same transaction: a value that does not fit would fail every later read.
 */
import { requireStored } from '../../../model/codec.ts';
import { InvalidValueError } from '../../../model/invalid-value-error.ts';
import type { ColumnModel, TableModel } from '../../../model/types.ts';
import { ShardQLError } from '../../errors.ts';
import { quoteName } from '../../sql/sql-text.ts';
import { wireTextSql } from './column-sql.ts';

/** Columns that SQLite works out again when a row is changed. */
export const generatedColumns = ({ columns }: TableModel): ColumnModel[] =>
  columns.filter(({ generated }) => generated);

/** Columns that SQLite works out for a new row that gives `given`. */
export const computedColumns = (table: TableModel, given: readonly ColumnModel[]): ColumnModel[] =>
  table.columns.filter((column) => column.generated || (column.hasExpressionDefault && !given.includes(column)));

/** Kinds that are read as they are stored: the value shows how. Others become text on the way. */
const isReadAsStored = ({ wire }: ColumnModel): boolean => wire === 'text' || wire === 'int' || wire === 'real';

/** Result columns for {@link requireComputedValues}, one for each column: there may be as many as a result can have. */
export const computedSql = (columns: readonly ColumnModel[]): string[] =>
  columns.map((column) => {
    const reference = quoteName(column.sqlName);
    const wire = wireTextSql(column, reference);
    return isReadAsStored(column) ? wire : `typeof(${reference}) || ':' || ${wire}`;
  });

/** @throws ShardQLError INVALID_VALUE that names the column. */
export function requireComputedValues(
  table: TableModel,
  columns: readonly ColumnModel[],
  cells: readonly SqlStorageValue[],
): void {
  for (const [at, column] of columns.entries()) {
    try {
      requireComputed(column, cells[at]!);
    } catch (error) {
      if (error instanceof InvalidValueError) throw misfit(table, column, error);
      throw error;
    }
  }
}

function requireComputed(column: ColumnModel, cell: SqlStorageValue): void {
  if (isReadAsStored(column) || cell === null) {
    requireStored(column, cell);
    return;
  }
  const [storage] = (cell as string).split(':', 1) as [string];
  // hex(NULL) is ''.
  if (storage !== 'null') requireStored(column, (cell as string).slice(storage.length + 1), storage);
}

const misfit = ({ typeName }: TableModel, { name, generated }: ColumnModel, { message }: InvalidValueError) =>
  new ShardQLError(
    'INVALID_VALUE',
    `${typeName}.${name}: ${message} ${generated ? 'It is worked out from other columns of the row' : 'It is the default of the model'}.`,
    { table: typeName, field: name },
  );
