import { describe, expect, it } from 'vitest';
import { SYSTEM } from '../../../../src/shards/protocol/envelope.ts';
import { Room } from '../../../../src/shards/server/commit/room.ts';
import { capacityOf } from '../../../support/capacity.ts';

const FULL_BYTES = 9_500_000_000;

/** Kinds of operations that a shard of this size takes. */
const taken = (databaseSize: number) => {
  const room = new Room(capacityOf({ databaseSize }), undefined as never, SYSTEM);
  const kinds = ['create', 'import', 'update', 'updateMany', 'upsert', 'delete', 'purge', 'restore', 'undo'] as const;
  return kinds.filter((kind) => {
    try {
      room.requireFor(kind);
      return true;
    } catch {
      return false;
    }
  });
};

describe('the room of a shard', () => {
  it('is for everything below its bound, for changes of rows above it, and at the end for what makes room alone', () => {
    const makesRoom = ['delete', 'purge', 'restore', 'undo'];
    const changes = ['update', 'updateMany', 'upsert'];
    expect(taken(FULL_BYTES - 1)).toEqual(['create', 'import', ...changes, ...makesRoom]);
    expect(taken(FULL_BYTES)).toEqual([...changes, ...makesRoom]);
    // Updates log what they change: half of what is left stays for deletes.
    expect(taken(9_750_000_000 - 1)).toEqual([...changes, ...makesRoom]);
    expect(taken(9_750_000_000)).toEqual(makesRoom);
  });
});
