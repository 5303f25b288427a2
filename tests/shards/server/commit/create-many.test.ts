import { describe, expect, it } from 'vitest';
import type { OnConflict } from '../../../../src/shards/operation.ts';
import { byKey, createMany, type GivenRow, inBulkLab, run } from './bulk-lab.ts';

const item = (id: string, more: GivenRow = {}): GivenRow => ({ id, name: id, ...more });
const items = (count: number) => Array.from({ length: count }, (_, n) => item(`i${n}`, { code: n }));
const ignore = (key: string) => ({ key: byKey(key), set: null });

describe('createMany', () => {
  it('creates its rows in one version, gives their selections in order, and lets SQLite fill what is left out', async () => {
    await inBulkLab((shard) => {
      const rows = [item('b', { rank: 1 }), item('a'), item('c', { token: 'own', note: 'n' })];
      const answer = run(shard, createMany(rows, { columns: ['id', 'rank', 'token', 'note', 'shout'] }));
      expect(answer).toMatchObject({
        outcomes: ['INSERTED', 'INSERTED', 'INSERTED'],
        rows: [
          ['b', 1, 'new', null, 'B'],
          ['a', 7, 'new', null, 'A'],
          ['c', 7, 'own', 'n', 'C'],
        ],
      });
      expect(shard.rows('SELECT DISTINCT version, origin FROM _log')).toHaveLength(1);
      expect(shard.rows('SELECT DISTINCT _version FROM items')).toEqual(shard.rows('SELECT version FROM _clock'));
    });
  });

  it('writes 10,000 rows by a handful of statements', async () => {
    await inBulkLab((shard) => {
      const operation = createMany(items(10_000), { columns: ['id'] });
      const before = shard.write('t:t', [createMany([item('first')])]).counts.statements;
      const answer = shard.write('t:t', [operation]);
      expect(answer).toMatchObject({ status: 'OK' });
      expect(answer.counts.statements - before).toBeLessThan(10);
      expect(shard.value('SELECT count(*) FROM items')).toBe(10_001);
      // And finds, updates and leaves as many.
      const renamed = items(10_000).map((row, n) => ({ ...row, name: n % 2 ? (row.name as string) : 'new' }));
      const upsert = createMany(renamed, { onConflict: { key: byKey('code'), set: ['name'] } });
      const { outcomes } = run(shard, upsert) as unknown as { outcomes: string[] };
      expect(
        Object.entries(Object.groupBy(outcomes, (outcome) => outcome)).map(([name, all]) => [name, all!.length]),
      ).toEqual([
        ['UPDATED', 5_000],
        ['UNCHANGED', 5_000],
      ]);
    });
  });

  it.each([0, 1, 499, 777, 998, 999])('names the row %i if that fails, and writes none', async (bad) => {
    await inBulkLab((shard) => {
      run(shard, createMany([item('there', { email: 'x@y' })]));
      const rows = items(1_000);
      const dump = shard.rows('SELECT * FROM items, _log, _clock');
      for (const [flaw, code] of [
        [{ email: 'X@Y' }, 'UNIQUE_VIOLATION'],
        [{ name: null }, 'NOT_NULL_VIOLATION'],
        [{ parent: 'nobody' }, 'FOREIGN_KEY_VIOLATION'],
        [{ tenant: 'other' }, 'BAD_USER_INPUT'],
        [{ note: 'x'.repeat(2_000_000) }, 'VALUE_TOO_LARGE'],
      ] as const) {
        const flawed = rows.with(bad, { ...rows[bad]!, ...flaw });
        expect(run(shard, createMany(flawed))).toMatchObject({ code, row: bad });
      }
      expect(shard.rows('SELECT * FROM items, _log, _clock')).toEqual(dump);
    });
  });

  it('names the later one of two rows that cannot both be, also where rows give different columns', async () => {
    await inBulkLab((shard) => {
      const twice = [
        item('a', { code: 1 }),
        item('b', { code: 2, rank: 1 }),
        item('c', { code: 3 }),
        item('d', { code: 2 }),
      ];
      expect(run(shard, createMany(twice))).toMatchObject({ code: 'UNIQUE_VIOLATION', row: 3 });
      expect(run(shard, createMany([item('a'), item('a')]))).toMatchObject({ code: 'UNIQUE_VIOLATION', row: 1 });
    });
  });

  it('takes rows that refer to each other, whatever their order and size', async () => {
    await inBulkLab((shard) => {
      const chain = (note: string) =>
        Array.from({ length: 200 }, (_, n) => item(`i${n}`, { note, ...(n < 199 && { parent: `i${n + 1}` }) }));
      expect(run(shard, createMany(chain('')))).toMatchObject({ outcomes: chain('').map(() => 'INSERTED') });
      shard.rows('DELETE FROM items');
      // As long as that, they need dozens of statements.
      expect(run(shard, createMany(chain('x'.repeat(50_000))))).toMatchObject({ outcomes: expect.any(Array) });
      expect(shard.value('SELECT count(*) FROM items')).toBe(200);
      const ring = [item('r0', { parent: 'r1' }), item('r1', { parent: 'r0' })];
      expect(run(shard, createMany(ring))).toMatchObject({ outcomes: ['INSERTED', 'INSERTED'] });
      const broken = [item('s0', { parent: 's1' }), item('s1', { parent: 's2' })];
      expect(run(shard, createMany(broken))).toMatchObject({ code: 'FOREIGN_KEY_VIOLATION', row: 0 });
    });
  });

  it('takes a row as large as a row can be, and refuses a larger one', async () => {
    await inBulkLab((shard) => {
      const size = (bytes: number) => [item('small'), item('large', { note: 'é'.repeat(bytes / 2) })];
      expect(run(shard, createMany(size(1_998_000)))).toMatchObject({ outcomes: ['INSERTED', 'INSERTED'] });
      expect(shard.value("SELECT octet_length(note) FROM items WHERE id = 'large'")).toBe(1_998_000);
      shard.rows('DELETE FROM items');
      for (const bytes of [1_999_998, 2_000_000, 2_000_002, 4_000_000]) {
        expect(run(shard, createMany(size(bytes)))).toMatchObject({ code: 'VALUE_TOO_LARGE', row: 1 });
      }
      expect(shard.value('SELECT count(*) FROM items')).toBe(0);
    });
  });

  it('keeps what a row that is there has, where another does not say otherwise', async () => {
    await inBulkLab((shard) => {
      const stored = { code: 1, note: 'kept', rank: 3, token: 'kept' };
      run(shard, createMany([item('a', stored), item('b', { ...stored, code: 2 })]));
      const set = ['name', 'note', 'rank', 'token'];
      const rows: GivenRow[] = [
        { id: 'x', code: 1, name: 'New', rank: [9], note: ['default'] },
        { id: 'y', code: 2, note: null },
        { id: 'z', code: 3, name: 'Third', rank: [9], note: ['default'] },
      ];
      const answer = run(
        shard,
        createMany(rows, { onConflict: { key: byKey('code'), set }, columns: ['id', 'name', 'note', 'rank', 'token'] }),
      );
      expect(answer).toMatchObject({
        outcomes: ['UPDATED', 'UPDATED', 'INSERTED'],
        rows: [
          ['a', 'New', 'kept', 3, 'kept'],
          ['b', 'b', null, 3, 'kept'],
          ['z', 'Third', 'default', 9, 'new'],
        ],
      });
    });
  });

  it('is as if its rows were written one after the other, where they name one row', async () => {
    await inBulkLab((shard) => {
      const rows = [
        item('a', { email: 'A@x', note: '1' }),
        item('b', { email: 'a@X', note: '2' }),
        item('c', { email: 'c' }),
        item('d', { email: 'a@x', note: '2' }),
        item('e', { email: 'a@x', note: '3', rank: 1 }),
      ];
      const upsert = createMany(rows, {
        onConflict: { key: byKey('email'), set: ['note', 'rank'] },
        columns: ['id', 'email', 'note', 'rank'],
      });
      const first = ['a', 'A@x', '3', 1];
      expect(run(shard, upsert)).toMatchObject({
        outcomes: ['INSERTED', 'UPDATED', 'INSERTED', 'UNCHANGED', 'UPDATED'],
        rows: [first, first, ['c', 'c', null, 7], first, first],
      });
      expect(run(shard, createMany(rows, { onConflict: ignore('email'), columns: ['id'] }))).toMatchObject({
        outcomes: ['IGNORED', 'IGNORED', 'IGNORED', 'IGNORED', 'IGNORED'],
        rows: [['a'], ['a'], ['c'], ['a'], ['a']],
      });
    });
  });

  it('ignores what is there by any key, or by one alone', async () => {
    await inBulkLab((shard) => {
      run(shard, createMany([item('a', { email: 'a@x', code: 1 })]));
      const rows = [
        item('a'),
        item('b', { email: 'A@X' }),
        item('c', { code: 1 }),
        item('d', { code: 2 }),
        item('e', { code: 2 }),
      ];
      const any = createMany(rows, { onConflict: { key: null, set: null }, columns: ['id'] });
      expect(run(shard, any, { dryRun: true })).toMatchObject({
        outcomes: ['IGNORED', 'IGNORED', 'IGNORED', 'INSERTED', 'IGNORED'],
        rows: [['a'], ['a'], ['a'], ['d'], ['d']],
      });
      expect(run(shard, createMany(rows, { onConflict: ignore('id') }))).toMatchObject({
        code: 'UNIQUE_VIOLATION',
        row: 1,
      });
    });
  });

  it('leaves a row unchanged to which nothing is to be done, and ignores it only where it is asked to', async () => {
    await inBulkLab((shard) => {
      run(shard, createMany([item('a', { email: 'a@x' })]));
      const outcomes = (set: readonly string[] | null) =>
        run(shard, createMany([item('a'), item('b')], { onConflict: { key: byKey('id'), set } }), { dryRun: true });
      expect(outcomes([])).toMatchObject({ outcomes: ['UNCHANGED', 'INSERTED'] });
      expect(outcomes(null)).toMatchObject({ outcomes: ['IGNORED', 'INSERTED'] });
    });
  });

  it('holds rows that are there to the versions that are expected', async () => {
    await inBulkLab((shard) => {
      const { version } = run(shard, createMany([item('a'), item('b')])) as { version: number };
      const onConflict = { key: byKey('id'), set: ['name'] };
      const rows = ['a', 'b', 'c'].map((id) => item(id, { name: 'New' }));
      const expecting = (expectedVersions: (number | null)[]) =>
        run(shard, createMany(rows, { onConflict, expectedVersions }));
      expect(expecting([version, version - 1, null])).toMatchObject({
        code: 'CONFLICT',
        row: 1,
        currentVersion: String(version),
      });
      expect(shard.value("SELECT count(*) FROM items WHERE name = 'New'")).toBe(0);
      expect(expecting([version, null, null])).toMatchObject({ outcomes: ['UPDATED', 'UPDATED', 'INSERTED'] });
      const twice = createMany([item('a'), item('a')], { onConflict, expectedVersions: [null, version] });
      expect(run(shard, twice)).toMatchObject({ code: 'CONFLICT', row: 1 });
      const created = createMany([item('d'), item('d')], { onConflict, expectedVersions: [null, version] });
      expect(run(shard, created)).toMatchObject({ code: 'NOT_FOUND', row: 1 });
    });
  });

  it('refuses keys that are none, keys that rows leave out, and columns of the primary key to set', async () => {
    await inBulkLab((shard) => {
      const refused = (onConflict: OnConflict) =>
        run(shard, createMany([item('a', { email: 'e', rank: 1 }), item('b')], { onConflict }));
      expect(refused({ key: ['tenant', 'name'], set: null })).toMatchObject({ code: 'SHARD_UNAVAILABLE' });
      expect(refused({ key: byKey('code'), set: ['name'] })).toMatchObject({ code: 'BAD_USER_INPUT', row: 0 });
      // Whatever other rows give.
      expect(refused({ key: byKey('email'), set: ['name'] })).toMatchObject({ code: 'BAD_USER_INPUT', row: 1 });
      expect(refused({ key: byKey('email'), set: null })).toMatchObject({ code: 'BAD_USER_INPUT', row: 1 });
      expect(refused({ key: byKey('email'), set: ['id'] })).toMatchObject({ code: 'BAD_USER_INPUT' });
      expect(refused({ key: null, set: ['name'] })).toMatchObject({ code: 'BAD_USER_INPUT' });
    });
  });
});
