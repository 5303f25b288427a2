import type { PlacedKey } from '../../placed-key.ts';
import type { SlotRange } from '../../slots.ts';
import { SqlSession } from '../../sql/sql-session.ts';
import { type Version, versionAt } from '../../version.ts';
import type { ShardState } from '../shard-state.ts';

/** Epoch of the first placement: its slots come from nowhere. */
const FIRST_EPOCH = 1;

/**
 * Sets the owned slots as of `epoch`, durably. Repeats and older epochs change nothing.
 *
 * @param least greatest version of the shards that gave some of the slots up. From here on this shard's versions, and the
 * `asOf`s of its reads, are at least that (V2): stored with the slots, so that no crash comes in between. An idle shard would
 * else answer with an `asOf` below the last change that it took over.
 * @param placed placed shard keys whose own slot is among `slots`, or the one that their hash gives.
 */
export function grantSlots(
  shard: ShardState,
  epoch: number,
  slots: readonly SlotRange[],
  least: Version,
  placed: readonly PlacedKey[],
): void {
  const { ownership, storage, freshness, clock, wallClock } = shard;
  if (epoch <= ownership.epoch) return;
  const born = epoch === FIRST_EPOCH ? versionAt(wallClock()) : 0;
  ownership.grant(storage, new SqlSession(storage.sql), epoch, slots, least, born, placed);
  clock.committed(least);
  if (epoch > FIRST_EPOCH) freshness.arrived(clock.last);
}
