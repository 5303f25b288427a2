import type { ShardClient } from '../../../shards/client/shard-client.ts';
import { errorToWire, ShardQLError, type WireError } from '../../../shards/errors.ts';
import type { InspectedCommit } from '../../../shards/inspection.ts';
import { parseOperationId } from '../../../shards/operation-id.ts';
import type { Version } from '../../../shards/version.ts';
import { requireShard } from './changes.ts';

export interface ShownCommit {
  readonly shard: string;
  readonly version: Version;
  readonly found: InspectedCommit | { readonly error: WireError };
}

export interface ShownOperation {
  readonly id: string;
  readonly commits: readonly ShownCommit[];
}

/** What is known of an operation: each of its shards is asked. A shard that does not answer is there with the reason. */
export async function findOperation(id: string, shards: Pick<ShardClient, 'map' | 'inspect'>): Promise<ShownOperation> {
  const { origin, commits } = parseOperationId(id);
  const map = await shards.map();
  for (const { shard } of commits) requireShard(map, shard);
  return {
    id,
    commits: await Promise.all(
      commits.map(async ({ shard, version }): Promise<ShownCommit> => {
        try {
          return { shard, version, found: await shards.inspect(shard, { part: 'commit', origin, version }) };
        } catch (error) {
          if (!(error instanceof ShardQLError)) throw error;
          return { shard, version, found: { error: errorToWire(error) } };
        }
      }),
    ),
  };
}
