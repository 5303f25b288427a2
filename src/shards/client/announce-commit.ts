import type { ShardKey } from '../shard-key.ts';
import type { Version } from '../version.ts';
import type { RequestScope } from './request-scope.ts';

/** Tells of a commit, if its shard says that something is left to be published. */
export function announceCommit(
  { announce }: RequestScope,
  shard: string,
  version: Version,
  unpublished: readonly string[] = [],
): void {
  if (unpublished.length > 0) announce({ shard, shardKeys: unpublished as readonly ShardKey[], version });
}
