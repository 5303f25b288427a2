import type { TableModel } from '../../model/types.ts';
import { matchOn } from '../../plans/match.ts';
import type { RowOperation } from '../../shards/operation.ts';
import type { PlanNode } from '../../shards/plan.ts';
import type { ShardKey } from '../../shards/shard-key.ts';
import type { ShardRead } from '../../shards/shard-read.ts';

const nodeByTable = new WeakMap<TableModel, PlanNode>();

/** The read of the row that an operation writes, by its primary key; null where the operation does not name that. */
export function writtenRow(table: TableModel, shardKey: ShardKey, operation: RowOperation): ShardRead | null {
  const values =
    operation.kind === 'create'
      ? operation.values
      : Object.fromEntries(operation.key.columns.map((name, at) => [name, operation.key.values[at]!]));
  const key = table.primaryKey.names.map((name) => values[name] ?? null);
  if (key.includes(null)) return null;
  let node = nodeByTable.get(table);
  if (node === undefined) {
    const match = matchOn(table.primaryKey.names);
    node = { table: table.typeName, ...match, computed: [], columns: [], filter: null, page: null, relations: [] };
    nodeByTable.set(table, node);
  }
  return { node, values: [], keys: [key], shardKeys: [shardKey] };
}
