import { SLOT_COUNT } from '../../../src/shards/slots.ts';
import type { ApiClient } from '../api-client.ts';
import { CliError } from '../cli-error.ts';
import type { BackedUpShard } from './manifest.ts';

/**
 * Before a row is sent: shards to which shard keys were placed have at least as many placed there. Without, rows that have to stay in a jurisdiction would be
 * written to the shards of their hashes. Each placed shard key has a slot of its own, so a backup tells how many there were, and not which.
 *
 * @throws CliError
 */
export async function requirePlacements(
  api: Pick<ApiClient, 'operate'>,
  shards: readonly Pick<BackedUpShard, 'name' | 'ranges'>[],
): Promise<void> {
  const wanted = shards
    .map(({ name, ranges }) => ({ name, count: countPlaced(ranges) }))
    .filter(({ count }) => count > 0);
  if (wanted.length === 0) return;
  const { placedShardKeys } = await api.operate<{ placedShardKeys: readonly { readonly shard: string }[] }>(
    '{ placedShardKeys { shard } }',
  );
  for (const { name, count } of wanted) {
    const placed = placedShardKeys.filter(({ shard }) => shard === name).length;
    if (placed >= count) continue;
    throw new CliError(
      `Expected ${keys(count)} placed on ${name}, as when the backup was made, but got ${keys(placed)}. Place the same ones first: npm run shardql -- place <key…> --shard ${name}. Nothing was written.`,
    );
  }
}

const countPlaced = (ranges: BackedUpShard['ranges']): number =>
  ranges.reduce((sum, [first, last]) => sum + Math.max(0, last - Math.max(first, SLOT_COUNT) + 1), 0);

const keys = (count: number): string => `${count.toLocaleString('en')} shard key${count === 1 ? '' : 's'}`;
