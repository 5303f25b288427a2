import type { TableModel, WireValue } from '../../model/types.ts';
import { toOperand } from '../arguments/wire-input.ts';
import type { WhereInput } from './filter-terms.ts';

type ShardKeyValue = Exclude<WireValue, null>;

/**
 * The shard keys that rows of the filter's result may have, as far as `where` states them plainly: by `eq` or `in` on the
 * shard-key column, at the top or under `AND`. None: it states several that exclude each other. Null: it states none.
 *
 * @param where a filter that has been planned before, so that its form is sound.
 */
export function shardKeysOfWhere(table: TableModel, where: WhereInput): readonly ShardKeyValue[] | null {
  const { shardKey } = table;
  const { eq, in: among } = (where[shardKey.name] ?? {}) as { eq?: unknown; in?: readonly unknown[] };
  const valuesOf = (given: readonly unknown[]) => given.map((value) => toOperand(table, shardKey, value));
  const terms = (where.AND as readonly WhereInput[] | undefined) ?? [];
  return [
    eq === undefined ? null : valuesOf([eq]),
    among === undefined ? null : valuesOf(among),
    ...terms.map((term) => shardKeysOfWhere(table, term)),
  ].reduce(common, null);
}

function common(
  one: readonly ShardKeyValue[] | null,
  other: readonly ShardKeyValue[] | null,
): readonly ShardKeyValue[] | null {
  if (one === null || other === null) return one ?? other;
  return one.filter((value) => other.includes(value));
}
