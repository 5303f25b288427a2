import { fnv1a32 } from '../../lib/fnv1a.ts';
import type { Model, WireValue } from '../../model/types.ts';
import { isWireValue, WIRE_KINDS } from '../../model/wire-kinds.ts';
import { isPackedStored, packStored, type StoredValue, unpackStored } from '../../shards/misfit.ts';
import { type ColumnKind, type ColumnOwner, columnKind } from '../../shards/plan/column-kind.ts';
import type { OrderTerm } from '../../shards/plan/order.ts';
import { badUserInput } from '../bad-user-input.ts';
import { decodeToken, encodeToken, type TokenPart } from './token.ts';

/** What a cursor is good for: one list (`Customer.orders`, `Query.orders`) in one order. */
export interface CursorScope extends ColumnOwner {
  readonly model: Model;
  readonly list: string;
  readonly orderBy: readonly OrderTerm[];
  /** The search by whose ranks the list is ordered; null where none decides the order. */
  readonly rankedBy: string | null;
}

/** How the cursors of a list in one order are written: known with the operation, but for the hash of a search. */
export interface CursorFormat {
  /** The list, a hash of its order, and one of the search that decides the order. */
  readonly head: readonly TokenPart[];
  /** Of the order. */
  readonly columns: readonly ColumnKind[];
}

/**
 * Hashes are equal for equal orders only, as far as 32 bits go: a clash could only page from a strange start.
 */
export function cursorFormat(scope: CursorScope): CursorFormat {
  const { model, list, orderBy, rankedBy } = scope;
  const order = fnv1a32(JSON.stringify(orderBy.map((term) => [term.column, term.descending, term.nullsFirst])));
  return {
    head: rankedBy === null ? [list, order] : [list, order, fnv1a32(rankedBy)],
    columns: orderBy.map(({ column }) => columnKind(model, scope, column)!),
  };
}

/** Position of a row: the wire values of its order columns, or what is stored there and does not fit. */
export type Position = readonly (WireValue | StoredValue)[];

/** The head, then the position; what does not fit its column is packed into an array. */
export const encodeCursor = ({ head, columns }: CursorFormat, position: Position): string =>
  encodeToken([
    ...head,
    ...position.map((value, at): TokenPart => {
      if (value === null) return null;
      return typeof value === 'object' ? [packStored(value)] : WIRE_KINDS[columns[at]!.wire].toToken(value);
    }),
  ]);

/** The values of the order columns; `BAD_USER_INPUT` for cursors of another list or order, damaged or forged ones. */
export function decodeCursor(scope: CursorScope, argument: 'after' | 'before', cursor: string): Position {
  const expected = `Expected ${argument} to be a cursor of ${scope.list}`;
  const parts = decodeToken(cursor);
  const format = cursorFormat(scope);
  const { head, columns } = format;
  if (parts === undefined || parts.length < 2) throw badUserInput(`${expected}, but got a damaged text.`);
  if (parts[0] !== head[0]) throw badUserInput(`${expected}, but got one of another list.`);
  if (!head.every((part, at) => part === parts[at])) {
    throw badUserInput(`${expected} in this order, but got one of another order.`);
  }
  const position = parts.slice(head.length).map((part, at) => positionValue(columns[at], part));
  // A row has one cursor.
  if (isPosition(columns, position) && encodeCursor(format, position) === cursor) return position;
  throw badUserInput(`${expected}, but got one with values of other types.`);
}

/** Which of a cursor's parts are NULL, or do not fit their column, as a text. */
export function cursorShape(cursor: unknown): string {
  const parts = decodeToken(cursor as string);
  if (parts === undefined) return 'damaged';
  return parts.map((part) => (part === null ? '0' : typeof part === 'object' ? 'stored' : 'value')).join(' ');
}

function positionValue(column: ColumnKind | undefined, part: unknown): unknown {
  if (part === null || column === undefined) return part;
  if (typeof part === 'object') return isPacked(part) ? unpackStored(part[0]) : undefined;
  return WIRE_KINDS[column.wire].fromToken(part);
}

const isPacked = (part: object): part is readonly [string] =>
  Array.isArray(part) && part.length === 1 && typeof part[0] === 'string' && isPackedStored(part[0]);

const isPosition = (columns: readonly ColumnKind[], values: readonly unknown[]): values is Position =>
  values.length === columns.length &&
  columns.every((column, at) => {
    const value = values[at];
    // The only objects are stored values.
    return (typeof value === 'object' && value !== null) || isWireValue(column, value);
  });
