/** What a `where` says of the shard keys that its rows have: it says so plainly by `eq` or `in` on the shard-key column, at the top or under `AND`. */
import type { TableModel, WireValue } from '../../model/types.ts';
import { toOperand } from '../arguments/wire-input.ts';
import { MAX_FILTER_DEPTH } from '../limits.ts';
import type { WhereInput } from './filter-terms.ts';

type ShardKeyValue = Exclude<WireValue, null>;

/** A value as the request gives it, and where that stands in the arguments. */
interface GivenValue {
  readonly path: string;
  readonly given: unknown;
}

/**
 * The shard keys that rows of the filter's result may have. None: it states several that exclude each other. Null: it states none.
 *
 * @param where a filter that has been planned before, so that its form is sound.
 */
export function shardKeysOfWhere(table: TableModel, where: WhereInput): readonly ShardKeyValue[] | null {
  let common: readonly ShardKeyValue[] | null = null;
  for (const values of statements(table, where, '', 1)) {
    const stated: readonly ShardKeyValue[] = values.map(({ given }) => toOperand(table, table.shardKey, given));
    common = common === null ? stated : common.filter((value) => stated.includes(value));
  }
  return common;
}

/** The first single shard key that the filter states, which every row of its result has. Undefined: rows may lie on any shard. */
export function shardKeyOfWhere(table: TableModel, where: WhereInput): ShardKeyValue | undefined {
  const found = givenShardKey(table, where, '');
  return found && toOperand(table, table.shardKey, found.given);
}

/** The same as the request gives it. */
export function givenShardKey(table: TableModel, where: WhereInput, path: string): GivenValue | undefined {
  for (const values of statements(table, where, path, 1)) if (values.length === 1) return values[0];
  return undefined;
}

/** Each of them holds for every row: its shard key is one of these. */
function* statements(
  table: TableModel,
  where: WhereInput,
  path: string,
  depth: number,
): Iterable<readonly GivenValue[]> {
  // What is deeper is refused where it is planned.
  if (depth > MAX_FILTER_DEPTH) return;
  const { name } = table.shardKey;
  const { eq, in: among } = (where[name] ?? {}) as { eq?: unknown; in?: readonly unknown[] | null };
  if (eq !== undefined) yield [{ path: `${path}.${name}.eq`, given: eq }];
  if (among !== undefined && among !== null) {
    yield among.map((given, at) => ({ path: `${path}.${name}.in.${at}`, given }));
  }
  for (const [at, term] of ((where.AND as readonly WhereInput[] | undefined) ?? []).entries()) {
    yield* statements(table, term, `${path}.AND.${at}`, depth + 1);
  }
}
