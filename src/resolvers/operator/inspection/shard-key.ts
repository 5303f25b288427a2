import type { ShardCapacity } from '../../../shards/capacity.ts';
import { errorToWire, ShardQLError, type WireError } from '../../../shards/errors.ts';
import type { InspectedKey } from '../../../shards/inspection.ts';
import type { ShardKey } from '../../../shards/shard-key.ts';
import { shardOf } from '../../../shards/shard-map.ts';
import type { OperatorContext } from '../operator-context.ts';
import { keysOf } from '../shard-keys.ts';

export interface ShownShardKey {
  readonly shardKey: ShardKey;
  readonly shard: string;
  readonly isPlaced: boolean;
  /** As the monitor knows it; null: it is not among the large ones, or there is no monitor. */
  readonly large: ShardCapacity['largeShardKeys'][number] | null;
  readonly found: InspectedKey | { readonly error: WireError };
}

/** @throws ShardQLError BAD_USER_INPUT for a value that is no shard key of the model. */
export async function findShardKey(
  value: unknown,
  type: string | null,
  { model, shards, fleet }: OperatorContext,
): Promise<ShownShardKey> {
  const [shardKey] = keysOf(model, [value], type) as [ShardKey];
  const map = await shards.map();
  const shard = shardOf(map, shardKey);
  const [views, found] = await Promise.all([
    fleet.views('reported'),
    shards.inspect(shard, { part: 'key', shardKey }).catch((error: unknown) => {
      if (error instanceof ShardQLError) return { error: errorToWire(error) };
      throw error;
    }),
  ]);
  const large = views.find((view) => view.shard === shard)?.capacity?.largeShardKeys ?? [];
  return {
    shardKey,
    shard,
    isPlaced: (map.placed ?? []).some(([key]) => key === shardKey),
    large: large.find((each) => each.shardKey === shardKey) ?? null,
    found,
  };
}
