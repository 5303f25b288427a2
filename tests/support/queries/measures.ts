/** What is computed over rows, and the orders by it. */

import type { Measure } from './query.ts';
import { addExact, compareValues, divideExact, exactText, isExactText, parseExact } from './values.ts';
import type { Column, Row, Value } from './world.ts';

/** What comparing needs to know of a value. */
export type Compared = Pick<Column, 'kind' | 'stored'>;
const plain = (kind: Column['kind']): Compared => ({ kind, stored: {} });

/** Without values: 0 for counts, else null. */
export function measure(op: Measure['op'], column: Column | undefined, rows: readonly Row[]): Value {
  if (op === 'count') return rows.length;
  const { name, kind } = column!;
  const values = rows.map((row) => row[name]!).filter((value) => value !== null);
  if (op === 'countDistinct') {
    const sorted = values.toSorted((a, b) => compareValues(column!, a, b));
    return sorted.filter((value, at) => at === 0 || compareValues(column!, sorted[at - 1]!, value) !== 0).length;
  }
  if (values.length === 0) return null;
  if (op === 'min' || op === 'max') {
    const sign = op === 'min' ? 1 : -1;
    return values.reduce((best, value) => (compareValues(column!, value, best) * sign < 0 ? value : best));
  }
  if (isExactText(kind)) {
    const sum = addExact(values.map((value) => parseExact(String(value))));
    return exactText(op === 'sum' ? sum : divideExact(sum, values.length));
  }
  const sum = values.reduce<number>((total, value) => total + (value as number), 0);
  return op === 'sum' ? sum : sum / values.length;
}

/** What a measure's values compare as. */
export function measured(op: Measure['op'], column: Column | undefined): Compared {
  if (op === 'min' || op === 'max') return column!;
  if (op === 'count' || op === 'countDistinct') return plain('int');
  if (!isExactText(column!.kind)) return plain('float');
  return plain(op === 'sum' ? column!.kind : 'decimal');
}

/** One term of an order over things of any kind. */
export interface Term<T> {
  readonly value: (of: T) => Value;
  readonly compared: Compared;
  readonly direction: string;
}

/** Nulls are smallest unless the direction says where they go. */
export function comparing<T>(terms: readonly Term<T>[]): (a: T, b: T) => number {
  return (a, b) => {
    for (const { value, compared, direction } of terms) {
      const [left, right] = [value(a), value(b)];
      const [way, , nulls] = direction.split('_');
      const descends = way === 'DESC';
      let order = compareValues(compared, left, right) * (descends ? -1 : 1);
      if (nulls !== undefined && (left === null) !== (right === null)) {
        order = (left === null) === (nulls === 'FIRST') ? -1 : 1;
      }
      if (order !== 0) return order;
    }
    return 0;
  };
}
