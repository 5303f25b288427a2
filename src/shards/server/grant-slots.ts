import type { SlotRange } from '../slots.ts';
import type { ShardState } from './shard-state.ts';
import { SqlSession } from './sql-session.ts';

/** Epoch of the first placement: its slots come from nowhere. */
const FIRST_EPOCH = 1;

/** Sets the owned slots as of `epoch`, durably. Repeats and older epochs change nothing. */
export function grantSlots(shard: ShardState, epoch: number, slots: readonly SlotRange[]): void {
  const { ownership, storage, freshness, clock } = shard;
  if (epoch <= ownership.epoch) return;
  ownership.grant(storage, new SqlSession(storage.sql), epoch, slots);
  if (epoch > FIRST_EPOCH) freshness.arrived(clock.asOf());
}
