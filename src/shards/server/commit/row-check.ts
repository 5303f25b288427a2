/**
 * What is looked at of a row once it is written, in the same transaction: its values as SQLite has them. What SQLite works out
 * (generated columns, defaults that are expressions) is held to its column: a value that does not fit would fail every later
 * read. What was written is held to the rules of the model. Whatever writes rows does so through a check: no rule is applied
 * anywhere else.
 */
import { requireStored } from '../../../model/codec.ts';
import { InvalidValueError } from '../../../model/invalid-value-error.ts';
import type { ColumnModel, TableModel, WireValue } from '../../../model/types.ts';
import { columnViolation, rowViolation, type Violation } from '../../../model/violations.ts';
import { ShardQLError } from '../../errors.ts';
import { quoteName } from '../../sql/sql-text.ts';
import { violationError } from '../../violation-error.ts';
import { wireTextSql } from './column-sql.ts';

export interface RowCheck {
  /** Columns whose values are needed, which {@link checkSql} gives. None: nothing is to be checked. */
  readonly columns: readonly ColumnModel[];
  /** Those that SQLite works out. */
  readonly computed: readonly ColumnModel[];
  /** Those whose rules are applied. */
  readonly ruled: readonly ColumnModel[];
  /** The rule for whole rows is applied. */
  readonly judgesRow: boolean;
}

/** Columns that SQLite works out again whenever a row is changed. */
export const generatedColumns = ({ columns }: TableModel): ColumnModel[] =>
  columns.filter(({ generated }) => generated);

/** Of a new row that gives these columns: all of it is written. */
export const insertCheck = (table: TableModel, given: readonly ColumnModel[]): RowCheck =>
  checkOf(
    table,
    table.columns.filter((column) => column.generated || (column.hasExpressionDefault && !given.includes(column))),
    table.columns,
  );

/**
 * Of a row of which these columns are set. Of one that is deleted and kept, or restored, nothing else is written, and nothing is
 * checked: a rule that came later, or that looks at the time, would keep it from coming back, and a value that does not fit any
 * more from going.
 */
export function updateCheck(table: TableModel, set: readonly ColumnModel[]): RowCheck {
  if (set.every((column) => column === table.softDelete)) return NOTHING_TO_CHECK;
  const generated = generatedColumns(table);
  return checkOf(table, generated, [...set, ...generated]);
}

const NOTHING_TO_CHECK: RowCheck = { columns: [], computed: [], ruled: [], judgesRow: false };

function checkOf(table: TableModel, computed: readonly ColumnModel[], written: readonly ColumnModel[]): RowCheck {
  const { validation } = table;
  if (validation === null) return { ...NOTHING_TO_CHECK, columns: computed, computed };
  const ruled = written.filter(({ name }) => validation.columns.has(name));
  const columns = validation.row === null ? [...new Set([...computed, ...ruled])] : table.columns;
  return { columns, computed, ruled, judgesRow: validation.row !== null };
}

/** Kinds that are read as they are stored: the value shows how. Others become text on the way. */
const isReadAsStored = ({ wire }: ColumnModel): boolean => wire === 'text' || wire === 'int' || wire === 'real';

/** Result columns for {@link requireSound}, one for each column. */
export const checkSql = ({ columns }: RowCheck): string[] =>
  columns.map((column) => {
    const reference = quoteName(column.sqlName);
    const wire = wireTextSql(column, reference);
    return isReadAsStored(column) ? wire : `typeof(${reference}) || ':' || ${wire}`;
  });

/**
 * @param cells of the check's columns, in their order.
 * @throws ShardQLError INVALID_VALUE that names the column, and the rule where it is one.
 * @throws RuleError for a rule that is itself wrong.
 */
export function requireSound(table: TableModel, check: RowCheck, cells: readonly SqlStorageValue[]): void {
  const stored = new Map(check.columns.map((column, at) => [column, storedValue(column, cells[at]!)]));
  for (const column of check.computed) requireComputed(table, column, stored.get(column)!);
  for (const column of check.ruled) refuse(table, columnViolation(table, column, stored.get(column)!.wire));
  if (!check.judgesRow) return;
  const values = Object.fromEntries([...stored].map(([{ name }, { wire }]) => [name, wire]));
  refuse(table, rowViolation(table, values));
}

interface StoredValue {
  readonly wire: WireValue;
  /** SQLite's `typeof`; undefined where the wire value shows it. */
  readonly storage: string | undefined;
}

const NOTHING: StoredValue = { wire: null, storage: undefined };

function storedValue(column: ColumnModel, cell: SqlStorageValue): StoredValue {
  if (cell === null) return NOTHING;
  if (isReadAsStored(column)) return { wire: cell as WireValue, storage: undefined };
  const [storage] = (cell as string).split(':', 1) as [string];
  // hex(NULL) is ''.
  return storage === 'null' ? NOTHING : { wire: (cell as string).slice(storage.length + 1), storage };
}

function requireComputed(table: TableModel, column: ColumnModel, { wire, storage }: StoredValue): void {
  try {
    requireStored(column, wire, storage);
  } catch (error) {
    if (error instanceof InvalidValueError) throw misfit(table, column, error);
    throw error;
  }
}

const misfit = ({ typeName }: TableModel, { name, generated }: ColumnModel, { message }: InvalidValueError) =>
  new ShardQLError(
    'INVALID_VALUE',
    `${typeName}.${name}: ${message} ${generated ? 'It is worked out from other columns of the row' : 'It is the default of the model'}.`,
    { table: typeName, field: name },
  );

function refuse(table: TableModel, violation: Violation | null): void {
  if (violation !== null) throw violationError(table, violation);
}
