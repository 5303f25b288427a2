import type { CacheableRead } from '../plan/read.ts';
import type { ShardKey } from '../shard-key.ts';

export interface PublishRequest {
  readonly protocol: number;
  readonly shardKeys: readonly ShardKey[];
}

export interface PublishAnswer {
  readonly status: 'OK';
  readonly epoch: number;
  /** Those that could not be published now; the shard itself tries again. */
  readonly left: readonly ShardKey[];
  /** Hot answers that are worthless now, by the policy of their tables: to be put into the cache anew. Absent: none. */
  readonly hot?: readonly CacheableRead[];
}
