/** Row entries hold whole rows, deleted ones too, so that one entry serves every selection of columns and rows. */
import { invariant } from '../../lib/invariant.ts';
import type { Model, TableModel } from '../../model/types.ts';
import type { Answer, RowAnswer } from '../../shards/plan/answer.ts';
import { type CompiledPlan, compilePlan } from '../../shards/plan/compiled-plan.ts';
import { type OneNode, oneNode, VERSION_COLUMN } from '../../shards/plan/node.ts';
import type { Read } from '../../shards/plan/read.ts';
import { EVERYTHING, rowsOf } from '../../shards/plan/source.ts';
import { holds, isDecidedByRow } from './row-access.ts';

/** Reads what row entries hold, by the key of a plan whose answers are kept as rows. To be used as `plan.derived(…)`. */
export function rowEntryPlan({ node: { table, match } }: CompiledPlan, model: Model): CompiledPlan<OneNode> {
  const columns = rowColumns(model.table(table));
  return compilePlan(oneNode(rowsOf(table, { access: EVERYTHING }), { match, through: null, columns }));
}

/**
 * True if the answer of a plan may be taken out of a row entry. The entry holds the row for all readers: an access rule is
 * applied to it, which has to be one that the row itself decides.
 */
export const canTakeFromEntry = (model: Model, plan: CompiledPlan): boolean => plan.derived(isDecided, model);

const isDecided = ({ node: { table, access } }: CompiledPlan, model: Model): boolean =>
  access === null || isDecidedByRow(model, table, access);

/** The answer of a plan out of a row entry: nothing, if the plan hides the row, or its reader may not see it. */
export function rowFromEntry(model: Model, { plan, values }: Pick<Read, 'plan' | 'values'>, whole: Answer): Answer {
  invariant(canTakeFromEntry(model, plan), 'Expected an access rule that rows decide, but got another.');
  if (whole === null || whole === 'ambiguous') return whole;
  const { hider, columns, placeOf } = plan.derived(placesOf, model);
  const row = whole as RowAnswer;
  if (hider !== null && row[hider] !== null) return null;
  const { access } = plan.node;
  if (access !== null && holds(access, (column) => row[placeOf(column)]!, values) !== true) return null;
  return columns.map((place) => row[place]!);
}

/** Where row entries have the columns of a node, and the one that hides rows. */
function placesOf({ node: { table, columns, hiddenBy } }: CompiledPlan, model: Model) {
  const entryColumns = rowColumns(model.table(table));
  const placeOf = (column: string): number => entryColumns.indexOf(column);
  return { placeOf, columns: columns.map(placeOf), hider: hiddenBy === null ? null : placeOf(hiddenBy) };
}

const rowColumns = ({ columns }: TableModel): readonly string[] => [...columns.map(({ name }) => name), VERSION_COLUMN];
