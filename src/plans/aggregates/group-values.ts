import type { ColumnModel, WireValue } from '../../model/types.ts';
import type { GroupPart } from './compare-values.ts';

/** A group as `having` and `orderBy` see it. */
export interface GroupValues {
  /** Number of its rows. */
  readonly count: number;
  /** The wire value of what the group shows of a column. */
  part(part: GroupPart, column: ColumnModel): WireValue;
}
