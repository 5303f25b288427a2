import { primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { describe, expect, it } from 'vitest';
import { defineModel } from '../../../../src/model/define-model.ts';
import type { Migration, Rename } from '../../../../src/model/types.ts';
import { Migrator } from '../../../../src/shards/server/migrate/migrator.ts';
import { PlanRunner } from '../../../../src/shards/server/read/run/plan-runner.ts';
import { schemaSince } from '../../../../src/shards/server/undo/schema-since.ts';
import { inNewShard, LabShard } from '../lab-shard.ts';
import { bundleOf, init, oldModel } from '../migrate/migration-lab.ts';
import { reasons, undoIn } from './undo-in.ts';

const people = sqliteTable(
  'people',
  { tenant: text().notNull(), id: text().notNull(), name: text('full_name') },
  (t) => [primaryKey({ columns: [t.tenant, t.id] })],
);
const model = defineModel({ Person: { table: people, shardKey: 'tenant' } });

const migration = (
  tag: string,
  renames: readonly Rename[],
  statements: readonly string[] = [],
  checks: Migration['checks'] = [],
): Migration => ({ ...init, tag, renames, statements, checks });

const follow = (migrations: readonly Migration[], table: string, schema = '0000_init') => {
  const since = schemaSince(model, [migration('0000_init', []), ...migrations], schema)(table);
  return 'changed' in since ? since.changed : since;
};

describe('a table of log rows, under the model of today', () => {
  it('goes by the names that tables and columns have got since, one after the other and swapped', () => {
    const since = follow(
      [
        migration('0001', [
          { table: 'users', to: 'persons' },
          { table: 'persons', column: 'name', to: 'title' },
          { table: 'persons', column: 'title', to: 'name' },
        ]),
        migration('0002', [
          { table: 'persons', to: 'people' },
          { table: 'people', column: 'title', to: 'full_name' },
        ]),
      ],
      'users',
    );
    if (typeof since === 'string') throw new Error(since);
    expect(since.table.typeName).toBe('Person');
    expect(since.column('name')?.name).toBe('name');
    expect(since.column('title')).toBeNull();
  });

  it('is none where a migration has dropped it, may have converted its values, or is not known', () => {
    expect(follow([], 'orders')).toBe('a table that a migration has dropped');
    const converting = [
      migration('0001', [], ["UPDATE people SET full_name = 'x'"]),
      migration('0001', [], ['DROP TABLE `people`']),
      migration('0001', [], [], [{ table: 'people', column: 'full_name' }]),
    ];
    for (const each of converting) expect(follow([each], 'people')).toMatch(/migration 0001 may have converted/);
    expect(follow([], 'people', '0009_other')).toMatch(/migration "0009_other" that the release does not have/);
    const harmless = migration('0001', [], ['ALTER TABLE people ADD COLUMN age integer', "UPDATE pets SET name = 'x'"]);
    expect(follow([harmless], 'people')).toMatchObject({ table: { typeName: 'Person' } });
  });
});

describe('an undo after a release', () => {
  const parents = sqliteTable(
    'guardians',
    { tenant: text().notNull(), id: text().notNull(), title: text('caption') },
    (t) => [primaryKey({ columns: [t.tenant, t.id] })],
  );
  const renamedModel = defineModel({ Parent: { table: parents, shardKey: 'tenant' } });
  const renamed = migration(
    '0001_names',
    [
      { table: 'parents', to: 'guardians' },
      { table: 'guardians', column: 'title', to: 'caption' },
    ],
    [
      'DROP TABLE children',
      'ALTER TABLE parents RENAME TO guardians',
      'ALTER TABLE guardians RENAME COLUMN title TO caption',
    ],
  );

  it('brings rows back under new names, and leaves those of tables that are gone', async () => {
    await inNewShard(oldModel, bundleOf(oldModel, init), async (shard) => {
      const values = (table: string, more: object) => ({
        kind: 'create' as const,
        table,
        values: { tenant: 't', ...more },
        select: null,
      });
      shard.write('t:t', [values('Parent', { id: 'p', title: 'P' }), values('Child', { id: 'c', parent: 'p' })]);
      const key = { columns: ['tenant', 'id'], values: ['t', 'p'] };
      const wrong = shard.write(
        't:t',
        [{ kind: 'delete', table: 'Parent', key, within: null, expectedVersion: null, select: null }],
        { operationId: 'wrong' },
      );
      if (wrong.status !== 'OK') throw new Error(JSON.stringify(wrong));
      const { storage, wallClock } = shard.state;
      const bundle = bundleOf(renamedModel, init, renamed);
      expect(await new Migrator(storage, renamedModel, bundle, wallClock).migrate()).toBeNull();
      const { migrations } = bundle;
      const release = { ...shard.state, model: renamedModel, migrations, plans: new PlanRunner(renamedModel) };
      const renewed = new LabShard(release, 'renewed');
      const undo = undoIn(renewed, { origin: 'wrong', version: wrong.version });
      expect(undo).toMatchObject({ restored: 1, conflicts: { total: 1 } });
      expect(renewed.rows('SELECT id, caption FROM guardians')).toEqual([['p', 'P']]);
      expect(reasons(undo)).toEqual({ c: 'SCHEMA_CHANGED' });
      expect(undo.conflicts.rows[0]).toMatchObject({ table: 'children', before: null, after: null });
    });
  });
});
