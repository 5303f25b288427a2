import type { ColumnModel } from '../../model/types.ts';

/** Columns that can be added. Keys that are stored as numbers are none: their type is `ID`. */
export const isNumeric = ({ scalar }: ColumnModel): boolean =>
  scalar === 'Int' || scalar === 'Float' || isExactText({ scalar });

/** Numbers that clients get as text, since their sums may have more digits than a double. */
export const isExactText = ({ scalar }: Pick<ColumnModel, 'scalar'>): boolean =>
  scalar === 'BigInt' || scalar === 'Decimal';

/** Columns that have an order, and equal values: all but JSON. */
export const isAggregatable = ({ scalar }: ColumnModel): boolean => scalar !== 'JSON';
