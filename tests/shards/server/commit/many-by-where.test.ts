import { describe, expect, it } from 'vitest';
import type { OperationOf } from '../../../../src/shards/operation.ts';
import { nodeOf } from '../../../support/plans.ts';
import { createMany, type GivenRow, inBulkLab, rowsWhere, run } from './bulk-lab.ts';

const item = (id: string, more: GivenRow = {}): GivenRow => ({ id, name: id, ...more });
const items = (count: number) =>
  Array.from({ length: count }, (_, n) => item(`i${String(n).padStart(5, '0')}`, { code: n }));

const selecting = (...columns: string[]) => ({
  plan: JSON.stringify(nodeOf({ table: 'Item', match: ['tenant', 'id'], columns })),
  values: [],
});

const updateMany = (changes: Partial<OperationOf<'updateMany'>>): OperationOf<'updateMany'> => ({
  kind: 'updateMany',
  table: 'Item',
  rows: rowsWhere(100),
  atMost: 100,
  set: {},
  atomic: {},
  select: null,
  ...changes,
});

const deleteMany = (changes: Partial<OperationOf<'deleteMany'>>): OperationOf<'deleteMany'> => ({
  kind: 'deleteMany',
  table: 'Item',
  rows: rowsWhere(100),
  atMost: 100,
  select: null,
  ...changes,
});

describe('updateMany', () => {
  it('changes the rows that its plan finds, in one version, and gives them in its order', async () => {
    await inBulkLab((shard) => {
      run(shard, createMany([item('b', { rank: 2 }), item('a', { rank: 2 }), item('c', { rank: 3 })]));
      const answer = run(
        shard,
        updateMany({ rows: rowsWhere(100, 'rank', 2), set: { name: 'New' }, select: selecting('id', 'name', 'shout') }),
      );
      expect(answer).toMatchObject({
        outcomes: ['UPDATED', 'UPDATED'],
        rows: [
          ['a', 'New', 'NEW'],
          ['b', 'New', 'NEW'],
        ],
      });
      expect(shard.rows('SELECT id FROM items WHERE _version = (SELECT version FROM _clock) ORDER BY id')).toEqual([
        ['a'],
        ['b'],
      ]);
      expect(run(shard, updateMany({ rows: rowsWhere(100, 'rank', 9), set: { name: 'No' } }))).toMatchObject({
        outcomes: [],
      });
      expect(run(shard, updateMany({}))).toMatchObject({ outcomes: ['UNCHANGED', 'UNCHANGED', 'UNCHANGED'] });
    });
  });

  it('changes 10,000 rows by a handful of statements', async () => {
    await inBulkLab((shard) => {
      run(shard, createMany(items(10_000)));
      const operation = updateMany({ rows: rowsWhere(10_000), atMost: 10_000, set: { rank: 1 } });
      const answer = shard.write('t:t', [operation]);
      expect(answer).toMatchObject({ status: 'OK' });
      expect(answer.counts.statements).toBeLessThan(20);
      expect(shard.value('SELECT sum(rank) FROM items')).toBe(10_000);
    });
  });

  it('moves unique values along, in whichever order the rows lie', async () => {
    await inBulkLab((shard) => {
      const codes = Array.from({ length: 500 }, (_, n) => (n * 7919) % 500);
      run(shard, createMany(codes.map((code, n) => item(`i${n}`, { code, email: `${code}@x` }))));
      const moved = (atomic: OperationOf<'updateMany'>['atomic']) =>
        run(shard, updateMany({ rows: rowsWhere(500), atMost: 500, atomic }));
      const isMovedBy = (difference: number) =>
        shard
          .rows('SELECT id, code FROM items')
          .every(([id, code]) => code === codes[Number(String(id).slice(1))]! + difference);
      for (const [difference, change] of [
        [1, { kind: 'increment', value: 1 }],
        [0, { kind: 'decrement', value: 1 }],
        [3, { kind: 'increment', value: 3 }],
      ] as const) {
        expect(moved({ code: [change] })).toMatchObject({ outcomes: codes.map(() => 'UPDATED') });
        expect(isMovedBy(difference)).toBe(true);
      }
    });
  });

  it('refuses values that rows exchange in a circle, and those of rows that stay', async () => {
    await inBulkLab((shard) => {
      run(shard, createMany([item('a', { code: 1 }), item('b', { code: -1 }), item('c', { code: 2, rank: 1 })]));
      const codes = shard.rows('SELECT id, code, _version FROM items ORDER BY id');
      const change = (kind: 'multiply' | 'increment', value: number, rank: number) =>
        shard.write('t:t', [updateMany({ rows: rowsWhere(100, 'rank', rank), atomic: { code: [{ kind, value }] } })]);
      for (const answer of [change('multiply', -1, 7), change('increment', 1, 7)]) {
        expect(answer).toMatchObject({
          status: 'FAILED',
          error: { code: 'UNIQUE_VIOLATION', details: { field: 'code' } },
        });
      }
      expect(shard.rows('SELECT id, code, _version FROM items ORDER BY id')).toEqual(codes);
      expect(change('increment', 1, 1)).toMatchObject({ status: 'OK' });
    });
  });

  it('changes values in place, each row by its own, and writes none if one cannot hold the result', async () => {
    await inBulkLab((shard) => {
      const given = items(300).map((row, n) => ({ ...row, rank: n, note: n % 2 ? 'odd' : null }));
      run(shard, createMany(given));
      const atomic = {
        rank: [
          { kind: 'multiply', value: 2 },
          { kind: 'increment', value: 1 },
        ],
        note: [
          { kind: 'setIfNull', value: 'even' },
          { kind: 'append', value: '!' },
        ],
      } as const;
      const operation = updateMany({
        rows: rowsWhere(1_000),
        atMost: 1_000,
        set: { name: 'New' },
        atomic,
        select: selecting('rank', 'note', 'shout'),
      });
      const answer = shard.write('t:t', [operation], { dryRun: true });
      expect(answer.counts.statements).toBeLessThan(20);
      expect(run(shard, operation)).toMatchObject({
        outcomes: given.map(() => 'UPDATED'),
        rows: given.map((_, n) => [2 * n + 1, n % 2 ? 'odd!' : 'even!', 'NEW']),
      });
      const before = shard.rows('SELECT * FROM items');
      const beyond = updateMany({
        rows: rowsWhere(1_000),
        atMost: 1_000,
        atomic: { rank: [{ kind: 'multiply', value: 4_000_000 }] },
      });
      expect(run(shard, beyond)).toMatchObject({ code: 'INVALID_VALUE' });
      const clash = updateMany({
        rows: rowsWhere(1_000),
        atMost: 1_000,
        atomic: { code: [{ kind: 'min', value: 7 }] },
      });
      expect(run(shard, clash)).toMatchObject({ code: 'UNIQUE_VIOLATION' });
      const both = updateMany({ set: { rank: 1 }, atomic: { rank: [{ kind: 'increment', value: 1 }] } });
      expect(run(shard, both)).toMatchObject({ code: 'BAD_USER_INPUT' });
      expect(shard.rows('SELECT * FROM items')).toEqual(before);
    });
  });

  it.each([0, 1, 2])('of more rows than %i at most writes nothing', async (atMost) => {
    await inBulkLab((shard) => {
      run(shard, createMany(items(3)));
      for (const rows of [rowsWhere(atMost), rowsWhere(100)]) {
        expect(run(shard, updateMany({ rows, atMost, set: { rank: 1 } }))).toMatchObject({ code: 'BAD_USER_INPUT' });
        expect(run(shard, deleteMany({ rows, atMost }))).toMatchObject({ code: 'BAD_USER_INPUT' });
      }
      expect(shard.value('SELECT count(*) FROM items WHERE rank = 7')).toBe(3);
    });
  });

  it('tells what stands in the way, and writes nothing', async () => {
    await inBulkLab((shard) => {
      run(shard, createMany(items(50)));
      const refused = (set: Record<string, string | number | null>) => run(shard, updateMany({ set }));
      expect(refused({ email: 'same' })).toMatchObject({ code: 'UNIQUE_VIOLATION' });
      expect(refused({ name: null })).toMatchObject({ code: 'NOT_NULL_VIOLATION' });
      expect(refused({ parent: 'nobody' })).toMatchObject({ code: 'FOREIGN_KEY_VIOLATION' });
      expect(refused({ note: 'x'.repeat(1_999_999) })).toMatchObject({ code: 'VALUE_TOO_LARGE' });
      expect(refused({ id: 'other' })).toMatchObject({ code: 'BAD_USER_INPUT' });
      expect(shard.value("SELECT count(*) FROM _log WHERE op = 'update'")).toBe(0);
    });
  });
});

describe('deleteMany', () => {
  it('deletes the rows that its plan finds, and gives them as they were', async () => {
    await inBulkLab((shard) => {
      run(shard, createMany([item('a', { rank: 2 }), item('b'), item('c', { rank: 2 })]));
      expect(
        run(shard, deleteMany({ rows: rowsWhere(2, 'rank', 2), atMost: 2, select: selecting('id', 'rank') })),
      ).toMatchObject({
        outcomes: ['DELETED', 'DELETED'],
        rows: [
          ['a', 2],
          ['c', 2],
        ],
      });
      expect(shard.rows('SELECT id FROM items')).toEqual([['b']]);
      expect(run(shard, deleteMany({ rows: rowsWhere(2, 'rank', 2) }))).toMatchObject({ outcomes: [], rows: [] });
    });
  });

  it('deletes rows that refer to each other, and none of those that others refer to', async () => {
    await inBulkLab((shard) => {
      const tree = [
        item('a', { rank: 1 }),
        item('b', { parent: 'a', rank: 1 }),
        item('c', { parent: 'b' }),
        item('d', { rank: 1 }),
      ];
      run(shard, createMany(tree));
      expect(run(shard, deleteMany({ rows: rowsWhere(100, 'rank', 1) }))).toMatchObject({
        code: 'FOREIGN_KEY_VIOLATION',
        message: expect.stringContaining('nothing refers to'),
      });
      expect(shard.value('SELECT count(*) FROM items')).toBe(4);
      expect(run(shard, deleteMany({}))).toMatchObject({ outcomes: ['DELETED', 'DELETED', 'DELETED', 'DELETED'] });
    });
  });
});
