import { unknownName } from '../../lib/unknown-name.ts';
import type { Model } from '../../model/types.ts';
import { shardKeyArgument } from '../../plans/arguments/row-key.ts';
import { badUserInput } from '../../plans/bad-user-input.ts';
import { type ShardKey, shardKeyTag, toShardKey } from '../../shards/shard-key.ts';

/** The greatest number of shard keys of one restore, or placement. */
const MAX_SHARD_KEYS = 100;

/**
 * Shard keys as operators write them.
 *
 * @param type GraphQL type of a table with such keys; null: all tables have keys of one kind.
 * @throws ShardQLError BAD_USER_INPUT
 */
export function keysOf({ tables, tableByType }: Model, values: readonly unknown[], type: string | null): ShardKey[] {
  if (values.length === 0 || values.length > MAX_SHARD_KEYS) {
    throw badUserInput(`Expected 1 to ${MAX_SHARD_KEYS} shardKeys, but got ${values.length}.`);
  }
  const table = type === null ? tables[0]! : tableByType.get(type);
  if (table === undefined) throw badUserInput(unknownName('type', type!, [...tableByType.keys()]));
  if (type === null && new Set(tables.map(({ shardKey }) => shardKeyTag(shardKey))).size > 1) {
    const examples = [
      ...new Map(tables.toReversed().map(({ shardKey, typeName }) => [shardKeyTag(shardKey), typeName])).values(),
    ];
    throw badUserInput(
      `Expected type, as tables have shard keys of several kinds: the type of a table that the shard keys are of, such as ${examples.map((each) => `"${each}"`).join(' or ')}, but got none. On the command line it is --type.`,
    );
  }
  return values.map((value) => toShardKey(table.shardKey, shardKeyArgument(table, value)!));
}

/** Type of a table with shard keys of the same kind; null: the model has none any more. */
export const typeOfKey = ({ tables }: Model, key: ShardKey): string | null =>
  tables.find(({ shardKey }) => key.startsWith(`${shardKeyTag(shardKey)}:`))?.typeName ?? null;
