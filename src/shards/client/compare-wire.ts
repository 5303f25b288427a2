import type { Model, WireKind, WireValue } from '../../model/types.ts';
import { type ColumnOwner, columnKind } from '../column-kind.ts';
import type { StoredValue } from '../misfit.ts';
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

function compareInt64(a: WireValue, b: WireValue): number {
  try {
    const left = BigInt(a!);
    const right = BigInt(b!);
    return left < right ? -1 : left > right ? 1 : 0;
  } catch {
    // Keys of groups and extremes may be stored values that are none of their column: whoever shows them finds that.
    return compareText(a, b);
  }
}

const compareText = (a: WireValue, b: WireValue): number => compareUtf8(String(a), String(b));

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

/** Numbers come before texts, and those before bytes. */
const RANKS: Readonly<Record<StoredValue['storage'], number>> = { integer: 0, real: 0, text: 1, blob: 2, failed: 3 };

const STORAGE_BY_WIRE: Readonly<Record<WireKind, StoredValue['storage']>> = {
  text: 'text',
  int: 'integer',
  int64: 'integer',
  real: 'real',
  decimal: 'real',
  blob: 'blob',
  bigintBlob: 'text',
  jsonBlob: 'text',
};

/** Compares values of a column of which one at least does not fit it, as SQLite compares what is stored. */
function compareStored(wire: WireKind, a: string | number | StoredValue, b: string | number | StoredValue): number {
  const [left, right] = [storedOf(wire, a), storedOf(wire, b)];
  const rank = RANKS[left.storage] - RANKS[right.storage];
  if (rank !== 0) return rank;
  if (RANKS[left.storage] > 0) return compareUtf8(left.value, right.value);
  const isExact = left.storage === 'integer' && right.storage === 'integer';
  return isExact ? compareInt64(left.value, right.value) : compareNumbers(left.value, right.value);
}

/** Bigints in blobs order as the numbers they are cast to. */
function storedOf(wire: WireKind, value: string | number | StoredValue): StoredValue {
  const stored = typeof value === 'object' ? value : { storage: STORAGE_BY_WIRE[wire], value: String(value) };
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
  const compare = COMPARE_BY_WIRE[wire];
  const sign = term.descending ? -1 : 1;
  const nullSign = term.nullsFirst ? -1 : 1;
  return (rowA, rowB) => {
    const a = rowA[index] as WireValue | StoredValue;
    const b = rowB[index] as WireValue | StoredValue;
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
