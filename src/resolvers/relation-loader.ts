import DataLoader from 'dataloader';
import type { TableModel, WireValue } from '../model/types.ts';
import type { ShardClient } from '../shards/client/shard-client.ts';
import type { Answer } from '../shards/plan.ts';
import { toShardKey } from '../shards/shard-key.ts';
import { EMPTY_PAGE, type Source, sourceOf } from './answer-source.ts';
import type { RequestContext } from './context.ts';
import type { SeparateRelation } from './plan/node-plan.ts';
import { cellOf, type Row } from './row.ts';

type RelationKey = readonly Exclude<WireValue, null>[];
type RelationLoader = DataLoader<RelationKey, Answer, string>;

/**
 * One loader per selected relation and root field: plans live as long as their root field, so a read below a later
 * mutation never sees what was loaded before it.
 */
const loaders = new WeakMap<SeparateRelation, RelationLoader>();

/** Related rows on other shards: one read for all rows of a level that ask in the same tick. */
export async function loadRelated(plan: SeparateRelation, row: Row, context: RequestContext): Promise<Source> {
  const { relation, target } = plan;
  const key = relation.from.map((column) => cellOf(row.view.shape, row.cells, column));
  if (!isComplete(key)) return target.kind === 'one' ? null : sourceOf(target, EMPTY_PAGE);
  let loader = loaders.get(plan);
  if (!loader) {
    loader = createLoader(plan, context.model.tableByType.get(relation.targetType)!, context.shards);
    loaders.set(plan, loader);
  }
  return sourceOf(target, await loader.load(key));
}

/** A NULL refers to nothing. */
const isComplete = (key: readonly WireValue[]): key is RelationKey => !key.includes(null);

function createLoader(plan: SeparateRelation, target: TableModel, shards: ShardClient): RelationLoader {
  const shardKeyIndex = plan.relation.to.indexOf(target.shardKey.name);
  return new DataLoader(
    (keys) =>
      shards.read({
        node: plan.target.node,
        values: plan.values,
        keys,
        shardKeys: shardKeyIndex < 0 ? null : keys.map((key) => toShardKey(target.shardKey, key[shardKeyIndex]!)),
      }),
    { cacheKeyFn: (key) => JSON.stringify(key) },
  );
}
