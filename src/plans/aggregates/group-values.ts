import { compareExact, parseExact } from '../../lib/exact-decimal.ts';
import type { ColumnModel, WireValue } from '../../model/types.ts';
import { WIRE_KINDS } from '../../model/wire-kinds.ts';
import { isExactText } from './aggregatable.ts';
import type { MeasureName } from './aggregate-selection.ts';

type Value = Exclude<WireValue, null>;

/** What a group shows of a column: its key, or a measure. */
export type GroupPart = 'keys' | MeasureName;

/** A group as `having` and `orderBy` see it. */
export interface GroupValues {
  /** Number of its rows. */
  readonly count: number;
  /** The wire value of what the group shows of a column. */
  part(part: GroupPart, column: ColumnModel): WireValue;
}

export const compareNumbers = (a: WireValue, b: WireValue): number => Number(a) - Number(b);

const compareDecimalText = (a: WireValue, b: WireValue): number =>
  compareExact(parseExact(String(a)), parseExact(String(b)));

/** How the values of a part compare that are not null. */
export function comparePart(part: GroupPart, column: ColumnModel): (a: Value, b: Value) => number {
  switch (part) {
    case 'keys':
    case 'min':
    case 'max':
      return WIRE_KINDS[column.wire].compare;
    case 'sum':
    case 'avg':
      return isExactText(column) ? compareDecimalText : compareNumbers;
    case 'countDistinct':
      return compareNumbers;
  }
}

/** Whether a value equals one of these. Found by halving: there may be ten thousand of each. */
export function membership(
  values: readonly Value[],
  compare: (a: Value, b: Value) => number,
): (value: Value) => boolean {
  const sorted = [...values].sort(compare);
  return (value) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const order = compare(value, sorted[middle]!);
      if (order === 0) return true;
      if (order < 0) high = middle;
      else low = middle + 1;
    }
    return false;
  };
}
