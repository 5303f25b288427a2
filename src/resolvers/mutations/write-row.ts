import type { GraphQLResolveInfo } from 'graphql';
import { STRONG } from '../../cache/requirement.ts';
import type { TableModel } from '../../model/types.ts';
import { matchOn, PlanMaker } from '../../plans/plan-maker.ts';
import type { RowOperation, Selection } from '../../shards/operation.ts';
import type { ShardKey } from '../../shards/shard-key.ts';
import { fillIdSets } from '../across-shards/fill-id-sets.ts';
import { placedNodes } from '../consistency/placed-nodes.ts';
import type { RequestContext } from '../context.ts';
import { responsePath } from '../response-path.ts';
import { Row } from '../show/row.ts';
import { writtenRow } from './written-row.ts';

/** One operation in one transaction; the selected row, with all that lies on its shard, comes back in the same RPC. */
export async function writeRow(
  table: TableModel,
  shardKey: ShardKey,
  operation: (select: Selection) => RowOperation,
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<Row | null> {
  const maker = new PlanMaker(context.model, info);
  const match = matchOn(table.primaryKey.names);
  const plan = maker.one(table, match, placedNodes(info));
  const path = responsePath(info.path);
  // The write itself waits for nothing: relations of other shards are looked up before it.
  if (maker.idSets.length > 0) await fillIdSets(maker.idSets, { context, requirement: STRONG, path });
  const select = { plan: JSON.stringify(plan.node), values: maker.values };
  const made = operation(select);
  const { reader, shards } = context;
  const row = writtenRow(table, shardKey, made);
  const held = row && reader.heldRow(row);
  const written = await shards.write(shardKey, [made], held);
  reader.recordWrite(written, held, path);
  const cells = written.rows[0] ?? null;
  return cells && new Row(plan.view, cells);
}
