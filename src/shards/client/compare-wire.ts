import type { Model, WireKind, WireValue } from '../../model/types.ts';
import { type ColumnOwner, columnKind } from '../column-kind.ts';
import type { OrderTerm, PlanNode } from '../plan.ts';

/** Negative, zero or positive, as of `Array.prototype.sort`. */
export type Comparator<T> = (a: T, b: T) => number;

/**
 * Compares well-formed text as SQLite's BINARY collation does: by the bytes of its UTF-8. JavaScript's own order, by
 * UTF-16 units, differs where a character beyond U+FFFF (two units, D800 to DFFF) meets one of U+E000 to U+FFFF.
 */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const unitA = a.charCodeAt(index);
    const unitB = b.charCodeAt(index);
    if (unitA !== unitB) return codePointRank(unitA) - codePointRank(unitB);
  }
  return a.length - b.length;
}

/** Moves surrogates above all other units, keeping order otherwise. */
const codePointRank = (unit: number): number => {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
};

const compareNumbers = (a: WireValue, b: WireValue): number => {
  const left = Number(a);
  const right = Number(b);
  return left < right ? -1 : left > right ? 1 : 0;
};

const compareInt64 = (a: WireValue, b: WireValue): number => {
  const left = BigInt(a!);
  const right = BigInt(b!);
  return left < right ? -1 : left > right ? 1 : 0;
};

const compareText = (a: WireValue, b: WireValue): number => compareUtf8(a as string, b as string);

/** How values that are not null compare, as SQLite compares what is stored for them. */
export const COMPARE_BY_WIRE: Readonly<Record<WireKind, Comparator<WireValue>>> = {
  text: compareText,
  int: compareNumbers,
  int64: compareInt64,
  real: compareNumbers,
  // At most 15 significant digits: doubles tell all of them apart and keep their order.
  decimal: compareNumbers,
  // Lower-case hex digits order as the bytes they stand for.
  blob: compareText,
  bigintBlob: compareInt64,
  jsonBlob: compareText,
};

/** Compares rows by one order column; the values stand at `index` in the rows. */
function compareByTerm(
  model: Model,
  owner: ColumnOwner,
  term: OrderTerm,
  index: number,
): Comparator<readonly unknown[]> {
  const compare = COMPARE_BY_WIRE[columnKind(model, owner, term.column)!.wire];
  const sign = term.descending ? -1 : 1;
  const nullSign = term.nullsFirst ? -1 : 1;
  return (rowA, rowB) => {
    const a = rowA[index] as WireValue;
    const b = rowB[index] as WireValue;
    if (a === b) return 0;
    if (a === null) return nullSign;
    if (b === null) return -nullSign;
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
