import type { WireValue } from '../../model/types.ts';
import type { CacheableRead } from '../plan/read.ts';
import type { ShardKey } from '../shard-key.ts';
import type { Version } from '../version.ts';

/** The rows of one commit are asked for. */
export interface SampleRequest {
  readonly protocol: number;
  readonly version: Version;
}

export interface SampleAnswer {
  readonly status: 'OK';
  readonly epoch: number;
  readonly changes: readonly SampledChange[];
}

/** A row that a commit has changed, and cached lists that it may be in. */
export interface SampledChange {
  readonly shardKey: ShardKey;
  /** Its table's GraphQL type. */
  readonly table: string;
  /** Values of its primary key. */
  readonly key: readonly WireValue[];
  readonly lists: readonly CacheableRead[];
}
