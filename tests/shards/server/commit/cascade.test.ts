import { foreignKey, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { describe, expect, it } from 'vitest';
import { defineModel } from '../../../../src/model/define-model.ts';
import { physicalHash } from '../../../../src/model/physical.ts';
import type { MigrationBundle } from '../../../../src/model/types.ts';
import type { RowOperation } from '../../../../src/shards/operation.ts';
import { firstRows } from '../../../../src/shards/plan/page.ts';
import { nodeOf } from '../../../support/plans.ts';
import { inNewShard, type LabShard } from '../lab-shard.ts';

const categories = sqliteTable(
  'categories',
  { tenant: text().notNull(), id: text().notNull(), parent: text(), alias: text() },
  (t) => [
    primaryKey({ columns: [t.tenant, t.id] }),
    foreignKey({ columns: [t.tenant, t.parent], foreignColumns: [t.tenant, t.id] }).onDelete('cascade'),
    foreignKey({ columns: [t.tenant, t.alias], foreignColumns: [t.tenant, t.id] }).onDelete('cascade'),
  ],
);
const pins = sqliteTable('pins', { tenant: text().notNull(), id: text().notNull(), category: text() }, (t) => [
  primaryKey({ columns: [t.tenant, t.id] }),
  foreignKey({ columns: [t.tenant, t.category], foreignColumns: [categories.tenant, categories.id] }),
]);

const model = defineModel({
  Category: { table: categories, shardKey: 'tenant' },
  Pin: { table: pins, shardKey: 'tenant' },
});

const bundle: MigrationBundle = {
  physicalHash: physicalHash(model),
  migrations: [
    {
      tag: '0000_lab',
      hash: 'lab',
      schemaHash: 'lab',
      renames: [],
      checks: [],
      reverts: null,
      statements: [
        `CREATE TABLE categories (
          tenant TEXT NOT NULL, id TEXT NOT NULL, parent TEXT, alias TEXT, _version INTEGER NOT NULL DEFAULT 0,
          PRIMARY KEY (tenant, id),
          FOREIGN KEY (tenant, parent) REFERENCES categories (tenant, id) ON DELETE CASCADE,
          FOREIGN KEY (tenant, alias) REFERENCES categories (tenant, id) ON DELETE CASCADE
        )`,
        'CREATE INDEX parents ON categories (tenant, parent)',
        `CREATE TABLE pins (
          tenant TEXT NOT NULL, id TEXT NOT NULL, category TEXT, _version INTEGER NOT NULL DEFAULT 0,
          PRIMARY KEY (tenant, id),
          FOREIGN KEY (tenant, category) REFERENCES categories (tenant, id)
        )`,
      ],
    },
  ],
};

const create = (table: string, id: string, values: Record<string, string | null>): RowOperation => ({
  kind: 'create',
  table,
  values: { tenant: 't', id, ...values },
  select: null,
});

const remove = (id: string): RowOperation => ({
  kind: 'delete',
  table: 'Category',
  key: { columns: ['tenant', 'id'], values: ['t', id] },
  within: null,
  expectedVersion: null,
  select: null,
});

const chain = (length: number): RowOperation[] =>
  Array.from({ length }, (_, level) => create('Category', `${level}`, { parent: level === 0 ? null : `${level - 1}` }));

const ids = (shard: LabShard) => shard.rows('SELECT id FROM categories ORDER BY id').flat();

describe('a delete that cascades', () => {
  it('reaches deeper than triggers may nest, and logs every row with its commit', async () => {
    await inNewShard(model, bundle, (shard) => {
      shard.write('t:t', [...chain(200), create('Category', 'other', {})]);
      const answer = shard.write('t:t', [remove('0')]);
      expect(answer).toMatchObject({ status: 'OK' });
      expect(ids(shard)).toEqual(['other']);
      expect(shard.rows("SELECT count(*), count(DISTINCT version) FROM _log WHERE op = 'delete'")).toEqual([[200, 1]]);
    });
  });

  it('takes rows that are reached by several ways, or by themselves', async () => {
    await inNewShard(model, bundle, (shard) => {
      shard.write('t:t', [
        ...chain(30),
        create('Category', 'shortcut', { parent: '0', alias: '29' }),
        create('Category', 'below', { parent: 'shortcut' }),
        create('Category', 'self', { parent: '29', alias: 'self' }),
        {
          kind: 'update',
          table: 'Category',
          key: { columns: ['tenant', 'id'], values: ['t', '0'] },
          set: { parent: '3' },
          within: null,
          atomic: {},
          expectedVersion: null,
          select: null,
        },
      ]);
      expect(shard.write('t:t', [remove('0')])).toMatchObject({ status: 'OK' });
      expect(ids(shard)).toEqual([]);
    });
  });

  it('takes a circle of more rows than triggers may nest, with what hangs on it, and its undo brings all of them back', async () => {
    await inNewShard(model, bundle, (shard) => {
      const close: RowOperation = {
        kind: 'update',
        table: 'Category',
        key: { columns: ['tenant', 'id'], values: ['t', '0'] },
        set: { parent: '29', alias: '14' },
        within: null,
        atomic: {},
        expectedVersion: null,
        select: null,
      };
      const twigs = ['a', 'b', 'c'].map((id) => create('Category', id, { parent: '15', alias: '3' }));
      shard.write('t:t', [...chain(30), ...twigs, close]);
      const before = shard.rows('SELECT tenant, id, parent, alias FROM categories ORDER BY id');
      expect(shard.write('t:t', [remove('15')], { operationId: 'circle' })).toMatchObject({ status: 'OK' });
      expect(ids(shard)).toEqual([]);
      const version = shard.value('SELECT max(version) FROM _log') as number;
      const page = { offset: 0, limit: 0 };
      const undone = shard.write('', [{ kind: 'undo', origin: 'circle', version, changes: page, conflicts: page }]);
      expect(undone).toMatchObject({ status: 'OK' });
      expect(shard.rows('SELECT tenant, id, parent, alias FROM categories ORDER BY id')).toEqual(before);
    });
  });

  it('is refused as a whole when a row far below is still referred to', async () => {
    await inNewShard(model, bundle, (shard) => {
      shard.write('t:t', [...chain(20), create('Pin', 'p', { category: '4' })]);
      const before = ids(shard);
      expect(shard.write('t:t', [remove('0')])).toMatchObject({
        status: 'FAILED',
        error: { code: 'FOREIGN_KEY_VIOLATION', details: { table: 'Pin', field: 'category' } },
      });
      expect(ids(shard)).toEqual(before);
      expect(shard.value("SELECT count(*) FROM _log WHERE op = 'delete'")).toBe(0);
    });
  });

  it('takes many rows, of which some are below others', async () => {
    await inNewShard(model, bundle, (shard) => {
      shard.write('t:t', [...chain(60), ...['x', 'y', 'z'].map((id) => create('Category', id, { parent: '59' }))]);
      const orderBy = ['tenant', 'id'].map((column) => ({ column, descending: false, nullsFirst: true }));
      const filter = { op: 'in', column: 'id', list: 1 } as const;
      const node = nodeOf({ table: 'Category', columns: ['tenant', 'id'], filter, page: firstRows(orderBy, 0) });
      const rows = { plan: JSON.stringify(node), values: [10, ['5', '30', 'x']] };
      const answer = shard.write('t:t', [{ kind: 'deleteMany', table: 'Category', rows, atMost: 10, select: null }]);
      expect(answer).toMatchObject({ status: 'OK' });
      expect(ids(shard)).toEqual(['0', '1', '2', '3', '4']);
      expect(shard.rows("SELECT count(*), count(DISTINCT version) FROM _log WHERE op = 'delete'")).toEqual([[58, 1]]);
    });
  });
});
