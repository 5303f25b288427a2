import { compareUtf8 } from '../../lib/compare-utf8.ts';
import type { Model, WireKind } from '../../model/types.ts';
import { WIRE_KINDS } from '../../model/wire-kinds.ts';
import type { StoredValue } from '../misfit.ts';
import { type ColumnOwner, columnKind } from '../plan/column-kind.ts';
import type { PlanNode } from '../plan/node.ts';
import type { OrderTerm } from '../plan/order.ts';

/** Negative, zero or positive, as of `Array.prototype.sort`. */
export type Comparator<T> = (a: T, b: T) => number;

/** Numbers come before texts, and those before bytes. */
const RANKS: Readonly<Record<StoredValue['storage'], number>> = { integer: 0, real: 0, text: 1, blob: 2, failed: 3 };

/** Compares values of a column of which one at least does not fit it, as SQLite compares what is stored. */
function compareStored(wire: WireKind, a: string | number | StoredValue, b: string | number | StoredValue): number {
  const [left, right] = [storedOf(wire, a), storedOf(wire, b)];
  const rank = RANKS[left.storage] - RANKS[right.storage];
  if (rank !== 0) return rank;
  if (RANKS[left.storage] > 0) return compareUtf8(left.value, right.value);
  const isExact = left.storage === 'integer' && right.storage === 'integer';
  return WIRE_KINDS[isExact ? 'int64' : 'real'].compare(left.value, right.value);
}

/** Bigints in blobs order as the numbers they are cast to. */
function storedOf(wire: WireKind, value: string | number | StoredValue): StoredValue {
  const stored = typeof value === 'object' ? value : { storage: WIRE_KINDS[wire].wireStorage, value: String(value) };
  if (wire !== 'bigintBlob') return stored;
  const text = stored.storage === 'blob' ? new TextDecoder().decode(Uint8Array.fromHex(stored.value)) : stored.value;
  return { storage: 'integer', value: /^\s*([+-]?\d{1,18})/.exec(text)?.[1] ?? '0' };
}

/** Compares rows by one order column; the values stand at `index` in the rows. */
function compareByTerm(
  model: Model,
  owner: ColumnOwner,
  term: OrderTerm,
  index: number,
): Comparator<readonly unknown[]> {
  const { wire } = columnKind(model, owner, term.column)!;
  const compare = WIRE_KINDS[wire].compare;
  const sign = term.descending ? -1 : 1;
  const nullSign = term.nullsFirst ? -1 : 1;
  return (rowA, rowB) => {
    const a = rowA[index] as string | number | null | StoredValue;
    const b = rowB[index] as string | number | null | StoredValue;
    if (a === b) return 0;
    if (a === null) return nullSign;
    if (b === null) return -nullSign;
    if (typeof a === 'object' || typeof b === 'object') return sign * compareStored(wire, a, b);
    return sign * compare(a, b);
  };
}

/** Compares rows of a node by the terms in turn, as the shards' `ORDER BY` does. Its columns hold those of the terms. */
export function rowComparator(
  model: Model,
  node: ColumnOwner & Pick<PlanNode, 'columns'>,
  orderBy: readonly OrderTerm[],
): Comparator<readonly unknown[]> {
  const comparators = orderBy.map((term) => compareByTerm(model, node, term, node.columns.indexOf(term.column)));
  return (rowA, rowB) => {
    for (const compare of comparators) {
      const order = compare(rowA, rowB);
      if (order !== 0) return order;
    }
    return 0;
  };
}
