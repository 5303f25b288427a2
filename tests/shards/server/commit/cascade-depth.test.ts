/** What `model/rules/cascades.ts` takes for granted of SQLite, on both sides of the bound, and what is said beyond it. */
import { describe, expect, it } from 'vitest';
import { physicalHash } from '../../../../src/model/physical.ts';
import type { Model } from '../../../../src/model/types.ts';
import type { WriteOperation } from '../../../../src/shards/operation.ts';
import { firstRows } from '../../../../src/shards/plan/page.ts';
import {
  type CascadingTables,
  cascadingModel,
  cascadingSql,
  chainBelowCircle,
  chainOf,
  chainOfTrees,
  circleOf,
} from '../../../support/cascades.ts';
import { nodeOf } from '../../../support/plans.ts';
import { inNewShard, type LabShard } from '../lab-shard.ts';

const bundleOf = (model: Model, shape: CascadingTables) => ({
  physicalHash: physicalHash(model),
  migrations: [
    {
      tag: '0000_lab',
      hash: 'lab',
      schemaHash: 'lab',
      renames: [],
      checks: [],
      reverts: null,
      statements: cascadingSql(shape),
    },
  ],
});

/** A row of each table, each referring to that of the table before. */
const chainOfRows = ({ tables, action }: CascadingTables): WriteOperation[] =>
  Array.from({ length: tables }, (_, at) => {
    const reference = at === 0 ? {} : { [`r${at - 1}`]: action === 'onUpdate' ? null : 'a' };
    const values = { owner: 'o', id: 'a', code: at === 0 ? 'old' : null, ...reference };
    return { kind: 'create', table: `T${at}`, values, select: null };
  });

const TARGET = {
  table: 'T0',
  key: { columns: ['owner', 'id'], values: ['o', 'a'] },
  within: null,
  expectedVersion: null,
  select: null,
};
const REMOVE: WriteOperation = { kind: 'delete', ...TARGET };
const CHANGE_KEY: WriteOperation = { kind: 'update', ...TARGET, set: { code: 'new' }, atomic: {} };

const TOO_DEEP = {
  status: 'FAILED',
  error: {
    code: 'OPERATION_LIMIT_EXCEEDED',
    message: expect.stringMatching(
      /^Expected foreign keys that nest at most 10 triggers when a T0 is written, but got/,
    ),
    details: { table: 'T0' },
  },
};

const rowsOf = (shard: LabShard, { tables }: CascadingTables) =>
  Array.from({ length: tables }, (_, at) => shard.value(`SELECT count(*) FROM t${at}`));

describe('cascades of models that are accepted', () => {
  it.each<[string, CascadingTables]>([
    ['a chain of 10 tables', chainOf(10)],
    ['a circle of 10 tables', circleOf(10)],
    ['5 tables that refer to themselves', chainOfTrees(5)],
    ['7 tables below a circle', chainBelowCircle(9)],
  ])('delete the rows of %s, created in the order that nests deepest', async (_, shape) => {
    const model = cascadingModel(shape);
    await inNewShard(model, bundleOf(model, shape), (shard) => {
      expect(shard.write('t:o', chainOfRows(shape))).toMatchObject({ status: 'OK' });
      expect(shard.write('t:o', [REMOVE])).toMatchObject({ status: 'OK' });
      expect(rowsOf(shard, shape)).toEqual(Array(shape.tables).fill(0));
    });
  });

  it('change keys through as many as 10 tables', async () => {
    const shape: CascadingTables = { ...chainOf(10), action: 'onUpdate', key: 'code' };
    const model = cascadingModel(shape);
    await inNewShard(model, bundleOf(model, shape), (shard) => {
      shard.write('t:o', chainOfRows(shape));
      expect(shard.write('t:o', [CHANGE_KEY])).toMatchObject({ status: 'OK' });
      expect(shard.value('SELECT code FROM t0')).toBe('new');
    });
  });
});

/** The model has none of the foreign keys, which migrations have made all the same. */
const inUndeclared = (shape: CascadingTables, work: (shard: LabShard) => void) => {
  const model = cascadingModel(shape, () => false);
  return inNewShard(model, bundleOf(model, shape), work);
};

describe('cascades that SQLite does not compile', () => {
  it.each<[string, CascadingTables]>([
    ['a chain of 11 tables', chainOf(11)],
    ['a circle of 11 tables', circleOf(11)],
    ['6 tables that refer to themselves', chainOfTrees(6)],
    ['8 tables below a circle', chainBelowCircle(10)],
  ])('are told of, and nothing is deleted: %s', async (_, shape) => {
    await inUndeclared(shape, (shard) => {
      shard.write('t:o', chainOfRows(shape).slice(0, 1));
      expect(shard.write('t:o', [REMOVE])).toMatchObject(TOO_DEEP);
      expect(shard.value('SELECT count(*) FROM t0')).toBe(1);
    });
  });

  it('are told of by bulk deletes and changes of keys', async () => {
    await inUndeclared(chainOf(11), (shard) => {
      shard.write('t:o', chainOfRows(chainOf(11)));
      const orderBy = ['owner', 'id'].map((column) => ({ column, descending: false, nullsFirst: true }));
      const node = nodeOf({ table: 'T0', columns: ['owner', 'id'], page: firstRows(orderBy, 0) });
      const rows = { plan: JSON.stringify(node), values: [10] };
      const removeAll: WriteOperation = { kind: 'deleteMany', table: 'T0', rows, atMost: 10, select: null };
      expect(shard.write('t:o', [removeAll])).toMatchObject(TOO_DEEP);
      expect(rowsOf(shard, chainOf(11))).toEqual(Array(11).fill(1));
    });
    const changing: CascadingTables = { ...chainOf(11), action: 'onUpdate', key: 'code' };
    await inUndeclared(changing, (shard) => {
      shard.write('t:o', chainOfRows(changing));
      expect(shard.write('t:o', [CHANGE_KEY])).toMatchObject(TOO_DEEP);
      expect(shard.value('SELECT code FROM t0')).toBe('old');
    });
  });

  it('leave the row that an undo would take away, and the undo says so', async () => {
    await inUndeclared(chainOf(11), (shard) => {
      shard.write('t:o', chainOfRows(chainOf(11)).slice(0, 1), { operationId: 'made' });
      const version = shard.value('SELECT max(version) FROM _log') as number;
      const page = { offset: 0, limit: 10 };
      const undone = shard.write('', [{ kind: 'undo', origin: 'made', version, changes: page, conflicts: page }]);
      expect(undone).toMatchObject({ status: 'OK' });
      expect(JSON.stringify(undone)).toContain('nest at most 10 triggers');
      expect(shard.value('SELECT count(*) FROM t0')).toBe(1);
    });
  });
});
