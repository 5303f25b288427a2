import type { PlacedKey } from '../../placed-key.ts';
import type { KeyRelease, KeysReleased } from '../../protocol/shard-rpc.ts';
import type { ShardKey } from '../../shard-key.ts';
import { type SlotRange, slotOf } from '../../slots.ts';
import { SqlSession } from '../../sql/sql-session.ts';
import type { ShardState } from '../shard-state.ts';
import { readKnownKeys } from '../tables/keys-table.ts';

/**
 * Gives shard keys up, as of `epoch`, durably, unless there is something of them here: rows, or records of writes under them, now or once.
 * Whoever writes to them afterwards is refused, and finds their new owner; nothing comes in between, as this is synchronous. Repeats, and
 * older epochs, change nothing.
 */
export function releaseKeys(shard: ShardState, { epoch, slots, placed, checksOnly }: KeyRelease): KeysReleased {
  const { ownership, storage, clock } = shard;
  if (epoch > ownership.epoch) {
    const session = new SqlSession(storage.sql);
    const inUse = keysInUse(shard, session, givenUp(shard, slots, placed));
    if (inUse.length > 0) return { status: 'IN_USE', shardKeys: inUse };
    // No slots arrive: what is cached here stays what it is.
    if (!checksOnly) ownership.grant(storage, session, epoch, slots, 0, 0, placed);
  }
  return { status: 'OK', version: clock.last };
}

/** Those that the shard owns, and would not own any more. */
function givenUp(
  { ownership }: ShardState,
  slots: readonly SlotRange[],
  placed: readonly PlacedKey[],
): readonly ShardKey[] {
  const placedThen = new Map(placed);
  const isOwnedThen = (slot: number) => slots.some(([first, last]) => first <= slot && slot <= last);
  const concerned = new Set([...ownership.placedKeys, ...placedThen.keys()]);
  return [...concerned].filter((key) => ownership.owns(ownership.slotOf(key)) && !isOwnedThen(slotOf(key, placedThen)));
}

/** A copy under a shard key may have begun, and not have written a row yet. */
function keysInUse({ fences }: ShardState, session: SqlSession, keys: readonly ShardKey[]): ShardKey[] {
  const known = new Set(readKnownKeys(session, keys));
  return keys.filter((key) => known.has(key) || fences.isOf(key));
}
