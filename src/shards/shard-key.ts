import { violated } from '../lib/invariant.ts';
import type { ColumnModel, TableModel, WireValue } from '../model/types.ts';

/**
 * A shard key in canonical, type-tagged text: `t:<text>`, `i:<decimal digits>` or `b:<lower-case hex>`. Equal shard
 * keys have equal canonical text and different ones (also of different types) never do. Triggers build the same text
 * in SQL (`shardKeySql`).
 */
export type ShardKey = string & { readonly __shardKey: never };

/** The shard key of a wire value of a shard-key column. `value` must not be null. */
export function toShardKey(column: ColumnModel, value: Exclude<WireValue, null>): ShardKey {
  switch (column.wire) {
    case 'text':
      return `t:${value}` as ShardKey;
    case 'int':
    case 'int64':
      return `i:${value}` as ShardKey;
    case 'blob':
      return `b:${value}` as ShardKey;
    default:
      return violated(`Expected a shard-key column of text, integer or blob, but got ${column.wire}.`);
  }
}

/** The shard key of a row, by its primary key: wire values in the key's order. */
export const shardKeyOf = ({ primaryKey, shardKey }: TableModel, key: readonly WireValue[]): ShardKey =>
  toShardKey(shardKey, key[primaryKey.columns.indexOf(shardKey)]!);

/** SQL expression that gives the canonical shard key of a row; `reference` is the column's SQL (`NEW."tenant_id"`). */
export function shardKeySql(column: ColumnModel, reference: string): string {
  switch (column.wire) {
    case 'text':
      return `'t:' || ${reference}`;
    case 'int':
    case 'int64':
      return `'i:' || ${reference}`;
    case 'blob':
      return `'b:' || lower(hex(${reference}))`;
    default:
      return violated(`Expected a shard-key column of text, integer or blob, but got ${column.wire}.`);
  }
}

/** The wire value inside a canonical shard key; inverse of {@link toShardKey}. */
export function shardKeyToWire(column: ColumnModel, key: ShardKey): Exclude<WireValue, null> {
  const body = key.slice(2);
  return column.wire === 'int' ? Number(body) : body;
}
