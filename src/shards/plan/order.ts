import type { ValueRef } from './value.ts';

/** One order column. Text orders by code point (UTF-8 bytes), numbers by value, bytes by byte. */
export interface OrderTerm {
  readonly column: string;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/**
 * A position between rows: the values of the order columns of the row it came from. `null` marks a column whose value
 * is NULL (part of the shape: comparisons with NULL need other SQL), `stored` one whose value does not fit it: the value
 * is then one of `packStored`.
 */
export type Boundary = readonly (ValueRef | null | StoredRef)[];

export interface StoredRef {
  readonly stored: ValueRef;
}
