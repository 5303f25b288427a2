/** Row entries hold whole rows, so that one entry serves every selection of columns. */
import type { Model } from '../../model/types.ts';
import { type Answer, type PlanNode, type RowAnswer, VERSION_COLUMN } from '../../shards/plan.ts';

const entryNodeByNode = new WeakMap<PlanNode, PlanNode>();

/** The node that reads what a row entry holds: one object per node, since a plan's text is remembered by it. */
export function rowEntryNode(model: Model, node: PlanNode): PlanNode {
  let entryNode = entryNodeByNode.get(node);
  if (entryNode === undefined) {
    entryNode = { ...node, columns: rowColumns(model, node) };
    entryNodeByNode.set(node, entryNode);
  }
  return entryNode;
}

/** The answer of `node` out of a row entry. */
export function rowFromEntry(model: Model, node: PlanNode, whole: Answer): Answer {
  if (whole === null || whole === 'ambiguous') return whole;
  const columns = rowColumns(model, node);
  return node.columns.map((column) => (whole as RowAnswer)[columns.indexOf(column)]!);
}

const columnsByModel = new WeakMap<Model, Map<string, readonly string[]>>();

function rowColumns(model: Model, { table }: PlanNode): readonly string[] {
  let byTable = columnsByModel.get(model);
  if (byTable === undefined) {
    byTable = new Map(
      model.tables.map((each) => [each.typeName, [...each.columns.map(({ name }) => name), VERSION_COLUMN]]),
    );
    columnsByModel.set(model, byTable);
  }
  return byTable.get(table)!;
}
