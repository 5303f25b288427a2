import type { IdSet } from '../../plans/filter/id-set.ts';
import { MAX_ID_SET_KEYS } from '../../plans/limits.ts';
import { ShardQLError } from '../../shards/errors.ts';
import type { PageAnswer } from '../../shards/plan.ts';
import { toShardKey } from '../../shards/shard-key.ts';
import type { FieldRead } from '../consistency/field-read.ts';
import type { RelationKey } from './read-keys.ts';

/**
 * Reads id sets, as fresh as the field that they are for, and puts them where plans need them: all of one level of nesting
 * in one tick, innermost first.
 */
export async function fillIdSets(idSets: readonly IdSet[], field: FieldRead): Promise<void> {
  await Promise.all(
    idSets.map(async (idSet) => {
      try {
        await fill(idSet, field);
      } catch (error) {
        if (idSet.onFailure === null || !(error instanceof Error)) throw error;
        idSet.onFailure(error);
      }
    }),
  );
}

async function fill(idSet: IdSet, field: FieldRead): Promise<void> {
  const { context, requirement, path } = field;
  const { node, values, shardKey, target, relation } = idSet;
  if (idSet.inner.length > 0) await Promise.all(idSet.inner.map((inner) => fill(inner, field)));
  const table = context.model.table(node.table);
  const read = {
    node,
    values,
    keys: [shardKey === undefined ? [] : [shardKey]],
    shardKeys: shardKey === undefined ? null : [toShardKey(table.shardKey, shardKey)],
  };
  const [answer] = await context.reader.read(read, requirement, path);
  const { rows, more } = answer as PageAnswer;
  if (more) throw tooManyKeys(relation);
  target.values[target.ref] = rows as readonly RelationKey[];
}

const tooManyKeys = (relation: string): ShardQLError =>
  new ShardQLError(
    'FANOUT_LIMIT_EXCEEDED',
    `Expected a filter on ${relation}, which lies across shards, to match rows of at most ${MAX_ID_SET_KEYS.toLocaleString('en-US')} different keys, but got more. Narrow it.`,
    { field: relation },
  );
