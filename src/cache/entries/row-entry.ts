/** Row entries hold whole rows, so that one entry serves every selection of columns. */

import type { Model, TableModel } from '../../model/types.ts';
import type { Answer, RowAnswer } from '../../shards/plan/answer.ts';
import { type CompiledPlan, compilePlan } from '../../shards/plan/compiled-plan.ts';
import { type OneNode, oneNode, type PlanNode, VERSION_COLUMN } from '../../shards/plan/node.ts';
import { EVERYTHING, rowsOf } from '../../shards/plan/source.ts';

/** Reads what row entries hold, by the key of a plan whose answers are kept as rows. To be used as `plan.derived(…)`. */
export function rowEntryPlan({ node: { table, match } }: CompiledPlan, model: Model): CompiledPlan<OneNode> {
  const columns = rowColumns(model.tableByType.get(table)!);
  return compilePlan(oneNode(rowsOf(table, { access: EVERYTHING }), { match, through: null, columns }));
}

/**
 * True if the answer of a node may be taken out of a row entry. The entry holds the row for all readers: an access rule
 * would have to be applied to it first, which only the shard does.
 */
export const canTakeFromEntry = ({ access }: PlanNode): boolean => access === EVERYTHING;

/** The answer of `node` out of a row entry. */
export function rowFromEntry(model: Model, node: PlanNode, whole: Answer): Answer {
  if (!canTakeFromEntry(node)) throw new Error('Expected a read of all rows, but got one with an access rule.');
  if (whole === null || whole === 'ambiguous') return whole;
  const columns = rowColumns(model.tableByType.get(node.table)!);
  return node.columns.map((column) => (whole as RowAnswer)[columns.indexOf(column)]!);
}

const columnsByTable = new WeakMap<TableModel, readonly string[]>();

function rowColumns(table: TableModel): readonly string[] {
  let columns = columnsByTable.get(table);
  if (columns === undefined) {
    columns = [...table.columns.map(({ name }) => name), VERSION_COLUMN];
    columnsByTable.set(table, columns);
  }
  return columns;
}
