import type { TableModel } from '../../model/types.ts';
import type { ConsistencyArguments } from '../../plans/selection/asked-consistency.ts';

/** A list that users' code names and the selection of a field then decides how to read. */
export class ListReference {
  readonly table: TableModel;
  /** Checked arguments of the table's root list. */
  readonly args: Readonly<Record<string, unknown>>;

  /** Undefined: what the client asks, or in a mutation STRONG. */
  readonly consistency: ConsistencyArguments | undefined;

  constructor(
    table: TableModel,
    args: Readonly<Record<string, unknown>>,
    consistency: ConsistencyArguments | undefined,
  ) {
    this.table = table;
    this.args = args;
    this.consistency = consistency;
  }
}
