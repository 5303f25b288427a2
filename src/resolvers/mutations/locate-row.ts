import { withArticle } from '../../model/names.ts';
import type { WireValue } from '../../model/types.ts';
import { type RowScope, visibleRows } from '../../plans/access/visible-rows.ts';
import { PlanValues } from '../../plans/plan-values.ts';
import { ShardQLError } from '../../shards/errors.ts';
import { compilePlan } from '../../shards/plan/compiled-plan.ts';
import { notNull } from '../../shards/plan/filter.ts';
import { matchOn, type OneNode, oneNode } from '../../shards/plan/node.ts';
import type { Read } from '../../shards/plan/read.ts';
import { shardKeyToWire } from '../../shards/shard-key.ts';
import type { KeyedCommit } from '../idempotency/keyed-field.ts';
import type { FieldRun } from '../run/field-run.ts';
import { ambiguousKey } from '../show/resolved-value.ts';
import { type DraftSubject, knownShardKey } from './compile/write-draft.ts';

/**
 * The shard key of what a mutation writes. If its arguments do not name it, all shards are asked for the row; the write then
 * names the same key, so a row that moved away in between is not found rather than mistaken.
 *
 * A keyed write may have been made before, and its row be gone, or be another one by now: where it was made is asked first. It
 * is asked again if there is no such row, as the same request may have deleted it in between.
 */
export async function locateRow(
  draft: DraftSubject,
  { context: { reader, shards, access, model }, path }: FieldRun,
  keyed: KeyedCommit | null,
): Promise<Exclude<WireValue, null>> {
  const known = knownShardKey(draft);
  if (known !== null) return known;
  const { table } = draft;
  const madeUnder = async () => keyed && (await shards.recall(await keyed.id));
  const before = await madeUnder();
  if (before !== null) return shardKeyToWire(table.shardKey, before);
  const [answer = null] = await reader.locate(locatingRead({ model, access }, draft), path);
  if (answer === 'ambiguous') throw ambiguousKey(table);
  if (answer !== null) return answer[0] as string | number;
  const meanwhile = await madeUnder();
  if (meanwhile !== null) return shardKeyToWire(table.shardKey, meanwhile);
  throw new ShardQLError('NOT_FOUND', `Expected ${withArticle(table.typeName)} with this key, but got none.`, {
    table: table.typeName,
  });
}

/** Finds the shard key of a row that the caller may read, in all shards: of one that was deleted, or of one that was not. */
export function locatingRead(scope: RowScope, { table, lookup, ofDeleted }: DraftSubject): Read<OneNode> {
  const { columns, values: key } = lookup!;
  const { softDelete, typeName, shardKey } = table;
  const values = new PlanValues();
  const isOfDeleted = ofDeleted && softDelete !== null;
  const rows = visibleRows(
    { ...scope, values },
    typeName,
    isOfDeleted ? { includeDeleted: true, filter: notNull(softDelete.name) } : {},
  );
  const plan = compilePlan(oneNode(rows, { ...matchOn(columns), columns: [shardKey.name] }));
  return { plan, values: values.ofMaking, keys: [key], shardKeys: null };
}
