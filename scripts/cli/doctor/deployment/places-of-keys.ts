import type { KeyPlacement } from '../../place/place-keys.ts';
import type { Finding } from '../examine.ts';

const MAX_KEYS = 5;

/** Where shard keys were placed, a line for each shard; and those of kinds that no table of the model has any more. */
export function placesOfKeys(placements: readonly KeyPlacement[]): Pick<Finding, 'problems' | 'advice'> {
  const byShard = Map.groupBy(placements, ({ shard }) => shard);
  const orphans = placements.filter(({ type }) => type === null);
  return {
    problems:
      orphans.length === 0
        ? []
        : [
            `Expected a table for each placed shard key, but the model has none for ${keysOf(orphans)}. Take them back with npm run shardql -- place --undo, or bring the table back.`,
          ],
    advice: [...byShard].map(([shard, keys]) => `${shard} (${placeOf(keys[0]!)}) has all rows of ${keysOf(keys)}.`),
  };
}

function placeOf({ jurisdiction, location }: KeyPlacement): string {
  if (jurisdiction === null && location === null) return 'a place like that of the other shards';
  return [
    ...(jurisdiction === null ? [] : [`stored in ${jurisdiction} alone`]),
    ...(location === null ? [] : [`made near ${location}`]),
  ].join(', ');
}

function keysOf(placements: readonly KeyPlacement[]): string {
  const names = placements.slice(0, MAX_KEYS).map(({ shardKey, type }) => (type ? `${type} ${shardKey}` : shardKey));
  const more = placements.length - names.length;
  return more === 0 ? names.join(', ') : `${names.join(', ')} and ${more} more`;
}
