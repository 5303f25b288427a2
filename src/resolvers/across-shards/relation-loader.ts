import DataLoader from 'dataloader';
import type { WireValue } from '../../model/types.ts';
import type { SeparateRelation, ThroughRelation } from '../../plans/node-plan.ts';
import type { Answer } from '../../shards/plan.ts';
import type { RequestContext } from '../context.ts';
import { spendRows } from '../row-budget.ts';
import { EMPTY_PAGE, type Source, sourceOf } from '../show/answer-source.ts';
import { cellOf, type Row } from '../show/row.ts';
import { fillIdSets } from './fill-id-sets.ts';
import { type RelationKey, readKeys } from './read-keys.ts';
import { readThrough } from './read-through.ts';

type FarRelation = SeparateRelation | ThroughRelation;
type RelationLoader = DataLoader<RelationKey, Answer, string>;

/**
 * One loader per selected relation and root field: plans live as long as their root field, so a read below a later
 * mutation never sees what was loaded before it.
 */
const loaders = new WeakMap<FarRelation, RelationLoader>();

/** Related rows on other shards: read together for all rows of a level that ask in the same tick. */
export async function loadRelated(
  plan: FarRelation,
  row: Row,
  context: RequestContext,
  path: readonly string[],
): Promise<Source> {
  const { relation, target } = plan;
  const key = relation.from.map((column) => cellOf(row.view.shape, row.cells, column));
  if (!isComplete(key)) return target.kind === 'one' ? null : sourceOf(target, EMPTY_PAGE);
  let loader = loaders.get(plan);
  if (!loader) {
    loader = createLoader(plan, context, path);
    loaders.set(plan, loader);
  }
  const answer = await loader.load(key);
  spendRows(context, answer);
  return sourceOf(target, answer);
}

/** A NULL refers to nothing. */
const isComplete = (key: readonly WireValue[]): key is RelationKey => !key.includes(null);

function createLoader(plan: FarRelation, context: RequestContext, path: readonly string[]): RelationLoader {
  const field = { context, requirement: plan.needs.requirement(context.reader.session), path };
  let filled: Promise<void> | null = plan.idSets.length === 0 ? null : fillIdSets(plan.idSets, field);
  return new DataLoader(
    async (keys) => {
      if (filled !== null) await filled;
      filled = null;
      return plan.kind === 'through'
        ? readThrough(plan, keys, field)
        : readKeys(plan.target.node, plan.values, keys, field);
    },
    { cacheKeyFn: (key) => JSON.stringify(key) },
  );
}
