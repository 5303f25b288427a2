import { fact } from '../../lib/fact.ts';
import type { TableModel } from '../../model/types.ts';
import type { RowOperation } from '../../shards/operation.ts';
import { type CompiledPlan, compilePlan } from '../../shards/plan/compiled-plan.ts';
import { matchOn, type OneNode, oneNode } from '../../shards/plan/node.ts';
import type { Read } from '../../shards/plan/read.ts';
import { EVERYTHING, rowsOf } from '../../shards/plan/source.ts';
import type { ShardKey } from '../../shards/shard-key.ts';

const emptyRowPlan = fact(({ typeName, primaryKey }: TableModel): CompiledPlan<OneNode> => {
  const match = matchOn(primaryKey.names);
  return compilePlan(oneNode(rowsOf(typeName, { access: EVERYTHING }), { ...match, columns: [] }));
});

/** The read of the row that an operation writes, by its primary key; null where the operation does not name that. */
export function writtenRow(table: TableModel, shardKey: ShardKey, operation: RowOperation): Read | null {
  const values =
    operation.kind === 'create'
      ? operation.values
      : Object.fromEntries(operation.key.columns.map((name, at) => [name, operation.key.values[at]!]));
  const key = table.primaryKey.names.map((name) => values[name] ?? null);
  if (key.includes(null)) return null;
  return { plan: emptyRowPlan(table), values: [], keys: [key], shardKeys: [shardKey] };
}
