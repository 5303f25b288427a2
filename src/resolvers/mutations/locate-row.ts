import { withArticle } from '../../model/names.ts';
import type { TableModel } from '../../model/types.ts';
import { type KeyInput, type RowMatch, rowMatch, withShardKey } from '../../plans/arguments/row-key.ts';
import { badUserInput } from '../../plans/bad-user-input.ts';
import { ShardQLError } from '../../shards/errors.ts';
import { compilePlan } from '../../shards/plan/compiled-plan.ts';
import { matchOn, type OneNode, oneNode } from '../../shards/plan/node.ts';
import type { Read } from '../../shards/plan/read.ts';
import { EVERYTHING, rowsOf } from '../../shards/plan/source.ts';
import type { ShardKey } from '../../shards/shard-key.ts';
import type { FieldRun } from '../run/field-run.ts';
import { ambiguousKey } from '../show/resolved-value.ts';

/**
 * The row that `by` and `shardKey` name, with its shard key. Without one in the arguments all shards are asked for it
 * first; the write then names the same key, so a row that moved away in between is not found rather than mistaken.
 */
export async function locateRow(
  table: TableModel,
  by: KeyInput,
  shardKeyInput: unknown,
  { context: { reader }, path }: FieldRun,
): Promise<RowMatch & { readonly shardKey: ShardKey }> {
  const match = namedRow(table, by, shardKeyInput);
  if (match.shardKey !== null) return { ...match, shardKey: match.shardKey };
  const [answer = null] = await reader.locate(locatingRead(table, match), path);
  if (answer === 'ambiguous') throw ambiguousKey(table);
  if (answer === null) {
    throw new ShardQLError('NOT_FOUND', `Expected ${withArticle(table.typeName)} with this key, but got none.`, {
      table: table.typeName,
    });
  }
  const located = withShardKey(table, match, answer[0] as string | number);
  return { ...located, shardKey: located.shardKey! };
}

/** What the arguments of a write name. */
export function namedRow(table: TableModel, by: KeyInput, shardKeyInput: unknown): RowMatch {
  if (shardKeyInput !== null) return rowMatch(table, by, shardKeyInput);
  throw badUserInput('Expected a value for shardKey, but got null. Leave it out to look for the row in all shards.');
}

/** Finds the shard key of a row in all shards. */
export function locatingRead(table: TableModel, { columns, values }: RowMatch): Read<OneNode> {
  const rows = rowsOf(table.typeName, { access: EVERYTHING });
  const plan = compilePlan(oneNode(rows, { ...matchOn(columns), columns: [table.shardKey.name] }));
  return { plan, values: [], keys: [values], shardKeys: null };
}
