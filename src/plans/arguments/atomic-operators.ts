import type { ScalarName } from '../../model/types.ts';

const NUMBERS = ['setIfNull', 'multiply', 'increment', 'decrement', 'min', 'max'] as const;

/** Changes of a column in place, by its scalar, in the order in which they are made. */
export const ATOMIC_OPERATORS = {
  ID: ['setIfNull'],
  String: ['setIfNull', 'prepend', 'append'],
  Int: NUMBERS,
  Float: NUMBERS,
  Boolean: ['setIfNull'],
  DateTime: ['setIfNull'],
  JSON: ['setIfNull', 'merge', 'set', 'unset', 'append'],
  Bytes: ['setIfNull'],
  BigInt: NUMBERS,
  Decimal: NUMBERS,
  Enum: ['setIfNull'],
} as const satisfies Record<ScalarName, readonly string[]>;

export type AtomicOperator = (typeof ATOMIC_OPERATORS)[ScalarName][number];

/** A value of a JSON column's `set` or `append`; no path: the whole value. */
export interface JsonAtPath {
  readonly path?: string;
  readonly value: unknown;
}
