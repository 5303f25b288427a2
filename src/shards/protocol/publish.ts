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
  /** Hot reads whose answers have changed, by the policy of their tables: to be asked again for the cache. Absent: none. */
  readonly hot?: readonly CacheableRead[];
}
