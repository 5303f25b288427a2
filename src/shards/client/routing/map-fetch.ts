import { wait } from '../../../lib/timers.ts';
import type { PlacedKey } from '../../placed-key.ts';
import { MAP_KV_KEY, type ShardMap, type ShardPlacement } from '../../shard-map.ts';
import { isExactCover, type SlotRange } from '../../slots.ts';
import { catalogFailed } from '../failures.ts';
import type { ShardClientContext } from '../shard-client-context.ts';
import { backoffMs } from './backoff.ts';
import { catalogStub } from './router-env.ts';

/** How long a location may serve its copy of the map from KV, in seconds: the least that the platform allows. */
const KV_CACHE_TTL_SECONDS = 30;

/**
 * The map from the KV copy, or null if there is none of at least `leastEpoch` there. KV may be old, slow or down: it
 * saves calls to the catalog and never decides anything.
 */
export async function mapFromKv({ env, deadline }: ShardClientContext, leastEpoch: number): Promise<ShardMap | null> {
  if (!env.KV) return null;
  try {
    const copy = await deadline.within(env.KV.get(MAP_KV_KEY, { type: 'json', cacheTtl: KV_CACHE_TTL_SECONDS }));
    return isShardMap(copy) && copy.epoch >= leastEpoch ? copy : null;
  } catch {
    deadline.check();
    return null;
  }
}

/** The map from its authority. */
export async function mapFromCatalog(scope: ShardClientContext): Promise<ShardMap> {
  const { settings, timers, deadline } = scope;
  for (let attempt = 1; ; attempt++) {
    try {
      return await deadline.within(catalogStub(scope.env).map(settings.shardCount));
    } catch (error) {
      deadline.check();
      const pauseMs = backoffMs(attempt, settings, scope.random());
      if (attempt === settings.maxCallAttempts || (error as { overloaded?: boolean }).overloaded) {
        throw catalogFailed(error, settings.shedRetryAfterMs);
      }
      await deadline.within(wait(timers, pauseMs));
    }
  }
}

function isShardMap(value: unknown): value is ShardMap {
  if (typeof value !== 'object' || value === null) return false;
  const { epoch, slotHash, shards, placed = [] } = value as Partial<ShardMap>;
  return (
    Number.isInteger(epoch) &&
    typeof slotHash === 'string' &&
    Array.isArray(shards) &&
    shards.every(isPlacement) &&
    Array.isArray(placed) &&
    placed.every(isPlacedKey) &&
    isExactCover(
      shards.flatMap(({ ranges }) => ranges),
      placed.map(([, slot]): SlotRange => [slot, slot]),
    )
  );
}

function isPlacement(value: unknown): value is ShardPlacement {
  if (typeof value !== 'object' || value === null) return false;
  const { name, ranges } = value as Partial<ShardPlacement>;
  return typeof name === 'string' && Array.isArray(ranges) && ranges.every(isSlotRange);
}

const isPlacedKey = (value: unknown): value is PlacedKey =>
  Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && Number.isInteger(value[1]);

const isSlotRange = (value: unknown): value is SlotRange =>
  Array.isArray(value) && value.length === 2 && value.every(Number.isInteger);
