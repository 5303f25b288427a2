import { violated } from '../lib/invariant.ts';
import type { ColumnModel, TableModel, WireValue } from '../model/types.ts';
import { WIRE_KINDS } from '../model/wire-kinds.ts';

/**
 * A shard key in canonical, type-tagged text: `t:<text>`, `i:<decimal digits>` or `b:<lower-case hex>`. Equal shard
 * keys have equal canonical text and different ones (also of different types) never do. Triggers build the same text
 * in SQL (`shardKeySql`).
 */
export type ShardKey = string & { readonly __shardKey: never };

/** The shard key of a wire value of a shard-key column. `value` must not be null. */
export const toShardKey = (column: ColumnModel, value: Exclude<WireValue, null>): ShardKey =>
  `${shardKeyTag(column)}:${value}` as ShardKey;

/** The shard key of a row, by its primary key: wire values in the key's order. */
export const shardKeyOf = ({ primaryKey, shardKey }: TableModel, key: readonly WireValue[]): ShardKey =>
  toShardKey(shardKey, key[primaryKey.columns.indexOf(shardKey)]!);

/** SQL expression that gives the canonical shard key of a row; `reference` is the column's SQL (`NEW."tenant_id"`). */
export const shardKeySql = (column: ColumnModel, reference: string): string =>
  `'${shardKeyTag(column)}:' || ${column.wire === 'blob' ? `lower(hex(${reference}))` : reference}`;

/** By which the canonical texts of one kind of column differ from those of others. */
export const shardKeyTag = ({ wire }: ColumnModel): 't' | 'i' | 'b' =>
  WIRE_KINDS[wire].shardKeyTag ?? violated(`Expected a shard-key column of text, integer or blob, but got ${wire}.`);

/** The value inside a canonical shard key, as people write it. */
export const valueOfShardKey = (key: ShardKey): string => key.slice(2);

/** The wire value inside a canonical shard key; inverse of {@link toShardKey}. */
export function shardKeyToWire(column: ColumnModel, key: ShardKey): Exclude<WireValue, null> {
  const body = valueOfShardKey(key);
  return column.wire === 'int' ? Number(body) : body;
}
