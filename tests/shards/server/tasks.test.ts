import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bundle } from '../../../src/schema/migrations/index.ts';
import shop from '../../../src/schema/model.ts';
import { readTaskSince, writeTask } from '../../../src/shards/server/tables/tasks-table.ts';
import { type TaskRunners, Tasks } from '../../../src/shards/server/tasks/tasks.ts';
import type { SqlSession } from '../../../src/shards/sql/sql-session.ts';
import { inNewShard } from './lab-shard.ts';

const START_MS = Date.UTC(2026, 0, 1);

type Name = 'a' | 'b';

interface Lab {
  nowMs: number;
  /** When the platform calls the alarm; null: never. */
  alarmAtMs: number | null;
  alarmsSet: number;
  readonly session: SqlSession;
  readonly ran: string[];
  /** A life of the shard with these tasks; those that are not named note that they ran. */
  start(runners?: Partial<TaskRunners<Name>>): Tasks<Name>;
  rows(): unknown;
}

const inLab = (test: (lab: Lab) => Promise<void>) =>
  inNewShard(shop, bundle, async ({ session }) => {
    const lab: Lab = {
      nowMs: START_MS,
      alarmAtMs: null,
      alarmsSet: 0,
      session,
      ran: [],
      start: (runners = {}) => {
        const noted = (name: string) => async () => void lab.ran.push(name);
        const storage = {
          setAlarm: async (atMs: number | Date) => {
            lab.alarmAtMs = Number(atMs);
            lab.alarmsSet++;
          },
          deleteAlarm: async () => {
            lab.alarmAtMs = null;
          },
        };
        return new Tasks(storage, session, () => lab.nowMs, { a: noted('a'), b: noted('b'), ...runners });
      },
      rows: () => session.rows('SELECT name, due_at FROM _tasks ORDER BY name'),
    };
    await test(lab);
  });

describe('tasks of a shard', () => {
  beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => {}));
  afterEach(() => void vi.restoreAllMocks());

  it('whose work is done already wake nobody', async () => {
    await inLab(async (lab) => {
      const tasks = lab.start();
      tasks.scheduleBy('b', START_MS + 60_000, START_MS);
      tasks.scheduleBy('a', START_MS + 1_000, START_MS, 7);
      tasks.scheduleBy('a', START_MS + 500, START_MS, 9);
      expect(readTaskSince(lab.session, 'a')).toBe(7);
      tasks.cancel('a');
      expect([lab.alarmAtMs, lab.rows()]).toEqual([START_MS + 60_000, [['b', START_MS + 60_000]]]);
      tasks.cancel('a');
      tasks.cancel('b');
      expect([lab.alarmAtMs, lab.alarmsSet, lab.rows()]).toEqual([null, 4, []]);
    });
  });

  it('run when they are due, by one alarm', async () => {
    await inLab(async (lab) => {
      const tasks = lab.start();
      tasks.scheduleBy('b', START_MS + 5_000, START_MS);
      tasks.scheduleBy('a', START_MS + 1_000, START_MS);
      expect(lab.alarmAtMs).toBe(START_MS + 1_000);
      lab.nowMs = START_MS + 1_000;
      await tasks.runDue();
      expect([lab.ran, lab.alarmAtMs]).toEqual([['a'], START_MS + 5_000]);
      expect(lab.rows()).toEqual([['b', START_MS + 5_000]]);
      lab.nowMs = START_MS + 5_000;
      await tasks.runDue();
      expect([lab.ran, lab.rows()]).toEqual([['a', 'b'], []]);
    });
  });

  it('cost nothing if they are scheduled for an earlier time already', async () => {
    await inLab(async (lab) => {
      const tasks = lab.start();
      tasks.scheduleBy('a', START_MS + 1_000, START_MS);
      for (const delayMs of [1_000, 2_000, 60_000]) tasks.scheduleBy('a', START_MS + delayMs, START_MS);
      expect([lab.alarmsSet, lab.rows()]).toEqual([1, [['a', START_MS + 1_000]]]);
      tasks.scheduleBy('a', START_MS + 500, START_MS);
      expect([lab.alarmsSet, lab.rows()]).toEqual([2, [['a', START_MS + 500]]]);
    });
  });

  it('that a life of the shard leaves are run by the next, one that it was in the midst of too', async () => {
    await inLab(async (lab) => {
      const first = lab.start({ a: () => new Promise(() => {}) });
      first.scheduleBy('a', START_MS + 1_000, START_MS);
      first.scheduleBy('b', START_MS + 90_000, START_MS);
      lab.nowMs = START_MS + 1_000;
      void first.runDue();
      await lab.start().runDue();
      expect([lab.ran, lab.rows()]).toEqual([['a'], [['b', START_MS + 90_000]]]);
      expect(lab.alarmAtMs).toBe(START_MS + 90_000);
    });
  });

  it('may schedule themselves, and are scheduled by what happens while they run', async () => {
    await inLab(async (lab) => {
      const tasks: Tasks<Name> = lab.start({
        a: async () => {
          lab.ran.push('a');
          if (lab.ran.length === 1) tasks.scheduleBy('a', START_MS + 9_000, lab.nowMs);
        },
      });
      tasks.scheduleBy('a', START_MS + 1_000, START_MS);
      lab.nowMs = START_MS + 1_000;
      await tasks.runDue();
      expect([lab.alarmAtMs, lab.rows()]).toEqual([START_MS + 9_000, [['a', START_MS + 9_000]]]);
      // This clock has been set back since: the alarm went off all the same.
      await tasks.runDue();
      expect([lab.ran, lab.rows()]).toEqual([['a', 'a'], []]);
    });
  });

  it('set no alarm while one runs, which the platform repeats if the shard dies before its end', async () => {
    await inLab(async (lab) => {
      const tasks: Tasks<Name> = lab.start({ a: async () => tasks.scheduleBy('b', START_MS + 300_000, START_MS) });
      tasks.scheduleBy('a', START_MS, START_MS);
      const done = tasks.runDue();
      expect([lab.alarmsSet, lab.rows()]).toEqual([
        1,
        [
          ['a', START_MS],
          ['b', START_MS + 300_000],
        ],
      ]);
      await done;
      expect([lab.alarmsSet, lab.alarmAtMs]).toEqual([2, START_MS + 300_000]);
    });
  });

  it('that are never scheduled far ahead are due soon after a start, if a clock was ahead that scheduled them', async () => {
    await inLab(async (lab) => {
      writeTask(lab.session, 'publish', START_MS + 60_000);
      writeTask(lab.session, 'trim', START_MS + 3_600_000);
      lab.start();
      expect(lab.alarmsSet).toBe(0);
      writeTask(lab.session, 'publish', START_MS + 3_600_000);
      lab.start();
      expect(lab.alarmAtMs).toBe(START_MS + 10_000);
    });
  });

  it('that fail are run again later, and keep no others from running', async () => {
    await inLab(async (lab) => {
      const tasks = lab.start({ a: () => Promise.reject(new Error('down')) });
      tasks.scheduleBy('a', START_MS, START_MS);
      tasks.scheduleBy('b', START_MS, START_MS);
      await tasks.runDue();
      expect(lab.ran).toEqual(['b']);
      expect([lab.alarmAtMs, lab.rows()]).toEqual([START_MS + 10_000, [['a', START_MS + 10_000]]]);
    });
  });

  it('do not wait for each other', async () => {
    await inLab(async (lab) => {
      const { promise, resolve: end } = Promise.withResolvers<void>();
      const tasks = lab.start({ a: () => promise });
      tasks.scheduleBy('a', START_MS, START_MS);
      tasks.scheduleBy('b', START_MS, START_MS);
      const alarm = tasks.runDue();
      await Promise.resolve();
      expect(lab.ran).toEqual(['b']);
      end();
      await alarm;
      expect(lab.rows()).toEqual([]);
    });
  });

  it('of another release are dropped once they are due', async () => {
    await inLab(async (lab) => {
      writeTask(lab.session, 'toString', START_MS);
      await lab.start().runDue();
      expect([lab.ran, lab.rows()]).toEqual([[], []]);
    });
  });

  it('have names that are checked by the compiler', async () => {
    await inLab(async (lab) => {
      const tasks = lab.start();
      // @ts-expect-error
      expect(() => tasks.scheduleBy('c', START_MS, START_MS)).not.toThrow();
    });
  });

  it('get a new alarm by the next start, too, where the old one was lost', async () => {
    await inLab(async (lab) => {
      lab.start().scheduleBy('a', START_MS + 1_000, START_MS);
      lab.alarmAtMs = null;
      lab.nowMs = START_MS + 30_000;
      lab.start();
      expect(lab.alarmAtMs).toBeNull();
      lab.nowMs = START_MS + 10 * 60_000;
      lab.start();
      expect(lab.alarmAtMs).toBe(START_MS + 1_000);
    });
  });

  it('get a new alarm where the old one was lost', async () => {
    await inLab(async (lab) => {
      const tasks = lab.start();
      tasks.scheduleBy('a', START_MS + 1_000, START_MS);
      lab.alarmAtMs = null;
      const laterMs = START_MS + 10 * 60_000;
      tasks.scheduleBy('a', laterMs + 1_000, laterMs);
      expect(lab.alarmAtMs).toBe(laterMs + 1_000);
    });
  });
});
