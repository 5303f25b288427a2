import { CHANGE, type Changes } from './changes.ts';

export interface ShardKeyInfo {
  readonly shardKey: string;
  readonly type: string | null;
  readonly shard: string;
  readonly slot: number;
  readonly isPlaced: boolean;
  readonly jurisdiction: string | null;
  readonly location: string | null;
  readonly bytes: number | null;
  readonly share: number | null;
  readonly growthPerDay: number | null;
  readonly hasRows: boolean | null;
  readonly isUnpublished: boolean | null;
  readonly cachedUntil: string | null;
  readonly code: string | null;
  readonly message: string | null;
  /** Null: the shard does not answer. */
  readonly changes: Changes | null;
}

export interface ShardKeyAnswer {
  readonly shardKey: ShardKeyInfo | null;
}

export const SHARD_KEY = `query ShardKey($value: ID!, $type: String) {
  shardKey(value: $value, type: $type) {
    shardKey type shard slot isPlaced jurisdiction location bytes share growthPerDay
    hasRows isUnpublished cachedUntil code message
    changes(first: 20) { nodes { ${CHANGE} } hasNextPage endCursor }
  }
}`;
