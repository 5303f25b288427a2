import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stampsKvKey } from '../../../../src/shards/kv-key.ts';
import { migrationPlan } from '../../../../src/shards/migration-plan.ts';
import { PROTOCOL } from '../../../../src/shards/protocol/envelope.ts';
import type { ShardRpc, ShardStatus } from '../../../../src/shards/protocol/shard-rpc.ts';
import { ownersBySlot } from '../../../../src/shards/shard-map.ts';
import { slotOf } from '../../../../src/shards/slots.ts';
import { stampSchema } from '../../../../src/shards/stamp-schema.ts';
import { decodeStamps, lastChange } from '../../../../src/shards/stamps.ts';
import type { FleetCall } from '../migrate/fleet-lab.ts';
import { oldModel } from '../migrate/migration-lab.ts';
import { after, BookmarkLab, before, OTHERS, SHARD, searched } from './bookmark-lab.ts';

beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

/** Two rows, then a moment that the platform keeps, then one more. */
async function startWithMoment() {
  const lab = await BookmarkLab.start();
  expect([await lab.write(), await lab.write()]).toEqual(['OK', 'OK']);
  const moment = await lab.fleet.keep(SHARD);
  expect(await lab.write()).toBe('OK');
  expect(await lab.titles()).toEqual(['title-1', 'title-2', 'title-3']);
  return { lab, moment };
}

const refusalOf = async (lab: BookmarkLab, ...asked: Parameters<BookmarkLab['restore']>) => {
  const answer = await lab.restore(...asked);
  return answer.status === 'REFUSED' ? answer.error : null;
};

/** It serves, and has never been asked to give its slots up. */
async function expectUntouched(lab: BookmarkLab): Promise<void> {
  expect(await lab.titles()).toEqual(['title-1', 'title-2', 'title-3']);
  expect(((await lab.fleet.shard(SHARD).status({ protocol: PROTOCOL })) as ShardStatus).epoch).toBe(1);
  expect(await lab.fleet.catalog.bookmarkRestores()).toEqual([]);
}

describe('a shard that goes back', () => {
  it('has the rows of then, versions above all that there were, and goes on', async () => {
    const { lab, moment } = await startWithMoment();
    lab.beginMaintenance();
    const restore = await lab.restored({ timeMs: moment.timeMs });
    expect(restore).toMatchObject({ shard: SHARD, state: 'RESTORED', bookmark: moment.bookmark, reason: null });
    const mark = Math.max(...lab.seen);
    expect(restore.version).toBe(mark);
    const read = await lab.read();
    expect(read).toMatchObject({ titles: ['title-1', 'title-2'], asOf: mark });
    // Whatever readers hold of before is older than the last change that they are told of.
    expect((read as { changed: number }).changed).toBe(mark);
    expect(await lab.write()).toBe('OK');
    expect(lab.seen.at(-1)).toBeGreaterThan(mark);
    expect(restore.safeAtMs).toBeGreaterThan(Date.now());
  });

  it('leaves the other shards alone', async () => {
    const { lab, moment } = await startWithMoment();
    for (const shard of OTHERS) await lab.fleet.create(shard, 'Parent', 'kept', { title: shard });
    lab.beginMaintenance();
    await lab.restored({ timeMs: moment.timeMs });
    for (const shard of OTHERS) {
      expect(await lab.fleet.rows(shard, 'SELECT title FROM parents')).toEqual([[shard]]);
      expect(((await lab.fleet.shard(shard).status({ protocol: PROTOCOL })) as ShardStatus).epoch).toBe(1);
    }
  });

  it('comes back to what it had by the bookmark of the undo, with versions that still grow', async () => {
    const { lab, moment } = await startWithMoment();
    lab.beginMaintenance();
    const { undoBookmark, safeAtMs } = await lab.restored({ timeMs: moment.timeMs });
    expect(await lab.write()).toBe('OK');
    const undone = await lab.restored({ undoBookmark: undoBookmark! });
    expect(undone.safeAtMs).toBeGreaterThanOrEqual(safeAtMs!);
    expect(undone.state).toBe('RESTORED');
    expect(await lab.titles()).toEqual(['title-1', 'title-2', 'title-3']);
    expect(await lab.write()).toBe('OK');
    const again = await lab.restored({ undoBookmark: undone.undoBookmark! });
    expect(again.state).toBe('RESTORED');
    expect(await lab.titles()).toEqual(['title-1', 'title-2', 'title-4']);
    expect(lab.seen).toEqual([...lab.seen].sort((a, b) => a - b));
  });

  it('does not serve slots that have moved away since', async () => {
    const { lab, moment } = await startWithMoment();
    const slot = slotOf(lab.shardKey);
    await lab.fleet.catalog.assign([slot, slot], 'shard-2');
    lab.beginMaintenance();
    expect(await lab.restored({ timeMs: moment.timeMs })).toMatchObject({ state: 'RESTORED' });
    expect(await lab.read()).toBe('WRONG_SHARD');
    expect(await lab.write()).toBe('WRONG_SHARD');
    const map = await lab.fleet.catalog.map(4);
    expect(map.shards[ownersBySlot(map)[slot]!]!.name).toBe('shard-2');
  });

  it('applies migrations again that were applied since', async () => {
    const lab = await BookmarkLab.start();
    await lab.write();
    const moment = await lab.fleet.keep(SHARD);
    lab.fleet.deploy(after);
    await lab.write();
    const applied = () => lab.fleet.rows(SHARD, 'SELECT tag FROM _migrations ORDER BY seq');
    expect(await applied()).toEqual([['0000_init'], ['0001_rebuild']]);
    lab.beginMaintenance(after);
    const target = { timeMs: moment.timeMs };
    expect(await lab.fleet.catalog.previewBookmark({ shard: SHARD, target })).toMatchObject({
      preview: { lost: { migrations: ['0001_rebuild'] } },
    });
    // The fleet has just been found to be up to date: nobody checks it again for minutes.
    const plan = migrationPlan(after.bundle, after.model);
    await lab.fleet.catalog.migrate({ protocol: PROTOCOL, plan, insists: true });
    await lab.restored({ timeMs: moment.timeMs });
    expect(await applied()).toEqual([['0000_init']]);
    expect(await lab.titles()).toEqual(['title-1']);
    expect(await applied()).toEqual([['0000_init'], ['0001_rebuild']]);
    expect(await lab.write()).toBe('OK');
  });

  it('publishes what it had not published then, and what is changed afterwards', async () => {
    const lab = await BookmarkLab.start();
    const put = vi.fn(async (_key: string, _text: string) => {});
    lab.fleet.stamps = { put };
    lab.fleet.deploy(before);
    await lab.write();
    await lab.read();
    await lab.write();
    const moment = await lab.fleet.keep(SHARD);
    await lab.write();
    await lab.fleet.alarm(SHARD);
    put.mockClear();
    lab.beginMaintenance();
    const { version } = await lab.restored({ timeMs: moment.timeMs });
    await lab.fleet.alarm(SHARD);
    const key = await stampsKvKey(lab.shardKey);
    const stamped = () => {
      const [, text] = put.mock.calls.filter(([name]) => name === key).at(-1)!;
      return lastChange(decodeStamps(text, stampSchema(oldModel))!, { table: 'Parent', bucket: null });
    };
    expect(stamped()).toBeGreaterThanOrEqual(version!);
    put.mockClear();
    await lab.write();
    await vi.waitFor(async () => {
      await lab.fleet.alarm(SHARD);
      expect(stamped()).toBe(lab.seen.at(-1));
    }, 5_000);
  });
});

describe('a restore that is cut off', () => {
  /** Calls of a restore, by what happens to them: the sender and the receiver are gone, before the call or before its answer. */
  async function cutOffAt(index: number, side: 'before' | 'after') {
    const { lab, moment } = await startWithMoment();
    lab.beginMaintenance();
    await lab.titles();
    const mark = Math.max(...lab.seen);
    let calls = 0;
    let isCut = false;
    const served: string[] = [];
    const cut =
      (at: typeof side) =>
      async ({ to, method }: FleetCall) => {
        if (method === 'restoreBookmark' && to === 'catalog') return;
        if (isProbing || (to !== SHARD && method !== 'isRestoring')) return;
        if (at === 'before') calls++;
        // Whoever asks meanwhile is refused, or is answered from before the shard gave its slots up.
        isProbing = true;
        for (const answer of [await lab.read(), await lab.write()])
          if (answer !== 'WRONG_SHARD' && answer !== 'REFUSED') served.push(`${method} ${at}`);
        isProbing = false;
        if (isCut || calls !== index || at !== side) return;
        isCut = true;
        lab.fleet.crash();
        throw new Error('cut off');
      };
    let isProbing = false;
    lab.fleet.before = cut('before');
    lab.fleet.after = cut('after');
    await lab.restore({ timeMs: moment.timeMs }).catch(() => {});
    const probed = served.splice(0);
    await lab.finish().catch(() => {});
    probed.push(...served);
    lab.fleet.before = () => {};
    lab.fleet.after = () => {};
    return { lab, calls, isCut, probed, mark };
  }

  it.each(['before', 'after'] as const)('is gone on with, wherever that happens %s a call', async (side) => {
    let wasCut = true;
    for (let index = 1; wasCut; index++) {
      const { lab, isCut, probed, mark } = await cutOffAt(index, side);
      wasCut = isCut;
      const [restore] = await lab.fleet.catalog.bookmarkRestores();
      // Nothing but the question before it began was asked of a shard that served.
      if (restore === undefined) {
        expect(index).toBe(1);
        continue;
      }
      expect(restore).toMatchObject({ state: 'RESTORED' });
      expect(probed.filter((at) => !/^(findBookmark|setOwnedSlots)/.test(at))).toEqual([]);
      expect(await lab.titles()).toEqual(expect.arrayContaining(['title-1', 'title-2']));
      expect(await lab.titles()).not.toContain('title-3');
      expect(restore.version).toBeGreaterThanOrEqual(mark);
      expect(await lab.write()).toBe('OK');
      expect(lab.seen).toEqual([...lab.seen].sort((a, b) => a - b));
      await lab.restored({ undoBookmark: restore.undoBookmark! });
      expect(await lab.titles()).toContain('title-3');
    }
  });
});

describe('bad input', () => {
  it('is refused before anything changes', async () => {
    const { lab, moment } = await startWithMoment();
    expect(await refusalOf(lab, { timeMs: moment.timeMs })).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('SHARDQL_MAINTENANCE=true'),
    });
    lab.beginMaintenance();
    expect(await refusalOf(lab, { timeMs: moment.timeMs }, 'shard-9')).toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('"shard-9"'),
    });
    expect(await refusalOf(lab, { timeMs: 1 })).toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('no bookmark is that old'),
    });
    expect(await refusalOf(lab, { undoBookmark: moment.bookmark })).toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('Expected the undoBookmark of a restore of shard-1'),
    });
    await expectUntouched(lab);
  });

  it('is a time before slots came to the shard', async () => {
    const { lab, moment } = await startWithMoment();
    await lab.fleet.catalog.assign([0, 9], SHARD);
    lab.beginMaintenance();
    expect(await refusalOf(lab, { timeMs: moment.timeMs })).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('when slots came to this shard'),
    });
    expect(await lab.fleet.catalog.bookmarkRestores()).toEqual([]);
    const later = await lab.fleet.keep(SHARD);
    expect(await lab.restored({ timeMs: later.timeMs })).toMatchObject({ state: 'RESTORED' });
  });

  it('is a shard in which rows are restored by the log, and a time amid that', async () => {
    const { lab, moment } = await startWithMoment();
    const { asOf } = (await lab.read()) as { asOf: number };
    const open = `INSERT INTO _restores (id, target, state, start_seq, start_version, span, cursor_seq, total, began_at)
      VALUES ('r1', 0, 'RUNNING', 1, 1, '{"after":0,"partly":null,"without":[]}', 1, 1, 0)`;
    await lab.fleet.rows(SHARD, open);
    lab.beginMaintenance();
    expect(await refusalOf(lab, { timeMs: moment.timeMs })).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('in which r1 runs'),
    });
    await lab.fleet.rows(SHARD, `UPDATE _restores SET state = 'DONE', ended_at = 5, end_version = ${asOf}`);
    lab.fleet.deploy(before);
    expect(await refusalOf(lab, { timeMs: moment.timeMs })).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('amid r1'),
    });
    await expectUntouched(lab);
  });

  it('is a bookmark that the platform does not take: the shard has its slots and rows again', async () => {
    const { lab, moment } = await startWithMoment();
    lab.beginMaintenance();
    lab.fleet.platform(SHARD).refusal = 'too old';
    const restore = await lab.restored({ timeMs: moment.timeMs });
    expect(restore).toMatchObject({ state: 'REFUSED', reason: expect.stringContaining('too old') });
    expect(await lab.titles()).toEqual(['title-1', 'title-2', 'title-3']);
    expect(await lab.write()).toBe('OK');
    expect(lab.fleet.platform(SHARD).restores).toBe(0);
  });

  it('is a second restore while one is under way', async () => {
    const { lab, moment } = await startWithMoment();
    lab.beginMaintenance();
    lab.fleet.after = ({ to, method }) => {
      if (to === SHARD && method === 'setOwnedSlots') throw new Error('lost');
    };
    expect(await lab.restored({ timeMs: moment.timeMs })).toMatchObject({ state: 'FENCING', undoBookmark: null });
    expect(await refusalOf(lab, { timeMs: moment.timeMs }, 'shard-2')).toMatchObject({
      code: 'CONFLICT',
      details: { retryable: true },
    });
    lab.fleet.after = () => {};
    expect(await lab.finish()).toMatchObject({ state: 'RESTORED' });
  });

  it('is the runtime of one’s own machine, which keeps no bookmarks', async () => {
    const shard = env.SHOP_SHARD.getByName(`no-bookmarks-${crypto.randomUUID()}`) as unknown as ShardRpc;
    await shard.setOwnedSlots(1, [[0, 9]]);
    for (const point of [
      { bookmark: null, timeMs: Date.now() },
      { bookmark: '0000-0001', timeMs: Date.now() },
    ]) {
      expect(await shard.findBookmark(point)).toMatchObject({
        status: 'REFUSED',
        error: { code: 'BAD_USER_INPUT', message: expect.stringContaining('where the platform keeps bookmarks') },
      });
    }
  });
});

it('ends as refused if the maintenance is over before the database has gone back', async () => {
  const { lab, moment } = await startWithMoment();
  lab.beginMaintenance();
  lab.fleet.before = ({ to, method }) => {
    if (to === SHARD && method === 'currentBookmark') throw new Error('unreachable');
  };
  await lab.restored({ timeMs: moment.timeMs });
  lab.fleet.before = () => {};
  lab.fleet.isInMaintenance = false;
  lab.fleet.deploy(before);
  expect(await lab.finish()).toMatchObject({ state: 'REFUSED' });
  expect(await lab.titles()).toEqual(['title-1', 'title-2', 'title-3']);
});

it('serves nobody if the maintenance is over before its slots are granted again', async () => {
  const { lab, moment } = await startWithMoment();
  lab.beginMaintenance();
  lab.fleet.before = ({ to, method }) => {
    if (to === SHARD && method === 'setOwnedSlots' && lab.fleet.platform(SHARD).restores > 0)
      throw new Error('unreachable');
  };
  await lab.restored({ timeMs: moment.timeMs });
  lab.fleet.isInMaintenance = false;
  lab.fleet.deploy(before);
  expect([await lab.read(), await lab.write()]).toEqual(['WRONG_SHARD', 'WRONG_SHARD']);
  lab.fleet.before = () => {};
  expect(await lab.finish()).toMatchObject({ state: 'RESTORED' });
  expect(await lab.titles()).toEqual(['title-1', 'title-2']);
  expect(lab.seen).toEqual([...lab.seen].sort((a, b) => a - b));
});

it('finds by full-text search what its rows hold', async () => {
  const lab = await BookmarkLab.start(searched);
  for (const title of ['kept', 'renamed', 'deleted']) expect(await lab.write(title)).toBe('OK');
  const moment = await lab.fleet.keep(SHARD);
  expect([await lab.rename('renamed', 'other'), await lab.remove('deleted'), await lab.write('added')]).toEqual([
    'OK',
    'OK',
    'OK',
  ]);
  const found = async (word: string) =>
    (
      await lab.fleet.rows(
        SHARD,
        `SELECT id FROM parents WHERE rowid IN (
      SELECT rowid FROM _fts_parents_index WHERE c1 MATCH '${word}')`,
      )
    ).flat();
  const words = async () => Promise.all(['kept', 'renamed', 'deleted', 'other', 'added'].map(found));
  const present = [['kept'], [], [], ['renamed'], ['added']];
  expect(await words()).toEqual(present);
  lab.beginMaintenance(searched);
  const { undoBookmark, state, reason } = await lab.restored({ timeMs: moment.timeMs });
  expect({ state, reason }).toEqual({ state: 'RESTORED', reason: null });
  expect(await words()).toEqual([['kept'], ['renamed'], ['deleted'], [], []]);
  // Rank 1: compares with the rows.
  const check = `INSERT INTO _fts_parents_index (_fts_parents_index, rank) VALUES ('integrity-check', 1)`;
  await lab.fleet.rows(SHARD, check);
  expect([await lab.rename('kept', 'other'), await lab.remove('deleted')]).toEqual(['OK', 'OK']);
  expect(await words()).toEqual([[], ['renamed'], [], ['kept'], []]);
  await lab.fleet.rows(SHARD, check);
  await lab.restored({ undoBookmark: undoBookmark! });
  expect(await words()).toEqual(present);
  await lab.fleet.rows(SHARD, check);
});
