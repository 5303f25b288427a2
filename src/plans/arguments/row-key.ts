import type { ColumnModel, KeyModel, TableModel, WireValue } from '../../model/types.ts';
import { type ShardKey, toShardKey } from '../../shards/shard-key.ts';
import { badUserInput } from '../bad-user-input.ts';
import { toWire } from './wire-input.ts';

/** Names a row by the columns of one of its keys. */
export interface RowMatch {
  readonly key: KeyModel;
  readonly columns: readonly string[];
  readonly values: readonly Exclude<WireValue, null>[];
  /** Null: the key does not include the shard key (nor do `columns`): the row may lie on any shard. */
  readonly shardKey: ShardKey | null;
}

/** A `by` argument: exactly one key of the table (`@oneOf`). */
export type KeyInput = Readonly<Record<string, unknown>>;

/** The `shardKey` argument as a wire value; undefined where it is left out or null, which mean the same in reads. */
export const shardKeyArgument = (table: TableModel, shardKey: unknown): Exclude<WireValue, null> | undefined =>
  shardKey === undefined || shardKey === null ? undefined : toWire(table, table.shardKey, shardKey);

/**
 * What `by` and `shardKey` name together.
 *
 * @param bound the shard key of all rows that the caller may see: where neither names one, the row is looked for there.
 */
export function rowMatch(
  table: TableModel,
  by: KeyInput,
  shardKeyInput: unknown,
  bound?: Exclude<WireValue, null>,
): RowMatch {
  const [name, input] = Object.entries(by)[0]!;
  const key = [table.primaryKey, ...table.uniqueKeys].find((candidate) => candidate.byName === name)!;
  const inputOf = (column: ColumnModel): unknown =>
    key.byColumns.length === 1 ? input : (input as Record<string, unknown>)[column.name];
  const given = new Map(key.byColumns.map((column) => [column.name, toWire(table, column, inputOf(column))]));
  const argument = shardKeyArgument(table, shardKeyInput);
  const inKey = given.get(table.shardKey.name);
  if (inKey !== undefined && argument !== undefined && inKey !== argument) {
    throw badUserInput(`Expected shardKey to be the ${table.shardKey.name} that by names, but got another.`);
  }
  const match: RowMatch = { key, columns: [...given.keys()], values: [...given.values()], shardKey: null };
  const shardKey = inKey ?? argument ?? bound;
  return shardKey === undefined ? match : withShardKey(table, match, shardKey);
}

/** The match with the row's shard key filled in. */
function withShardKey(table: TableModel, match: RowMatch, value: Exclude<WireValue, null>): RowMatch {
  const { key } = match;
  return {
    key,
    columns: key.columns.map((column) => column.name),
    values: key.columns.map((column) =>
      column.name === table.shardKey.name ? value : match.values[match.columns.indexOf(column.name)]!,
    ),
    shardKey: toShardKey(table.shardKey, value),
  };
}
