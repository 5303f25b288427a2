import { ShardQLError } from '../../errors.ts';
import type { WriteOperation } from '../../operation.ts';
import { type Caller, DEVELOPER, OPERATOR, SYSTEM } from '../../protocol/envelope.ts';
import type { Capacity } from './capacity.ts';

/**
 * Which operations may make a shard larger. The others may log what they change, and that is all: they take back more than they add
 * once the log is trimmed, so they go on in a shard that is full.
 */
const GROWS: { readonly [Kind in WriteOperation['kind']]: boolean } = {
  create: true,
  createMany: true,
  update: true,
  updateMany: true,
  upsert: true,
  import: true,
  delete: false,
  deleteMany: false,
  purge: false,
  unlink: false,
  restore: false,
  undo: false,
  find: false,
};

/** To whom it is shown how large the shard is. What other tenants store is no other caller's business. */
const MAY_KNOW_SIZES: ReadonlySet<string> = new Set([OPERATOR.role, DEVELOPER.role, SYSTEM.role]);

/** @throws ShardQLError `SHARD_FULL` if the operation may grow a shard that is full. */
export function requireRoom(capacity: Capacity, { kind }: WriteOperation, { role }: Caller): void {
  if (!GROWS[kind]) return;
  const { bytes, settings, shard } = capacity;
  if (bytes < settings.fullBytes) return;
  const size = (count: number) => count.toLocaleString('en-US');
  const found = MAY_KNOW_SIZES.has(role)
    ? `${shard}, which holds ${size(bytes)} bytes and is full from ${size(settings.fullBytes)} on`
    : 'one that is full';
  throw new ShardQLError(
    'SHARD_FULL',
    `Expected a shard with room for what this write may add, but got ${found}. Delete or purge rows first: deletes go on, and so do writes once there is room.`,
    { retryable: false },
  );
}
