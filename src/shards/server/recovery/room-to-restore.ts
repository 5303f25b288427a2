import { restorableBytes } from '../../capacity.ts';
import { ShardQLError } from '../../errors.ts';
import type { Capacity } from '../capacity/capacity.ts';
import type { Surveyed } from './survey.ts';

/** A change that is taken back is logged too: so much besides its values, with entries of indexes. */
const CHANGE_BYTES = 200;
/** Part of what lies between a full shard and its limit that steps leave to whoever cancels. */
const LEFT_TO_CANCEL = 0.25;

/**
 * Holds restores to the room that there is, before anything is fenced: for what the log grows by, and for values that come back. As much again
 * is left for taking it back, if it is cancelled.
 *
 * @throws ShardQLError SHARD_FULL
 */
export function requireRoomToRestore(capacity: Capacity, { changes, bytes }: Surveyed): void {
  const needed = changes * CHANGE_BYTES + 2 * bytes;
  const most = restorableBytes(capacity.settings);
  if (capacity.bytes + 2 * needed <= most) return;
  throw new ShardQLError(
    'SHARD_FULL',
    `Expected ${capacity.shard} to have room for ${size(2 * needed)} bytes, which this restore may need until it is done or cancelled, but got ${size(Math.max(0, most - capacity.bytes))}. Restore fewer shard keys, purge rows, or lower the budget of the log, which then gives up its oldest changes.`,
    { retryable: false },
  );
}

/**
 * The same of a step, as others write meanwhile.
 *
 * @throws ShardQLError SHARD_FULL
 */
export function requireRoomForStep(capacity: Capacity, id: string): void {
  const { fullBytes } = capacity.settings;
  const most = restorableBytes(capacity.settings);
  const until = most - LEFT_TO_CANCEL * (most - fullBytes);
  if (capacity.bytes <= until) return;
  throw new ShardQLError(
    'SHARD_FULL',
    `Expected ${capacity.shard} to have room for the next step of restore ${id}, but got ${size(capacity.bytes)} bytes, of ${size(most)} at most. Cancel it, or make room: it then goes on by itself.`,
    { retryable: false },
  );
}

const size = (bytes: number): string => Math.ceil(bytes).toLocaleString('en-US');
