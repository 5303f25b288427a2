import { withArticle } from '../../model/names.ts';
import type { TableModel, WireValue } from '../../model/types.ts';
import type { RowMatch } from '../../plans/arguments/row-key.ts';
import { ShardQLError } from '../../shards/errors.ts';
import { compilePlan } from '../../shards/plan/compiled-plan.ts';
import { matchOn, type OneNode, oneNode } from '../../shards/plan/node.ts';
import type { Read } from '../../shards/plan/read.ts';
import { EVERYTHING, rowsOf } from '../../shards/plan/source.ts';
import type { FieldRun } from '../run/field-run.ts';
import { ambiguousKey } from '../show/resolved-value.ts';
import type { WriteDraft } from './compile/write-draft.ts';

/**
 * The shard key of what a mutation writes. If its arguments do not name it, all shards are asked for the row; the write then
 * names the same key, so a row that moved away in between is not found rather than mistaken.
 */
export async function locateRow(
  { table, shardKey, lookup }: WriteDraft,
  { context: { reader }, path }: FieldRun,
): Promise<Exclude<WireValue, null>> {
  if (shardKey !== null) return shardKey;
  const [answer = null] = await reader.locate(locatingRead(table, lookup!), path);
  if (answer === 'ambiguous') throw ambiguousKey(table);
  if (answer !== null) return answer[0] as string | number;
  throw new ShardQLError('NOT_FOUND', `Expected ${withArticle(table.typeName)} with this key, but got none.`, {
    table: table.typeName,
  });
}

/** Finds the shard key of a row in all shards. */
export function locatingRead(table: TableModel, { columns, values }: RowMatch): Read<OneNode> {
  const rows = rowsOf(table.typeName, { access: EVERYTHING });
  const plan = compilePlan(oneNode(rows, { ...matchOn(columns), columns: [table.shardKey.name] }));
  return { plan, values: [], keys: [values], shardKeys: null };
}
