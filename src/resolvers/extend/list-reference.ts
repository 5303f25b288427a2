import type { TableModel } from '../../model/types.ts';

/** A list that users' code names and the selection of a field then decides how to read. */
export class ListReference {
  readonly table: TableModel;
  /** Checked arguments of the table's root list. */
  readonly args: Readonly<Record<string, unknown>>;

  constructor(table: TableModel, args: Readonly<Record<string, unknown>>) {
    this.table = table;
    this.args = args;
  }
}
