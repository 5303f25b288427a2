import type { ValueRef } from './value.ts';

export const MEASURE_OPS = ['count', 'sum', 'min', 'max', 'countDistinct', 'distinctValues'] as const;

/**
 * What is computed from the values of a column that are not NULL. `count` counts them. `sum` is exact, except that of
 * `real` columns, which are added with compensation. `distinctValues` takes the place of `countDistinct` where the
 * answers of several shards are merged.
 */
export interface Measure {
  readonly op: (typeof MEASURE_OPS)[number];
  readonly column: string;
}

/** Groups of rows with equal keys; NULL equals NULL. */
export interface Grouping {
  readonly keys: readonly GroupKey[];
  readonly measures: readonly Measure[];
}

export const DATE_TRUNCS = ['MINUTE', 'HOUR', 'DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'] as const;

export type DateTrunc = (typeof DATE_TRUNCS)[number];

/** A column's value or, with `trunc`, the moment at which the period of a date-time begins in a time zone. */
export interface GroupKey {
  readonly column: string;
  readonly trunc: DateTrunc | null;
  /** IANA name; null: UTC, or no `trunc`. */
  readonly timeZone: ValueRef | null;
}

/** Greatest number of groups that a shard gives for one key and grouping. */
export const MAX_GROUPS = 10_000;
/** Greatest number of values that a shard gives for `distinctValues`. */
export const MAX_DISTINCT_VALUES = 10_000;
