import type { Requirement } from '../../cache/requirement.ts';
import type { IdSet } from '../../plans/filter/id-set.ts';
import { MAX_ID_SET_KEYS } from '../../plans/limits.ts';
import type { RelationKey } from '../../plans/node-plan.ts';
import { ShardQLError } from '../../shards/errors.ts';
import type { PageNode } from '../../shards/plan/node.ts';
import type { Read } from '../../shards/plan/read.ts';
import type { PlanValue } from '../../shards/plan/value.ts';
import { toShardKey } from '../../shards/shard-key.ts';
import type { FieldRun } from '../run/field-run.ts';

/** What the sets are for. */
interface SetTarget {
  readonly field: FieldRun;
  readonly requirement: Requirement;
  /** Where the keys go. */
  readonly values: PlanValue[];
}

/**
 * Reads id sets, as fresh as the field that they are for, and puts them where plans need them: all of one level of nesting
 * in one tick, innermost first.
 *
 * @param onFailure called with the relation that a failed set belongs to; the read fails if it belongs to none.
 */
export async function fillIdSets(
  idSets: readonly IdSet[],
  target: SetTarget,
  onFailure: (relation: object, error: Error) => void,
): Promise<void> {
  await Promise.all(
    idSets.map(async (idSet) => {
      try {
        await fill(idSet, target);
      } catch (error) {
        if (idSet.owner === null || !(error instanceof Error)) throw error;
        onFailure(idSet.owner, error);
      }
    }),
  );
}

async function fill(idSet: IdSet, target: SetTarget): Promise<void> {
  const { field, requirement } = target;
  const { inner, relation, ref } = idSet;
  const values = [...field.operation.valuesOf(idSet)];
  if (inner.length > 0) await Promise.all(inner.map((set) => fill(set, { ...target, values })));
  const [answer] = await field.context.reader.read(readOfIdSet(idSet, values, field), requirement, field.path);
  const { rows, hasMore } = answer!;
  if (hasMore) throw tooManyKeys(relation);
  target.values[ref] = rows as readonly RelationKey[];
}

/** @param values those of the set. */
export function readOfIdSet(
  { plan, shardKey }: Pick<IdSet, 'plan' | 'shardKey'>,
  values: readonly PlanValue[],
  { context: { model } }: FieldRun,
): Read<PageNode> {
  if (shardKey === null) return { plan, values, keys: [[]], shardKeys: null };
  const key = values[shardKey] as string | number;
  return { plan, values, keys: [[key]], shardKeys: [toShardKey(model.table(plan.node.table).shardKey, key)] };
}

const tooManyKeys = (relation: string): ShardQLError =>
  new ShardQLError(
    'FANOUT_LIMIT_EXCEEDED',
    `Expected a filter on ${relation}, which lies across shards, to match rows of at most ${MAX_ID_SET_KEYS.toLocaleString('en-US')} different keys, but got more. Narrow it.`,
    { field: relation },
  );
