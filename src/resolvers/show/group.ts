import { wireToOutput } from '../../model/codec.ts';
import type { ColumnModel, WireValue } from '../../model/types.ts';
import type { AggregateSelection } from '../../plans/aggregates/aggregate-selection.ts';
import type { GroupPart, GroupValues } from '../../plans/aggregates/group-values.ts';
import { requireFitting } from '../../shards/misfit-error.ts';
import type { GroupRow } from '../../shards/plan/answer.ts';
import { AggregateResult } from './aggregate-result.ts';

/** Rows with equal keys, as GraphQL's executor sees them. */
export class Group extends AggregateResult implements GroupValues {
  readonly #columns: readonly string[];
  readonly #keys: readonly WireValue[];

  constructor(columns: readonly string[], list: AggregateSelection, { keys, measures }: GroupRow) {
    super(list, measures);
    this.#columns = columns;
    this.#keys = keys;
  }

  /** The wire value of what the group shows of a column. */
  part(part: GroupPart, column: ColumnModel): WireValue {
    return part === 'keys' ? this.#keys[this.#columns.indexOf(column.name)]! : this.value(part, column);
  }

  key(column: ColumnModel): unknown {
    const value = this.part('keys', column);
    requireFitting(column, value);
    return wireToOutput(column, value);
  }
}
