/** Restores and reads of the past after a release that has changed the schema. */
import { integer, primaryKey, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core';
import { describe, expect, it } from 'vitest';
import { systemTimers } from '../../../../src/lib/timers.ts';
import { defineModel } from '../../../../src/model/define-model.ts';
import type { Migration, Model } from '../../../../src/model/types.ts';
import { Migrator } from '../../../../src/shards/server/migrate/migrator.ts';
import { PlanRunner } from '../../../../src/shards/server/read/run/plan-runner.ts';
import { Copier } from '../../../../src/shards/server/recovery/copy/copier.ts';
import { WRITE_LIMITS } from '../../../../src/shards/server/recovery/copy/write-copied.ts';
import { pastSchema } from '../../../../src/shards/server/recovery/past-schema.ts';
import { beginRestore, stepRestore } from '../../../../src/shards/server/recovery/restore-steps.ts';
import { Restorer } from '../../../../src/shards/server/recovery/restorer.ts';
import type { ShardKey } from '../../../../src/shards/shard-key.ts';
import { inNewShard, LabShard } from '../lab-shard.ts';
import { bundleOf, init, newModel, oldModel, rebuild } from '../migrate/migration-lab.ts';

const T = 't:t' as ShardKey;

const parentsAs = (name: string, titled: string, age = false) =>
  sqliteTable(
    name,
    {
      tenant: text().notNull(),
      id: text().notNull(),
      ...(titled !== '' && { title: text(titled) }),
      ...(age && { age: integer().notNull().default(7) }),
    },
    (t) => [primaryKey({ columns: [t.tenant, t.id] })],
  );

const modelOf = (table: ReturnType<typeof parentsAs>): Model => defineModel({ Parent: { table, shardKey: 'tenant' } });

const migration = (statements: readonly string[], changes: Partial<Migration> = {}): Migration => ({
  ...init,
  ...{ tag: '0001_next', hash: 'next', schemaHash: 'next', renames: [], statements },
  ...changes,
});

/** As the release that runs now has it. */
const restorerOf = ({ state }: LabShard): Restorer =>
  new Restorer({
    shard: () => state,
    copier: new Copier({ shard: () => state, limits: WRITE_LIMITS, ask: () => Promise.reject() }),
    timers: systemTimers,
    schedule: () => {},
    migrated: async () => null,
  });

/** A row of before the release that was changed and one that was deleted since; then `released`; then the restore to before. */
async function restored(
  model: Model,
  next: Migration,
  check: (shard: LabShard, restore: () => void, version: number) => void | Promise<void>,
) {
  await inNewShard(oldModel, bundleOf(oldModel, init), async (shard) => {
    const parent = (id: string, title: string) => ({
      kind: 'create' as const,
      table: 'Parent',
      values: { tenant: 't', id, title },
      select: null,
    });
    const at = (id: string) => ({
      ...{ table: 'Parent', key: { columns: ['tenant', 'id'], values: ['t', id] } },
      ...{ within: null, expectedVersion: null, select: null },
    });
    const created = shard.write(T, [parent('p', 'first'), parent('q', 'gone')]);
    if (created.status !== 'OK') throw new Error(JSON.stringify(created));
    shard.write(T, [{ kind: 'update', ...at('p'), set: { title: 'second' }, atomic: {} }]);
    shard.write(T, [{ kind: 'delete', ...at('q') }]);
    const { storage, wallClock, clock } = shard.state;
    const bundle = bundleOf(model, init, next);
    const refusal = await new Migrator(storage, model, bundle, wallClock, null, () => {
      clock.committed(shard.value('SELECT version FROM _clock') as number);
    }).migrate();
    expect(refusal).toBeNull();
    const { migrations } = bundle;
    const release = { ...shard.state, model, migrations, plans: new PlanRunner(model) };
    const renewed = new LabShard(release, 'renewed');
    const restore = () => {
      const { state, session } = renewed;
      beginRestore(state, session, { id: 'r', shardKeys: null, target: created.version, undoes: null }, 3);
      while (stepRestore(state, session));
    };
    await check(renewed, restore, created.version);
  });
}

describe('a restore to before a release', () => {
  it('follows tables and columns to their new names; columns that came since have their default', async () => {
    const next = migration(
      [
        'DROP TABLE children',
        'ALTER TABLE parents RENAME TO guardians',
        'ALTER TABLE guardians RENAME COLUMN title TO caption',
        'ALTER TABLE guardians ADD COLUMN age integer DEFAULT 7 NOT NULL',
      ],
      {
        renames: [
          { table: 'parents', to: 'guardians' },
          { table: 'guardians', column: 'title', to: 'caption' },
        ],
      },
    );
    await restored(modelOf(parentsAs('guardians', 'caption', true)), next, (shard, restore) => {
      // A change since then, which goes back too.
      shard.sql.exec("UPDATE guardians SET age = 9 WHERE id = 'p'");
      restore();
      expect(shard.rows('SELECT id, caption, age FROM guardians ORDER BY id')).toEqual([
        ['p', 'first', 7],
        ['q', 'gone', 7],
      ]);
    });
  });

  it('leaves out what a column held that was dropped, also where another has its name since', async () => {
    const dropped = migration(['DROP TABLE children', 'ALTER TABLE parents DROP COLUMN title']);
    await restored(modelOf(parentsAs('parents', '')), dropped, (shard, restore) => {
      restore();
      expect(shard.rows('SELECT id FROM parents ORDER BY id')).toEqual([['p'], ['q']]);
    });
    const again = migration([
      'DROP TABLE children',
      'ALTER TABLE parents DROP COLUMN title',
      'ALTER TABLE parents ADD COLUMN title text',
    ]);
    await restored(modelOf(parentsAs('parents', 'title')), again, (shard, restore) => {
      restore();
      expect(shard.rows('SELECT id, title FROM parents ORDER BY id')).toEqual([
        ['p', null],
        ['q', null],
      ]);
    });
  });

  it('is refused where a migration may have converted values, before anything is fenced', async () => {
    await restored(newModel, rebuild, async (shard, _, version) => {
      const restorer = restorerOf(shard);
      const began = restorer.begin('r', { shardKeys: [T], version }, false);
      await expect(began).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('0001_rebuild') });
      expect(shard.state.fences.areUp).toBe(false);
      expect(restorer.list()).toEqual([]);
    });
  });

  it('is refused where values are unique by now, which were not', async () => {
    const table = sqliteTable('parents', { tenant: text().notNull(), id: text().notNull(), title: text() }, (t) => [
      primaryKey({ columns: [t.tenant, t.id] }),
      unique('titles').on(t.tenant, t.title),
    ]);
    const next = migration(['DROP TABLE children', 'CREATE UNIQUE INDEX titles ON parents (tenant, title)']);
    await restored(defineModel({ Parent: { table, shardKey: 'tenant' } }), next, async (shard, _, version) => {
      const began = restorerOf(shard).begin('r', { shardKeys: null, version }, false);
      await expect(began).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('unique index') });
    });
  });
});

describe('a table', () => {
  it('that was given a unique index under a name in between is a barrier', () => {
    const steps = [
      migration(['ALTER TABLE parents RENAME TO between'], {
        tag: '0001',
        renames: [{ table: 'parents', to: 'between' }],
      }),
      migration(['CREATE UNIQUE INDEX titles ON between (tenant, title)'], { tag: '0002' }),
      migration(['ALTER TABLE between RENAME TO guardians'], {
        tag: '0003',
        renames: [{ table: 'between', to: 'guardians' }],
      }),
    ];
    const schema = pastSchema(modelOf(parentsAs('guardians', 'title')), [init, ...steps]);
    expect(schema('parents', init.tag)).toEqual({ changed: 'a table that migration 0002 has given a unique index' });
    expect(schema('between', '0002')).toMatchObject({ table: { typeName: 'Parent' } });
  });
});

describe('a migration', () => {
  it('waits for a restore that is under way', async () => {
    await inNewShard(oldModel, bundleOf(oldModel, init), async (shard) => {
      const { state, session } = shard;
      shard.write(T, [{ kind: 'create', table: 'Parent', values: { tenant: 't', id: 'p', title: 'x' }, select: null }]);
      beginRestore(state, session, { id: 'open', shardKeys: [T], target: 0, undoes: null }, 1);
      const migrate = () =>
        new Migrator(state.storage, newModel, bundleOf(newModel, init, rebuild), Date.now).migrate();
      expect((await migrate())?.code).toBe('MIGRATION_FAILED');
      while (stepRestore(state, session));
      expect(await migrate()).toBeNull();
      expect(shard.rows('SELECT * FROM parents')).toEqual([]);
    });
  });
});
