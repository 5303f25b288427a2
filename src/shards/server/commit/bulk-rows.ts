/** Rows that are written many at a time. */
import type { ColumnModel, TableModel, WireValue } from '../../../model/types.ts';
import { wireToBinding } from '../../../model/wire-kinds.ts';
import { ShardQLError } from '../../errors.ts';
import type { CommitScope } from './commit-scope.ts';
import { missingTarget } from './errors/foreign-key-error.ts';
import { typedError } from './errors/typed-error.ts';

/** Greatest JSON text of one bulk statement, in UTF-16 units: a parameter may have 2,000,000 bytes. */
const MAX_BULK_LENGTH = 500_000;

export type Cells = readonly WireValue[];

/** A row with its index in the request. */
export interface BulkRow {
  readonly index: number;
  readonly cells: Cells;
  /** JSON text of `cells`. */
  readonly json: string;
}

/** SQL that does the same for many rows and for one. */
interface BulkStatements {
  /** The rows are one parameter: a JSON array of arrays of wire values. */
  readonly bulk: string;
  /** The values of the row are parameters of their own. */
  readonly single: string;
}

/**
 * Splits rows into runs that fit into one statement each, in order.
 *
 * @param begin begins a run with its first row, and gives whether another row may follow in it.
 * @param lengthOf the greatest length of what a statement may take of a row.
 */
export function* chunks<Row extends { readonly json: string }>(
  rows: Iterable<Row>,
  begin: (first: Row) => (row: Row) => boolean = () => () => true,
  lengthOf: (row: Row) => number = ({ json }) => json.length,
): Generator<Row[]> {
  let chunk: Row[] = [];
  let length = 0;
  let mayFollow = (_row: Row): boolean => false;
  for (const row of rows) {
    const own = lengthOf(row);
    if (chunk.length > 0 && (length + own > MAX_BULK_LENGTH || !mayFollow(row))) {
      yield chunk;
      chunk = [];
      length = 0;
    }
    if (chunk.length === 0) mayFollow = begin(row);
    chunk.push(row);
    length += own + 1;
  }
  if (chunk.length > 0) yield chunk;
}

/** The statement for these rows, with its parameters. */
export function statementFor(
  statements: BulkStatements,
  columns: readonly ColumnModel[],
  rows: readonly Pick<BulkRow, 'cells' | 'json'>[],
): [sql: string, ...bindings: SqlStorageValue[]] {
  const [first] = rows;
  if (rows.length === 1 && first!.json.length > MAX_BULK_LENGTH) {
    return [statements.single, ...columns.map((column, index) => wireToBinding(column, first!.cells[index] ?? null))];
  }
  return [statements.bulk, toJsonArray(rows)];
}

const toJsonArray = (rows: readonly { readonly json: string }[]): string => `[${rows.map(({ json }) => json).join()}]`;

/** Why the row could not be written, in the words of the model; an unexpected failure as it is. */
export function rowError(
  scope: CommitScope,
  table: TableModel,
  columns: readonly ColumnModel[],
  { cells }: Pick<BulkRow, 'cells'>,
  error: unknown,
): unknown {
  if (error instanceof ShardQLError) return error;
  const { session, model } = scope;
  const values = Object.fromEntries(columns.map((column, index) => [column.name, cells[index] ?? null]));
  return typedError(scope, table, error, {
    values: () => values,
    foreignKeyError: () => missingTarget(session, model, table, values),
  });
}

/** True if a row may refer to another one of the same table. */
export const refersToItself = ({ typeName, foreignKeys }: TableModel): boolean =>
  foreignKeys.some(({ targetType }) => targetType === typeName);
