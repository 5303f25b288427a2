import { afterEach, describe, expect, it, vi } from 'vitest';
import { restorableBytes } from '../../../../src/shards/capacity.ts';
import { stepRestore } from '../../../../src/shards/server/recovery/restore-steps.ts';
import { inNewShard, type LabShard } from '../lab-shard.ts';
import { undoLabBundle, undoLabModel } from '../undo/undo-lab.ts';
import { keyOf } from './tenant-history.ts';

const COMMITS = 30;
const LIMITS = { microseconds: 200, bytes: 1_000_000, logRows: 1_000 };
const KEY = keyOf('t');

const labelsOf = (shard: LabShard) => shard.rows('SELECT id, label FROM nodes ORDER BY id');

/** The version before some commits of one tenant. */
function written(shard: LabShard): number {
  const version = shard.state.clock.last;
  for (let at = 0; at < COMMITS; at++) {
    const values = { tenant: 't', id: `b${at}`, label: 'x'.repeat(100) };
    const answer = shard.write(KEY, [{ kind: 'create', table: 'Branch', values, select: null }]);
    expect(answer.status).toBe('OK');
  }
  return version;
}

/** From now on the shard holds so many bytes less than it may hold at most. */
const leave = ({ state: { capacity } }: LabShard, bytes: number) =>
  vi.spyOn(capacity, 'bytes', 'get').mockReturnValue(restorableBytes(capacity.settings) - bytes);

afterEach(() => vi.restoreAllMocks());

describe('a restore in a shard that is nearly full', () => {
  it('is refused before anything is fenced if there is no room for it, and for taking it back', async () => {
    await inNewShard(undoLabModel, undoLabBundle, async (shard) => {
      const { restorer, fences } = shard.state;
      const target = { shardKeys: [KEY], version: written(shard) };
      const before = labelsOf(shard);
      leave(shard, 400 * COMMITS - 1);
      for (const checksOnly of [true, false]) {
        await expect(restorer.begin('r', target, checksOnly)).rejects.toMatchObject({
          code: 'SHARD_FULL',
          message: expect.stringMatching(/room for 12,000 bytes, .* but got 11,999\. Restore fewer shard keys/),
        });
      }
      expect(fences.areUp).toBe(false);
      expect(restorer.list()).toEqual([]);
      expect(labelsOf(shard)).toEqual(before);
      leave(shard, 400 * COMMITS);
      expect(await restorer.begin('r', target, false)).toMatchObject([{ state: 'RUNNING' }]);
    });
  });

  it('stops where others have filled it, goes on once there is room, and can be cancelled', async () => {
    await inNewShard(undoLabModel, undoLabBundle, async (shard) => {
      const { state, session } = shard;
      const target = { shardKeys: [KEY], version: written(shard) };
      const before = labelsOf(shard);
      const stepsWithoutRoom = () => {
        leave(shard, 1_000);
        expect(() => stepRestore(state, session, LIMITS)).toThrow(/room for the next step of restore r\d, but got/);
        expect(state.fences.hold([KEY])).toBe(true);
      };
      await state.restorer.begin('r1', target, false);
      stepRestore(state, session, LIMITS);
      stepsWithoutRoom();
      // Whoever asks is told why, and only of this one.
      expect(await state.restorer.continue()).toMatchObject([{ id: 'r1', problem: { code: 'SHARD_FULL' } }]);
      expect(state.restorer.list()).toMatchObject([{ state: 'RUNNING', problem: { code: 'SHARD_FULL' } }]);
      vi.restoreAllMocks();
      while (stepRestore(state, session, LIMITS));
      expect(labelsOf(shard)).toEqual([]);

      await state.restorer.begin('undo', { undoes: 'r1' }, false);
      while (stepRestore(state, session, LIMITS));
      await state.restorer.begin('r2', target, false);
      stepRestore(state, session, LIMITS);
      stepsWithoutRoom();
      await state.restorer.continue();
      state.restorer.cancel('r2');
      while (stepRestore(state, session, LIMITS));
      expect(state.restorer.list().find(({ id }) => id === 'r2')).toMatchObject({ state: 'CANCELLED', problem: null });
      expect(labelsOf(shard)).toEqual(before);
    });
  });
});
