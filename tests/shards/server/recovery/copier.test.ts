import { describe, expect, it } from 'vitest';
import { ShardQLError } from '../../../../src/shards/errors.ts';
import { answerBackup } from '../../../../src/shards/server/backup/answer-backup.ts';
import { Copier } from '../../../../src/shards/server/recovery/copy/copier.ts';
import { cancelRestore, stepRestore } from '../../../../src/shards/server/recovery/restore-steps.ts';
import type { RestoredShard } from '../../../../src/shards/server/recovery/restored-shard.ts';
import { toldRestore } from '../../../../src/shards/server/recovery/told-restore.ts';
import { findCopy } from '../../../../src/shards/server/tables/copies-table.ts';
import { findRestore } from '../../../../src/shards/server/tables/restores-table.ts';
import { inNewShard, type LabShard } from '../lab-shard.ts';
import { commitStatements, FIRST_ROWS } from '../undo/lab-history.ts';
import { undoLabBundle, undoLabModel } from '../undo/undo-lab.ts';
import { keyOf } from './tenant-history.ts';

const withCopy = (test: (shard: LabShard) => Promise<void>) =>
  inNewShard(undoLabModel, undoLabBundle, async (shard) => {
    const target = { copyOf: { shardKey: keyOf('t'), shard: 'own' }, as: keyOf('copy'), version: 1 };
    newLife(shard).begin('c', target, false);
    await test(shard);
  });

/** As a life of the shard makes one. */
const newLife = ({ state, session }: LabShard, { shard = state as RestoredShard, isSilent = false } = {}) =>
  new Copier({
    shard: () => shard,
    limits: { rows: 10, bytes: 10_000 },
    ask: async (_, request) => {
      if (isSilent) throw new ShardQLError('SHARD_UNAVAILABLE', 'It does not answer.');
      return answerBackup(state, session, request);
    },
  });

/** A shard whose database has no room. */
const full = ({ state }: LabShard): RestoredShard => ({
  ...state,
  storage: {
    ...{ sql: state.storage.sql, sync: () => state.storage.sync() },
    transactionSync: () => {
      throw new Error('database or disk is full: SQLITE_FULL');
    },
  } as unknown as DurableObjectStorage,
});

const restoreOf = ({ session }: LabShard) => findRestore(session, 'c')!;

describe('a copy', () => {
  it('whose step does not come to its end, time and again, turns round, and says why', async () => {
    await withCopy(async (shard) => {
      const copiers = [1, 2].map(() => newLife(shard, { shard: full(shard) }));
      // The platform resets the shard, or does not.
      for (const copier of [...copiers, copiers[1]!]) {
        await expect(copier.step(restoreOf(shard))).rejects.toThrow('SQLITE_FULL');
        expect(restoreOf(shard).state).toBe('RUNNING');
      }
      const last = newLife(shard);
      while (restoreOf(shard).endedAtMs === null) {
        if (!(await last.step(restoreOf(shard)))) stepRestore(shard.state, shard.session);
      }
      expect(toldRestore(shard.session, restoreOf(shard))).toMatchObject({
        state: 'CANCELLED',
        problem: { code: 'SHARD_FULL', message: expect.stringContaining('did not 3 times') },
      });
      expect(shard.state.fences.areUp).toBe(false);
    });
  });

  it('writes nothing more once it is cancelled, whoever still has it in hand', () =>
    inNewShard(undoLabModel, undoLabBundle, async (shard) => {
      commitStatements(shard, 'rows', FIRST_ROWS);
      const version = shard.state.clock.last;
      const copier = newLife(shard);
      copier.begin('c', { copyOf: { shardKey: keyOf('t'), shard: 'own' }, as: keyOf('copy'), version }, false);
      const isWriting = () => findCopy(shard.session, 'c')!.stage.stage === 'WRITE';
      for (let step = 0; step < 20 && !isWriting(); step++) await copier.step(restoreOf(shard));
      expect(isWriting()).toBe(true);
      const inHand = restoreOf(shard);
      cancelRestore(shard.state, shard.session, 'c');
      await copier.step(inHand);
      expect(shard.rows('SELECT count(*) FROM nodes WHERE tenant = ?', 'copy')).toEqual([[0]]);
    }));

  it('waits for the shard that it copies from, through any number of lives', async () => {
    await withCopy(async (shard) => {
      for (let life = 0; life < 5; life++) {
        await expect(newLife(shard, { isSilent: true }).step(restoreOf(shard))).rejects.toMatchObject({
          code: 'SHARD_UNAVAILABLE',
        });
      }
      expect(restoreOf(shard).state).toBe('RUNNING');
    });
  });
});
