import { describe, expect, it } from 'vitest';
import { DEVELOPER } from '../../../../src/shards/protocol/envelope.ts';
import { fromJsonText } from '../../../../src/shards/protocol/json-text.ts';
import type { RestoreTarget, ShardRestore } from '../../../../src/shards/restore.ts';
import { answerAsOf } from '../../../../src/shards/server/recovery/as-of.ts';
import { changesSince } from '../../../../src/shards/server/recovery/past-point.ts';
import { beginRestore, cancelRestore, stepRestore } from '../../../../src/shards/server/recovery/restore-steps.ts';
import { findRestore } from '../../../../src/shards/server/tables/restores-table.ts';
import { inNewShard, type LabShard } from '../lab-shard.ts';
import { commitStatements } from '../undo/lab-history.ts';
import { undoLabBundle, undoLabModel } from '../undo/undo-lab.ts';
import { keyOf } from './tenant-history.ts';

const inLab = (test: (shard: LabShard) => void | Promise<void>) => inNewShard(undoLabModel, undoLabBundle, test);

const create = (tenant: string, id: string, label = 'red') => ({
  kind: 'create' as const,
  table: 'Branch',
  values: { tenant, id, label },
  select: null,
});

/** Gives the version. */
function written(shard: LabShard, tenant: string, id: string, label?: string): number {
  const answer = shard.write(keyOf(tenant), [create(tenant, id, label)]);
  if (answer.status !== 'OK') throw new Error(JSON.stringify(answer));
  return answer.version;
}

const begin = (shard: LabShard, tenants: readonly string[], target: number, id = 'r') =>
  beginRestore(shard.state, shard.session, { id, shardKeys: tenants.map(keyOf), target, undoes: null }, 1);

const finish = ({ state, session }: LabShard) => {
  while (stepRestore(state, session));
};

describe('behind a fence', () => {
  it('a write that is retried gets its first outcome, whether it was made or refused', async () => {
    await inLab((shard) => {
      const first = shard.write(keyOf('t'), [create('t', 'a')], { operationId: 'X' });
      begin(shard, ['t'], 0);
      const refused = shard.write(keyOf('t'), [create('t', 'b')], { operationId: 'Y' });
      expect(refused).toMatchObject({ status: 'FAILED', error: { code: 'SHARD_UNAVAILABLE' } });
      expect(shard.write(keyOf('t'), [create('t', 'b')], { operationId: 'Y' })).toMatchObject({
        status: 'FAILED',
        error: { code: 'SHARD_UNAVAILABLE' },
      });
      expect(shard.write(keyOf('t'), [create('t', 'a')], { operationId: 'X' })).toMatchObject({
        status: 'OK',
        version: first.status === 'OK' && first.version,
      });
      finish(shard);
      expect(shard.rows('SELECT id FROM nodes')).toEqual([]);
    });
  });
});

describe('a moment', () => {
  it('at which a restore ran is answered as before it, also once it has ended without changes', async () => {
    await inLab((shard) => {
      const { state, session } = shard;
      const target = written(shard, 't', 'a');
      for (let at = 0; at < 30; at++) written(shard, 'u', `u${at}`);
      written(shard, 't', 'wrong');
      begin(shard, ['t'], target);
      const limits = { microseconds: 200, bytes: 1_000, logRows: 5 };
      stepRestore(state, session, limits);
      const moment = written(shard, 'u', 'meanwhile');
      const changes = () => JSON.stringify(changesSince(session, moment, [keyOf('t')]).partly);
      const then = changes();
      expect(then).not.toBe('null');
      while (stepRestore(state, session, limits));
      expect(changes()).toBe(then);
      expect(findRestore(session, 'r')!.endVersion).toBeGreaterThan(moment);
    });
  });
});

describe('a moment amid a restore', () => {
  it('whose beginning is trimmed is refused as such, to those whose rows it has restored', async () => {
    await inLab((shard) => {
      const target = written(shard, 't', 'a');
      written(shard, 't', 'b');
      begin(shard, ['t'], target);
      const moment = written(shard, 'u', 'x');
      finish(shard);
      shard.sql.exec(
        `INSERT INTO _log_state (id, trimmed_seq, trimmed_version, measured_seq, bytes, held_version, held_until)
         SELECT 1, seq, version, 0, 0, 0, 0 FROM _log WHERE version = ?`,
        moment,
      );
      const since = (tenant: string) => () => changesSince(shard.session, moment, [keyOf(tenant)]);
      expect(since('t')).toThrow(/at which no restore of these rows ran that had begun before 20.* after that restore/);
      expect(since('u')).not.toThrow();
    });
  });
});

describe('a restore', () => {
  it('that was cancelled before it could begin does not begin', async () => {
    await inLab(async (shard) => {
      const target = written(shard, 't', 'a');
      written(shard, 't', 'b');
      const { restorer, fences } = shard.state;
      const begun = restorer.begin('late', { shardKeys: [keyOf('t')], version: target }, false);
      restorer.cancel('late');
      expect(await begun).toMatchObject([{ id: 'late', state: 'CANCELLED' }]);
      expect(fences.areUp).toBe(false);
      expect(shard.rows('SELECT id FROM nodes ORDER BY id')).toEqual([['a'], ['b']]);
    });
  });
});

describe('a restore that is repeated', () => {
  it('takes no more back than was written since, however often', async () => {
    await inLab(async (shard) => {
      const { restorer } = shard.state;
      const target = { shardKeys: [keyOf('t')], version: written(shard, 't', 'a') };
      for (let at = 0; at < 20; at++) written(shard, 't', `t${at}`);
      const totals: number[] = [];
      for (const id of ['1', '2', '3', '4']) {
        const [{ total }] = (await restorer.begin(id, target, false)) as [ShardRestore];
        totals.push(total);
        finish(shard);
        written(shard, 't', 'new');
      }
      expect(totals).toEqual([20, 1, 1, 1]);
      const { changes } = await restorer.preview(target, { offset: 0, limit: 10 });
      expect(changes).toBe(1);
    });
  });
});

describe('a restore that is undone', () => {
  it('says by which; it is not undone twice, but may be once that is undone itself', async () => {
    await inLab(async (shard) => {
      const { restorer } = shard.state;
      const version = written(shard, 't', 'a');
      written(shard, 't', 'b');
      const run = async (id: string, target: RestoreTarget) => {
        await restorer.begin(id, target, false);
        finish(shard);
      };
      const states = () =>
        restorer
          .list()
          .map(({ id, state, undoneBy }) => `${id} ${state} ${undoneBy ?? ''}`.trim())
          .sort();
      await run('r', { shardKeys: [keyOf('t')], version });
      await run('u', { undoes: 'r' });
      expect(states()).toEqual(['r UNDONE u', 'u DONE']);
      await expect(restorer.begin('u2', { undoes: 'r' }, true)).rejects.toThrow(/one that "u" has undone already/);
      await run('uu', { undoes: 'u' });
      expect(states()).toEqual(['r DONE', 'u UNDONE uu', 'uu DONE']);
      await run('u3', { undoes: 'r' });
      expect(shard.rows('SELECT id FROM nodes ORDER BY id')).toEqual([['a'], ['b']]);
      expect(states()).toEqual(['r UNDONE u3', 'u UNDONE uu', 'u3 DONE', 'uu DONE']);
    });
  });
});

describe('a single commit that is more than a step may take back', () => {
  const LIMITS = { microseconds: 2_000, bytes: 1_000_000, logRows: 10_000 };
  /** Rows that one statement makes, each of which refers to another one: the one before, or the next. */
  const made = (shard: LabShard, rows: number, other: -1 | 1): number => {
    const target = written(shard, 't', 'a');
    const sql = `INSERT INTO nodes (tenant, id, parent, _version)
      WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
      SELECT 't', 'n' || i, iif(i IN (0, ${other < 0 ? 1 : rows}), NULL, 'n' || (i + ${other})), (SELECT version FROM _clock) FROM n`;
    commitStatements(shard, 'one', [{ sql, values: [] }]);
    return target;
  };
  const countOf = (shard: LabShard) => shard.value('SELECT count(*) FROM nodes');
  /** How many rows go with each step. */
  const steps = (shard: LabShard): number[] => {
    const taken: number[] = [];
    for (let before = countOf(shard) as number; shard.state.fences.areUp; before = countOf(shard) as number) {
      stepRestore(shard.state, shard.session, LIMITS);
      expect(shard.rows('PRAGMA foreign_key_check')).toEqual([]);
      taken.push(before - (countOf(shard) as number));
    }
    return taken;
  };

  it('goes back in parts behind the fence, and is whole again once it is cancelled', async () => {
    await inLab((shard) => {
      const { state, session } = shard;
      const target = made(shard, 300, -1);
      begin(shard, ['t'], target);
      for (let at = 0; at < 3; at++) stepRestore(state, session, LIMITS);
      expect(countOf(shard)).toBeLessThan(270);
      expect(state.fences.hold([keyOf('t')]) && state.fences.hold(null)).toBe(true);
      cancelRestore(state, session, 'r');
      expect(Math.max(...steps(shard).map(Math.abs))).toBeLessThan(100);
      expect(countOf(shard)).toBe(301);
      begin(shard, ['t'], target, 'again');
      const taken = steps(shard);
      expect(taken.length).toBeGreaterThan(5);
      expect(Math.max(...taken)).toBeLessThan(100);
      expect(shard.rows('SELECT id FROM nodes')).toEqual([['a']]);
    });
  });

  it('goes back at once where references hold at its end alone', async () => {
    await inLab((shard) => {
      begin(shard, ['t'], made(shard, 300, 1));
      expect(steps(shard)).toEqual([300]);
    });
  });
});

describe('open restores', () => {
  it('take turns: a short one need not wait for a long one', async () => {
    await inLab(async (shard) => {
      const { restorer, fences } = shard.state;
      const target = written(shard, 't', 'a');
      for (let at = 0; at < 2_000; at++) written(shard, 't', `t${at}`);
      written(shard, 'u', 'wrong');
      begin(shard, ['t'], target, 'long');
      begin(shard, ['u'], target, 'short');
      const running = restorer.run();
      while (fences.hold([keyOf('u')])) await scheduler.wait(0);
      expect(fences.hold([keyOf('t')])).toBe(true);
      await running;
      expect(fences.areUp).toBe(false);
    });
  });
});

describe('a read of the past', () => {
  it('tells callers with rules nothing but that it goes back too far', async () => {
    await inLab((shard) => {
      const version = written(shard, 't', 'a');
      shard.sql.exec(
        `INSERT INTO _log_state (id, trimmed_seq, trimmed_version, measured_seq, bytes, held_version, held_until)
         VALUES (1, 1, ?, 0, 0, 0, 0)`,
        version,
      );
      const ask = (role: string, asOf: number) => () =>
        answerAsOf(shard.state, shard.session, {
          ...{ protocol: 4, epoch: 1, caller: { role, claims: {} }, asOf, calls: [] },
        });
      expect(ask('operator', version - 1)).toThrow(/from 20.*since when changes are kept/);
      for (const asOf of [version - 1, version]) {
        expect(ask('reader', asOf)).toThrow(
          /^Expected a time of @asOf to which rows can still be taken back, but got one/,
        );
      }
      expect(fromJsonText(ask(DEVELOPER.role, version)())).toMatchObject({ asOf: version });
    });
  });
});
