import type { WireValue } from '../../model/types.ts';

/** Values of the columns that rows are matched by. */
export type RelationKey = readonly Exclude<WireValue, null>[];
