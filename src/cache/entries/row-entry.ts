/** Row entries hold whole rows, deleted ones too, so that one entry serves every selection of columns and rows. */
import { invariant } from '../../lib/invariant.ts';
import type { Model, TableModel } from '../../model/types.ts';
import type { Answer, RowAnswer } from '../../shards/plan/answer.ts';
import { type CompiledPlan, compilePlan } from '../../shards/plan/compiled-plan.ts';
import { type OneNode, oneNode, type PlanNode, VERSION_COLUMN } from '../../shards/plan/node.ts';
import { EVERYTHING, rowsOf } from '../../shards/plan/source.ts';

/** Reads what row entries hold, by the key of a plan whose answers are kept as rows. To be used as `plan.derived(…)`. */
export function rowEntryPlan({ node: { table, match } }: CompiledPlan, model: Model): CompiledPlan<OneNode> {
  const columns = rowColumns(model.table(table));
  return compilePlan(oneNode(rowsOf(table, { access: EVERYTHING }), { match, through: null, columns }));
}

/**
 * True if the answer of a node may be taken out of a row entry. The entry holds the row for all readers: an access rule
 * would have to be applied to it first, which only the shard does.
 */
export const canTakeFromEntry = ({ access }: PlanNode): boolean => access === EVERYTHING;

/** The answer of a plan out of a row entry: nothing, if the plan hides the row. */
export function rowFromEntry(model: Model, plan: CompiledPlan, whole: Answer): Answer {
  invariant(canTakeFromEntry(plan.node), 'Expected a read of all rows, but got one with an access rule.');
  if (whole === null || whole === 'ambiguous') return whole;
  const { hider, columns } = plan.derived(placesOf, model);
  if (hider !== null && (whole as RowAnswer)[hider] !== null) return null;
  return columns.map((place) => (whole as RowAnswer)[place]!);
}

/** Where row entries have the columns of a node, and the one that hides rows. */
function placesOf({ node: { table, columns, hiddenBy } }: CompiledPlan, model: Model) {
  const entryColumns = rowColumns(model.table(table));
  return {
    columns: columns.map((column) => entryColumns.indexOf(column)),
    hider: hiddenBy === null ? null : entryColumns.indexOf(hiddenBy),
  };
}

const rowColumns = ({ columns }: TableModel): readonly string[] => [...columns.map(({ name }) => name), VERSION_COLUMN];
