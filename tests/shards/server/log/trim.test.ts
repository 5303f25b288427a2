import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { sampleChanges } from '../../../../src/shards/server/freshness/sample-changes.ts';
import { writeLogState } from '../../../../src/shards/server/tables/log-state-table.ts';
import { OPERATION_RETENTION_MS } from '../../../../src/shards/server/tables/operations-table.ts';
import { writeTask } from '../../../../src/shards/server/tables/tasks-table.ts';
import { versionToMs } from '../../../../src/shards/version.ts';
import { askToUndo } from '../undo/undo-in.ts';
import { DAY_MS, IN_LOG, inTrimLab, MINUTE_MS } from './trim-lab.ts';

const SMALL = { settings: { maxBytes: 100_000 } };
const versions = (lab: { shard: { rows(sql: string): unknown[][] } }) =>
  lab.shard.rows(`SELECT DISTINCT version FROM _log WHERE ${IN_LOG} ORDER BY version`).map(([version]) => version);

describe('trimming by age', () => {
  it('takes commits that are too old, as a whole, and no others', async () => {
    await inTrimLab({}, async (lab) => {
      const first = lab.write(700);
      lab.pass(DAY_MS);
      const second = lab.write(3);
      lab.pass(DAY_MS);
      const third = lab.write(2);
      lab.pass(6.5 * DAY_MS);
      await lab.trim();
      expect(versions(lab)).toEqual([third.version]);
      expect(lab.state).toMatchObject({ trimmedVersion: second.version, trimmedSeq: lab.lastSeq - 2 });
      expect(first.version).toBeLessThan(second.version);
    });
  });

  it('leaves the newest commit, however old it is, so that seqs go on', async () => {
    await inTrimLab({}, async (lab) => {
      const { version } = lab.write(3);
      const { lastSeq } = lab;
      lab.pass(400 * DAY_MS);
      await lab.trim();
      expect(versions(lab)).toEqual([version]);
      lab.restart();
      lab.write();
      expect(lab.lastSeq).toBe(lastSeq + 1);
    });
  });

  it('wakes a shard once the oldest commit is old enough, and never again if nothing is left to trim', async () => {
    await inTrimLab({}, async (lab) => {
      lab.write();
      expect(lab.alarmAtMs).toBeGreaterThan(lab.nowMs + 7 * DAY_MS);
      lab.pass(DAY_MS);
      const last = lab.write();
      await lab.fireAlarm();
      expect(versions(lab)).toEqual([last.version]);
      // Rows that no write uses again until then.
      expect(lab.alarmAtMs).toBe(lab.nowMs + (7 / 8) * DAY_MS);
      await lab.fireAlarm();
      expect([lab.alarmAtMs, lab.shard.rows('SELECT * FROM _tasks')]).toEqual([null, []]);
      lab.restart();
      expect(lab.alarmAtMs).toBe(null);
      lab.write();
      expect(lab.alarmAtMs).toBeGreaterThan(lab.nowMs + 7 * DAY_MS);
    });
  });
});

describe('trimming by size', () => {
  it('brings a log that is too large to its budget, oldest commits first', async () => {
    await inTrimLab(SMALL, async (lab) => {
      const made: number[] = [];
      for (let commit = 0; commit < 60; commit++) made.push(lab.write(40).version);
      lab.pass(20 * MINUTE_MS);
      const sized = () =>
        lab.shard.value(`SELECT sum(octet_length(origin) + octet_length(pk) + 48) FROM _log WHERE ${IN_LOG}`) as number;
      expect(sized()).toBeGreaterThan(200_000);
      await lab.trim();
      expect(lab.state.bytes).toBeLessThanOrEqual(100_000);
      // No more than was necessary.
      expect(lab.state.bytes).toBeGreaterThan(90_000);
      expect(sized()).toBeLessThan(lab.state.bytes);
      const left = versions(lab);
      expect(left).toEqual(made.slice(-left.length));
      expect(left.length).toBeGreaterThan(5);
    });
  });

  it('is due soon after so many rows, without a row or an alarm for each write', async () => {
    await inTrimLab({}, async (lab) => {
      lab.write();
      const { alarmsSet } = lab;
      for (let commit = 0; commit < 90; commit++) lab.write(10);
      expect(lab.alarmsSet).toBe(alarmsSet);
      for (let commit = 0; commit < 20; commit++) lab.write(10);
      expect(lab.alarmsSet).toBe(alarmsSet + 1);
      expect(lab.alarmAtMs).toBe(lab.nowMs + 1_000);
    });
  });

  it('is due at once in a shard that is full, though deletes do not let it grow', async () => {
    await inTrimLab({}, async (lab) => {
      lab.write();
      const dueBefore = lab.tasks.dueAtMs('trim')!;
      lab.isFull = true;
      lab.trimmer.committed(lab.lastSeq);
      expect(lab.tasks.dueAtMs('trim')! - lab.nowMs).toBeLessThanOrEqual(1_000);
      expect(dueBefore - lab.nowMs).toBeGreaterThan(1_000);
    });
  });

  it('counts each row once, and forgets those that are gone', async () => {
    await inTrimLab(SMALL, async (lab) => {
      const counted = () =>
        lab.shard.value(`SELECT sum(48 + octet_length(origin) + octet_length(schema) + octet_length("table")
          + octet_length(pk) + octet_length(shard_key) + coalesce(octet_length(image), 0)) FROM _log WHERE ${IN_LOG}`);
      for (let round = 0; round < 4; round++) {
        lab.write(700);
        lab.rename(`x${'y'.repeat(3_000)}`);
        lab.pass(20 * MINUTE_MS);
        await lab.trim();
        expect(lab.state.bytes).toBe(counted());
        expect(lab.state.measuredSeq).toBe(lab.lastSeq);
      }
    });
  });
});

describe('a crash', () => {
  it('between any two steps loses nothing and is made up for by the next run', async () => {
    for (let steps = 1; steps <= 9; steps++) {
      await inTrimLab({}, async (lab) => {
        const large = lab.write(1_700);
        const { seqs } = lab;
        lab.pass(8 * DAY_MS);
        const { version } = lab.write(2);
        lab.stepsLeft = steps;
        await lab.trim();
        // Whatever was deleted counts as gone, with the rest of its commit.
        if (lab.seqs[0]! > seqs[2]!) expect(lab.state.trimmedVersion).toBe(large.version);
        const told = lab.shard.state.freshness.changed(['t:t1'] as never, ['Customer']);
        expect(told[0]).toBeGreaterThanOrEqual(version);
        const other = lab.shard.state.freshness.changed(['t:other'] as never, ['Customer']);
        // Who has not crashed remembers.
        if (lab.lives > 1 && lab.seqs[0]! > seqs[2]!) expect(other[0]).toBeGreaterThanOrEqual(large.version);
        await lab.trim();
        expect(versions(lab)).toEqual([version]);
      });
    }
  });
});

describe('a row that is gone', () => {
  const stored = (lab: { shard: { value(sql: string): unknown } }) => lab.shard.value('SELECT count(*) FROM _log');

  it('becomes a new one: the log does not grow, and nothing is deleted', async () => {
    await inTrimLab({}, async (lab) => {
      lab.write(500);
      lab.pass(8 * DAY_MS);
      lab.write();
      await lab.trim();
      const before = stored(lab);
      expect(lab.seqs).toEqual([lab.lastSeq]);
      const [first] = lab.seqs;
      const { version } = lab.write(400);
      expect(stored(lab)).toBe(before);
      expect(lab.seqs).toEqual(Array.from({ length: 401 }, (_, at) => first! + at));
      expect(versions(lab).at(-1)).toBe(version);
      // There are no more.
      lab.write(200);
      expect(stored(lab)).toBeGreaterThan(before as number);
    });
  });

  it('is deleted if nothing is written for a while', async () => {
    await inTrimLab({}, async (lab) => {
      lab.write(500);
      lab.pass(8 * DAY_MS);
      lab.write();
      await lab.trim();
      expect(stored(lab)).toBeGreaterThan(500);
      expect(lab.alarmAtMs).toBe(lab.nowMs + (7 / 8) * DAY_MS);
      lab.pass(DAY_MS);
      await lab.trim();
      expect(stored(lab)).toBe(1);
    });
  });

  it('is deleted if it is large, if there are thousands, or if the shard is full', async () => {
    await inTrimLab({}, async (lab) => {
      const trimmed = async (isFull = false) => {
        lab.pass(8 * DAY_MS);
        lab.write();
        lab.isFull = isFull;
        lab.trimmer.committed(lab.lastSeq);
        await lab.trim();
      };
      for (let row = 0; row < 600; row++) lab.rename('y'.repeat(3_000 + row));
      await trimmed();
      expect(stored(lab)).toBeLessThan(110);
      for (let round = 0; round < 10; round++) lab.write(500);
      await trimmed();
      expect(stored(lab)).toBe(4_096 + 1);
      await trimmed(true);
      expect(stored(lab)).toBe(1);
    });
  });
});

it('tells how far the log reaches back once it is trimmed, at most once an hour', async () => {
  const told = vi.spyOn(console, 'info').mockImplementation(() => {});
  const sinces = () => told.mock.calls.map(([line]) => JSON.parse(line as string).restorableSince);
  await inTrimLab({ settings: { maxAgeDays: 1 / DAY_MS } }, async (lab) => {
    const trimmed: string[] = [];
    for (let round = 0; round < 4; round++) {
      const { version } = lab.write();
      lab.pass(25 * MINUTE_MS);
      lab.write();
      await lab.trim();
      expect(lab.state.trimmedVersion).toBe(version);
      trimmed.push(new Date(versionToMs(version) + 1).toISOString());
    }
    expect(sinces()).toEqual([trimmed[0], trimmed[3]]);
    await lab.trim();
    lab.pass(60 * MINUTE_MS);
    await lab.trim();
    expect(told.mock.calls.at(-1)![0]).toMatch(/^{"level":"info","event":"log-trimmed","shard":"lab","bytes":\d+,/);
    expect(told).toHaveBeenCalledTimes(2);
  });
  told.mockRestore();
});

describe('what is needed stays', () => {
  let warned: MockInstance;
  beforeEach(() => {
    warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
  });
  afterEach(() => warned.mockRestore());

  const OLD = { settings: { maxAgeDays: 1 / DAY_MS } };

  it('changes that are not published yet', async () => {
    await inTrimLab({ ...OLD, publishes: true }, async (lab) => {
      const made = [lab.write(), lab.write(), lab.write()].map(({ version }) => version);
      writeTask(lab.shard.session, 'publish', Number.MAX_SAFE_INTEGER, lab.lastSeq - 1);
      lab.pass(DAY_MS);
      await lab.trim();
      expect(versions(lab)).toEqual(made.slice(1));
      // The platform calls again.
      expect(lab.alarmAtMs).toBe(lab.nowMs + 5 * MINUTE_MS);
    });
  });

  it('commits that routers may still retry', async () => {
    await inTrimLab(OLD, async (lab) => {
      const old = lab.write();
      lab.pass(10_000);
      const young = lab.write();
      lab.pass(OPERATION_RETENTION_MS - 5_000);
      const last = lab.write();
      await lab.trim();
      expect(lab.state.trimmedVersion).toBe(old.version);
      expect(versions(lab)).toEqual([young.version, last.version]);
    });
  });

  it('everything while a migration is tried, and what is held for a time', async () => {
    await inTrimLab(OLD, async (lab) => {
      const made = [lab.write(), lab.write(), lab.write()].map(({ version }) => version);
      lab.pass(DAY_MS);
      lab.isMigrating = true;
      await lab.trim();
      expect(lab.state.trimmedSeq).toBe(0);
      lab.isMigrating = false;
      writeLogState(lab.shard.session, { ...lab.state, heldVersion: made[0]!, heldUntilMs: lab.nowMs + MINUTE_MS });
      await lab.trim();
      expect(versions(lab)).toEqual(made.slice(1));
      // By a clock that was a day ahead.
      writeLogState(lab.shard.session, { ...lab.state, heldUntilMs: lab.nowMs + DAY_MS });
      await lab.trim();
      expect(versions(lab)).toEqual(made.slice(2));
    });
  });

  it('what may be retried, also once a clock was years ahead: versions then tell nothing of when commits were made', async () => {
    await inTrimLab(SMALL, async (lab) => {
      lab.pass(3_650 * DAY_MS);
      lab.write(2);
      lab.pass(-3_650 * DAY_MS);
      lab.restart();
      for (let commit = 0; commit < 60; commit++) lab.write(40);
      const { lastSeq } = lab;
      await lab.trim();
      // The tenant and the customer that were there before.
      expect(lab.state.trimmedSeq).toBe(2);
      lab.pass(OPERATION_RETENTION_MS + 1);
      lab.write();
      await lab.trim();
      expect(lab.state.trimmedSeq).toBeGreaterThan(lastSeq / 2);
      expect(lab.state.bytes).toBeLessThanOrEqual(100_000);
      expect(lab.alarmAtMs).toBeLessThan(lab.nowMs + 8 * DAY_MS);
      // Outcomes, too, are given up once they are over: one of 61 by the last write, which stores none.
      expect(lab.shard.value('SELECT count(*) FROM _operations')).toBe(60);
    });
  });

  it('and is reported once the log is twice as large as it may be, unless it ends by itself', async () => {
    await inTrimLab({ ...SMALL, publishes: true }, async (lab) => {
      for (let commit = 0; commit < 60; commit++) lab.write(40);
      // Retries hold it.
      await lab.trim();
      expect(warned.mock.calls).toEqual([]);
      writeTask(lab.shard.session, 'publish', Number.MAX_SAFE_INTEGER, 1);
      for (let run = 0; run < 2; run++) await lab.trim();
      expect(warned.mock.calls).toEqual([
        [
          expect.stringMatching(
            /"event":"log-over-budget","shard":"lab","bytes":\d+,"maxBytes":100000,"heldBy":"unpublished"/,
          ),
        ],
      ]);
    });
  });
});

describe('whoever asks for what is gone', () => {
  it('is told so, or gets what covers it', async () => {
    await inTrimLab({}, async (lab) => {
      // Outcomes of before are overwritten first.
      lab.write(2);
      const gone = lab.write(2);
      lab.pass(8 * DAY_MS);
      lab.write(2);
      await lab.trim();
      const { state, session } = lab.shard;
      expect(askToUndo(lab.shard, gone)).toMatchObject({
        status: 'FAILED',
        error: { code: 'NOT_FOUND', message: expect.stringContaining('have been trimmed') },
      });
      expect(sampleChanges(state, session, gone.version)).toEqual([]);
      // A retry that comes long after: every table counts as changed.
      const retried = lab.shard.write('t:t1', [], { operationId: gone.origin });
      const touched = state.model.tables.map(({ typeName }) => [typeName, null]);
      expect(retried).toMatchObject({ status: 'OK', version: gone.version, touched });
    });
  });
});
