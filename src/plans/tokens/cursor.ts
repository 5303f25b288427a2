import type { Model, WireValue } from '../../model/types.ts';
import { isWireValue } from '../../model/wire-kinds.ts';
import { type ColumnOwner, columnKind } from '../../shards/column-kind.ts';
import { isPackedStored, packStored, type StoredValue, unpackStored } from '../../shards/misfit.ts';
import type { OrderTerm } from '../../shards/plan.ts';
import { badUserInput } from '../bad-user-input.ts';
import { decodeToken, encodeToken, fnv1aOfText } from './token.ts';

const FORMAT = 0x20;

/** What a cursor is good for: one list (`Customer.orders`, `Query.orders`) in one order. */
export interface CursorScope extends ColumnOwner {
  readonly model: Model;
  readonly list: string;
  readonly orderBy: readonly OrderTerm[];
  /** The search by whose ranks the list is ordered; null where none decides the order. */
  readonly rankedBy: string | null;
}

type Order = Pick<CursorScope, 'orderBy' | 'rankedBy'>;

/** Hash of an order; equal for equal orders only (as far as 32 bits go; a clash could only page from a strange start). */
const orderHash = ({ orderBy, rankedBy }: Order): number => {
  const terms = orderBy.map((term) => [term.column, term.descending, term.nullsFirst]);
  return fnv1aOfText(JSON.stringify(rankedBy === null ? terms : [terms, rankedBy]));
};

/** Position of a row: the wire values of its order columns, or what is stored there and does not fit. */
export type Position = readonly (WireValue | StoredValue)[];

export const encodeCursor = (scope: Order & Pick<CursorScope, 'list'>, position: Position): string =>
  encodeToken(FORMAT, [
    scope.list,
    orderHash(scope),
    position.map((value) => (typeof value === 'object' && value !== null ? [packStored(value)] : value)),
  ]);

/** The values of the order columns; `BAD_USER_INPUT` for cursors of another list or order, damaged or forged ones. */
export function decodeCursor(scope: CursorScope, argument: 'after' | 'before', cursor: string): Position {
  const expected = `Expected ${argument} to be a cursor of ${scope.list}`;
  const payload = decodeToken(FORMAT, cursor);
  if (!Array.isArray(payload) || payload.length !== 3) throw badUserInput(`${expected}, but got a damaged text.`);
  const [list, hash, values] = payload as [unknown, unknown, unknown];
  if (list !== scope.list) throw badUserInput(`${expected}, but got one of another list.`);
  if (hash !== orderHash(scope)) throw badUserInput(`${expected} in this order, but got one of another order.`);
  if (!isPosition(scope, values)) throw badUserInput(`${expected}, but got one with values of other types.`);
  return values.map((value) => (Array.isArray(value) ? unpackStored(value[0]) : value));
}

const isStored = (value: unknown): value is [string] =>
  Array.isArray(value) && value.length === 1 && typeof value[0] === 'string' && isPackedStored(value[0]);

function isPosition(scope: CursorScope, values: unknown): values is (WireValue | [string])[] {
  return (
    Array.isArray(values) &&
    values.length === scope.orderBy.length &&
    scope.orderBy.every(
      ({ column }, index) =>
        isStored(values[index]) || isWireValue(columnKind(scope.model, scope, column)!, values[index]),
    )
  );
}
