import type { RouterSettings } from '../settings.ts';

/**
 * The groups in which shards are asked: each by itself, if they are few; else as many groups as each has shards, about, so that neither the
 * router nor the first shard of a group, which gathers its answers, has many to wait for. Neighbours in the map are in one group.
 */
export function scatterGroups(
  shards: readonly string[],
  { maxFlatScatterShards }: Pick<RouterSettings, 'maxFlatScatterShards'>,
): readonly (readonly string[])[] {
  if (shards.length <= maxFlatScatterShards) return shards.map((shard) => [shard]);
  const count = Math.floor(Math.sqrt(shards.length));
  return Array.from({ length: count }, (_, at) =>
    shards.slice(Math.floor((at * shards.length) / count), Math.floor(((at + 1) * shards.length) / count)),
  );
}
