import type { TableModel } from '../../model/types.ts';
import type { RowOperation } from '../../shards/operation.ts';
import { type CompiledPlan, compilePlan } from '../../shards/plan/compiled-plan.ts';
import { matchOn, type OneNode, oneNode } from '../../shards/plan/node.ts';
import type { Read } from '../../shards/plan/read.ts';
import { EVERYTHING, rowsOf } from '../../shards/plan/source.ts';
import type { ShardKey } from '../../shards/shard-key.ts';

const planByTable = new WeakMap<TableModel, CompiledPlan<OneNode>>();

/** The read of the row that an operation writes, by its primary key; null where the operation does not name that. */
export function writtenRow(table: TableModel, shardKey: ShardKey, operation: RowOperation): Read | null {
  const values =
    operation.kind === 'create'
      ? operation.values
      : Object.fromEntries(operation.key.columns.map((name, at) => [name, operation.key.values[at]!]));
  const key = table.primaryKey.names.map((name) => values[name] ?? null);
  if (key.includes(null)) return null;
  let plan = planByTable.get(table);
  if (plan === undefined) {
    const match = matchOn(table.primaryKey.names);
    plan = compilePlan(oneNode(rowsOf(table.typeName, { access: EVERYTHING }), { ...match, columns: [] }));
    planByTable.set(table, plan);
  }
  return { plan, values: [], keys: [key], shardKeys: [shardKey] };
}
