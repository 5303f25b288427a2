/** Trimmed rows in a real R2 bucket, and their way back. */
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { restorableBytes } from '../../../../src/shards/capacity.ts';
import type { LogBucket } from '../../../../src/shards/server/log/archive/log-archive.ts';
import { undoIn } from '../undo/undo-in.ts';
import { DAY_MS, inTrimLab, MINUTE_MS, type TrimLab } from './trim-lab.ts';

const bucket = env.ARCHIVE as unknown as LogBucket;

/** The log as it is stored, as text. */
const logOf = (lab: TrimLab, first: number, last: number): string =>
  JSON.stringify(
    lab.shard.rows(
      `SELECT seq, version, origin, schema, "table", hex(pk), shard_key, op, hex(image) FROM _log
       WHERE seq BETWEEN ? AND ? ORDER BY seq`,
      first,
      last,
    ),
  );

const objectsOf = async (lab: TrimLab) => (await env.ARCHIVE.list({ prefix: `log/${lab.archived.id}/` })).objects;

/** Some commits of every kind of change, then one that is left when all of them are trimmed. */
function history(lab: TrimLab): { readonly versions: readonly number[]; readonly last: number } {
  const versions: number[] = [];
  for (let commit = 0; commit < 12; commit++) {
    versions.push(lab.write(90).version, lab.rename(`ü${commit}${'x'.repeat(2_000)}`));
    lab.pass(MINUTE_MS);
  }
  lab.pass(8 * DAY_MS);
  return { versions, last: lab.write().version };
}

let warned: MockInstance;
let failed: MockInstance;
beforeEach(() => {
  warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
  failed = vi.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(() => {
  warned.mockRestore();
  failed.mockRestore();
});

describe('the archive of the log', () => {
  it('takes rows before they are trimmed, and gives back exactly those', async () => {
    await inTrimLab({ bucket }, async (lab) => {
      const { versions, last } = history(lab);
      const before = logOf(lab, 1, lab.lastSeq);
      const lastVersion = lab.shard.session.row('SELECT version FROM _log WHERE seq = ?', lab.lastSeq - 1)![0];
      await lab.trim();
      expect(lab.seqs).toEqual([lab.lastSeq]);
      const [object] = await objectsOf(lab);
      // A shard that has gone back to a bookmark gives seqs out again, but no version.
      const digits = [1, lab.lastSeq - 1, lastVersion].map((part) => String(part).padStart(16, '0'));
      expect(object?.key).toBe(`log/${lab.archived.id}/${digits.join('-')}.gz`);
      expect(object!.size).toBeLessThan(before.length / 5);
      await lab.recall.recall(0);
      expect(logOf(lab, 1, lab.lastSeq)).toBe(before);
      expect(lab.state).toMatchObject({ trimmedSeq: 0, trimmedVersion: 0 });
      // As if they had never been trimmed: for ten minutes.
      await lab.trim();
      expect(lab.seqs).toHaveLength(lab.lastSeq);
      expect(lab.alarmAtMs).toBe(lab.nowMs + 5 * MINUTE_MS);
      lab.pass(11 * MINUTE_MS);
      await lab.trim();
      expect(lab.seqs).toEqual([lab.lastSeq]);
      expect(lab.state.trimmedVersion).toBe(versions.at(-1));
      expect(last).toBeGreaterThan(versions.at(-1)!);
      // It was there already.
      expect(await objectsOf(lab)).toHaveLength(1);
    });
  });

  it('is read back no further than is asked for', async () => {
    await inTrimLab({ bucket, settings: { maxBytes: 100_000 } }, async (lab) => {
      const { versions } = history(lab);
      await lab.trim();
      // The same in several objects: each run trims what has become too old.
      const more: number[] = [];
      for (let day = 0; day < 3; day++) {
        more.push(lab.write(30).version);
        lab.pass(8 * DAY_MS);
        lab.write();
        await lab.trim();
      }
      expect(await objectsOf(lab)).toHaveLength(4);
      await lab.recall.recall(more[1]!);
      expect(lab.state.trimmedVersion).toBeLessThanOrEqual(more[1]!);
      expect(lab.state.trimmedVersion).toBeGreaterThanOrEqual(more[0]!);
      expect(lab.seqs).toHaveLength(lab.lastSeq - lab.state.trimmedSeq);
      await lab.recall.recall(more[0]!);
      expect(lab.state.trimmedVersion).toBeLessThanOrEqual(more[0]!);
      // All of it is more than the log may hold.
      await expect(lab.recall.recall(versions[0]!)).rejects.toMatchObject({
        code: 'OPERATION_LIMIT_EXCEEDED',
        message: expect.stringMatching(
          /^Expected at most 100,000 bytes .* but got \d\d\d,\d\d\d; choose a later time\.$/,
        ),
      });
    });
  });

  it('is read back only as far as the shard has room, and deletes have some left', async () => {
    await inTrimLab({ bucket }, async (lab) => {
      history(lab);
      await lab.trim();
      const { capacity } = lab.shard.state;
      const { fullBytes } = capacity.settings;
      const before = lab.state;
      const bytes = vi
        .spyOn(capacity, 'bytes', 'get')
        .mockReturnValue((fullBytes + restorableBytes(capacity.settings)) / 2);
      await expect(lab.recall.recall(0)).rejects.toMatchObject({
        code: 'SHARD_FULL',
        message: expect.stringMatching(
          /^Expected lab to have room for [\d,]+ bytes .*, but got 0\. Choose a later time/,
        ),
      });
      expect(lab.seqs).toEqual([lab.lastSeq]);
      expect(lab.state).toMatchObject({ trimmedSeq: before.trimmedSeq, trimmedVersion: before.trimmedVersion });
      // A full shard can be restored, too.
      bytes.mockReturnValue(fullBytes);
      await lab.recall.recall(0);
      expect(lab.seqs).toHaveLength(lab.lastSeq);
      bytes.mockRestore();
    });
  });

  it('takes a commit that is larger than one object in several, and gives it back as a whole', async () => {
    await inTrimLab({ bucket }, async (lab) => {
      const first = lab.write().version;
      lab.shard.sql.exec(
        `INSERT INTO _log (version, origin, schema, "table", pk, shard_key, op, image)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5)
         SELECT version + 1, origin, schema, "table", pk, shard_key, op, randomblob(1000000) FROM n CROSS JOIN _log
         WHERE seq = (SELECT max(seq) FROM _log)`,
      );
      lab.shard.state.clock.committed(first + 1);
      const before = logOf(lab, 4, lab.lastSeq);
      lab.pass(8 * DAY_MS);
      const last = lab.write().version;
      await lab.trim();
      expect(lab.state.trimmedVersion).toBe(first + 1);
      // One of the commits before it, and two of its own.
      expect(await objectsOf(lab)).toHaveLength(3);
      const { trimmedSeq } = lab.state;
      await lab.recall.recall(first);
      expect(lab.state).toMatchObject({ trimmedVersion: first, trimmedSeq: 3 });
      expect(logOf(lab, 4, trimmedSeq) === before).toBe(true);
      expect(last).toBeGreaterThan(first);
    });
  });

  it('is made up for after a crash at any step, without doubled objects or rows', async () => {
    for (let steps = 1; steps <= 25; steps += 4) {
      await inTrimLab({ bucket }, async (lab) => {
        const { versions } = history(lab);
        const before = logOf(lab, 1, lab.lastSeq);
        lab.stepsLeft = steps;
        await lab.trim();
        await lab.trim();
        expect(lab.seqs).toEqual([lab.lastSeq]);
        expect(await objectsOf(lab)).toHaveLength(1);
        lab.stepsLeft = steps;
        const life = lab.lives;
        const recalled = lab.recall.recall(versions[0]!).then(() => true);
        while (lab.lives === life && !(await Promise.race([recalled, scheduler.wait(1)])));
        if (lab.lives > life) {
          // What was put back by half is not seen, and goes again.
          lab.pass(11 * MINUTE_MS);
          await lab.trim();
          expect(lab.seqs).toEqual([lab.lastSeq]);
        }
        lab.stepsLeft = Number.POSITIVE_INFINITY;
        await lab.recall.recall(versions[0]!);
        expect(logOf(lab, 1, lab.lastSeq)).toBe(before);
      });
    }
  });

  it('lets an undo find what it has', async () => {
    await inTrimLab({ bucket }, async (lab) => {
      const made = lab.write(3);
      lab.pass(8 * DAY_MS);
      lab.write();
      await lab.trim();
      await lab.recall.recall(made.version - 1);
      expect(undoIn(lab.shard, made)).toMatchObject({ deleted: 3, conflicts: { total: 0 } });
    });
  });
});

describe('an archive that does not answer, or not with what it was given', () => {
  const broken = (faults: Partial<LogBucket>): LogBucket => ({
    put: (...put) => (env.ARCHIVE.put as LogBucket['put'])(...put),
    get: (key) => env.ARCHIVE.get(key),
    ...faults,
  });

  it('keeps rows in the log, however old, up to twice its size', async () => {
    let isDown = true;
    const faulty = broken({
      put: async (...put) => {
        if (isDown) throw new Error('R2 is down.');
        return await (env.ARCHIVE.put as LogBucket['put'])(...put);
      },
    });
    await inTrimLab({ bucket: faulty, settings: { maxBytes: 100_000 } }, async (lab) => {
      const { versions } = history(lab);
      const { seqs } = lab;
      const total = () => lab.state.bytes;
      await lab.trim();
      expect(seqs.length).toBeGreaterThan(1_000);
      expect(lab.state.trimmedVersion).toBeGreaterThan(0);
      expect(total()).toBeGreaterThan(150_000);
      expect(total()).toBeLessThanOrEqual(200_000);
      expect(warned.mock.calls.join()).toContain(
        '"event":"log-not-archived","shard":"lab","error":"Error: R2 is down.',
      );
      expect(failed.mock.calls.join()).toContain('"event":"log-trimmed-unarchived"');
      expect(lab.tasks.dueAtMs('trim')).toBe(lab.nowMs + MINUTE_MS);
      const gone = lab.state.trimmedVersion;
      isDown = false;
      lab.pass(MINUTE_MS);
      await lab.trim();
      expect(lab.seqs).toEqual([lab.lastSeq]);
      await lab.recall.recall(versions.at(-5)!);
      expect(lab.state.trimmedVersion).toBeGreaterThanOrEqual(gone);
      await expect(lab.recall.recall(gone - 1)).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
        message: expect.stringMatching(/^Expected a time from \S+Z on, since which this shard still has all changes/),
      });
    });
  });

  it('is told by the name of the object, and changes nothing', async () => {
    await inTrimLab({ bucket }, async (lab) => {
      const { versions } = history(lab);
      await lab.trim();
      const [{ key }] = (await objectsOf(lab)) as unknown as [{ key: string }];
      const bytes = new Uint8Array(await (await env.ARCHIVE.get(key))!.arrayBuffer());
      const refused = async (code: string, message: string) => {
        await expect(lab.recall.recall(versions[0]!)).rejects.toMatchObject({
          code,
          message: expect.stringContaining(message),
        });
        expect(lab.seqs).toEqual([lab.lastSeq]);
      };
      await env.ARCHIVE.put(key, bytes.with(bytes.length >> 1, bytes[bytes.length >> 1]! ^ 1));
      await refused('ARCHIVE_UNREADABLE', `Expected the object "${key}" of the log archive as it was written`);
      await env.ARCHIVE.put(key, bytes.slice(0, -1));
      await refused('ARCHIVE_UNREADABLE', key);
      await env.ARCHIVE.delete(key);
      await refused(
        'ARCHIVE_UNREADABLE',
        `Expected the object "${key}" in the bucket of the log archive, but got none`,
      );
      await env.ARCHIVE.put(key, bytes);
      await lab.recall.recall(versions[0]!);
      expect(lab.seqs).toHaveLength(lab.lastSeq);
    });
  });

  it('is worth another try if it is down', async () => {
    const down = broken({ get: () => Promise.reject(new Error('R2 is down.')) });
    await inTrimLab({ bucket: down }, async (lab) => {
      const { versions } = history(lab);
      await lab.trim();
      await expect(lab.recall.recall(versions[0]!)).rejects.toMatchObject({
        code: 'SHARD_UNAVAILABLE',
        details: { retryable: true },
      });
    });
  });

  it('that there never was says since when changes are there', async () => {
    await inTrimLab({}, async (lab) => {
      const { versions, last } = history(lab);
      await lab.trim();
      await lab.recall.recall(versions.at(-1)!);
      await lab.recall.recall(last);
      await expect(lab.recall.recall(versions.at(-1)! - 1)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    });
  });
});
