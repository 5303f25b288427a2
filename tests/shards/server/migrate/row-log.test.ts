import { primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { describe, expect, it } from 'vitest';
import { defineModel } from '../../../../src/model/define-model.ts';
import type { Migration, Model } from '../../../../src/model/types.ts';
import { migrationPlan } from '../../../../src/shards/migration-plan.ts';
import type { RowOperation } from '../../../../src/shards/operation.ts';
import { Freshness } from '../../../../src/shards/server/freshness/freshness.ts';
import { Migrator } from '../../../../src/shards/server/migrate/migrator.ts';
import { PlanRunner } from '../../../../src/shards/server/read/run/plan-runner.ts';
import { readLastVersion } from '../../../../src/shards/server/tables/clock-table.ts';
import type { ShardKey } from '../../../../src/shards/shard-key.ts';
import { lastChange } from '../../../../src/shards/stamps.ts';
import { inNewShard, LabShard } from '../lab-shard.ts';
import { bundleOf, init, newModel, oldModel, rebuild } from './migration-lab.ts';

const parent = (id: string, title: string | null, tenant = 't'): RowOperation => ({
  kind: 'create',
  table: 'Parent',
  values: { tenant, id, title },
  select: null,
});

const migration = (...statements: readonly string[]): Migration => ({
  ...init,
  tag: '0001_rows',
  hash: 'hash of rows',
  statements,
});

const inOldRelease = (test: (shard: LabShard) => Promise<void>) =>
  inNewShard(oldModel, bundleOf(oldModel, init), async (shard) => {
    // As in every shard that has published: the platform then has tables of its own in the database.
    await shard.state.storage.setAlarm(Date.now() + 3_600_000);
    await shard.state.storage.deleteAlarm();
    shard.write('t:t', [parent('a', 'A'), parent('b', 'B')]);
    shard.write('t:u', [parent('a', 'U', 'u')]);
    await test(shard);
  });

/** The shard after the release with these migrations has started on it. */
async function release(shard: LabShard, model: Model, ...migrations: readonly Migration[]): Promise<LabShard> {
  const { storage, wallClock, clock } = shard.state;
  const freshness = new Freshness(shard.session, {
    model,
    wallClock,
    schedule: () => {},
    publishes: true,
    isNew: false,
  });
  const migrator = new Migrator(storage, model, bundleOf(model, init, ...migrations), wallClock, null, () => {
    clock.committed(readLastVersion(shard.session));
    freshness.migrated(shard.session);
  });
  const problem = await migrator.migrate();
  if (problem) throw problem;
  return new LabShard({ ...shard.state, model, freshness, plans: new PlanRunner(model) }, 'renewed');
}

const parents = (shard: LabShard) => shard.rows('SELECT tenant, id, title, _version FROM parents ORDER BY tenant, id');
const logged = (shard: LabShard, seq: unknown) =>
  shard.rows('SELECT op, "table", shard_key, version, schema FROM _log WHERE seq > ? ORDER BY seq', seq as number);
const lastSeq = (shard: LabShard) => shard.value('SELECT max(seq) FROM _log');

describe('rows that a migration changes', () => {
  it('get a version of its own, by which a write that expects the one of before is refused', async () => {
    await inOldRelease(async (shard) => {
      const before = parents(shard);
      const [seq, asOf] = [lastSeq(shard), shard.state.clock.last];
      const renewed = await release(shard, oldModel, migration("UPDATE parents SET title = 'A2' WHERE id = 'a'"));
      const version = renewed.state.clock.last;
      expect(version).toBeGreaterThan(asOf);
      expect(parents(renewed)).toEqual([['t', 'a', 'A2', version], before[1], ['u', 'a', 'A2', version]]);
      expect(logged(renewed, seq)).toEqual([
        ['update', 'parents', 't:t', version, '0000_init'],
        ['update', 'parents', 't:u', version, '0000_init'],
      ]);
      const update = (id: string, at: number): RowOperation => ({
        kind: 'update',
        table: 'Parent',
        key: { columns: ['tenant', 'id'], values: ['t', id] },
        set: { title: `${before[at]![2]}, edited` },
        within: null,
        atomic: {},
        expectedVersion: before[at]![3] as number,
        select: null,
      });
      expect(renewed.write('t:t', [update('a', 0)])).toMatchObject({ status: 'FAILED', error: { code: 'CONFLICT' } });
      expect(renewed.write('t:t', [update('b', 1)])).toMatchObject({ status: 'OK' });
    });
  });

  it('make cached answers of before old, and are seen by sessions of before', async () => {
    await inOldRelease(async (shard) => {
      const cachedAsOf = shard.state.clock.last;
      shard.state.freshness.traces.leave('t:u' as ShardKey, 60_000, shard.state.wallClock());
      const statement = "UPDATE parents SET title = 'U2' WHERE tenant = 'u'";
      const { state, session } = await release(shard, oldModel, migration(statement));
      expect(state.clock.last).toBeGreaterThan(cachedAsOf);
      const dependency = { table: 'Parent', bucket: null };
      expect(lastChange(state.freshness.stampsOf('t:u' as never), dependency)).toBe(state.clock.last);
      expect(lastChange(state.freshness.stampsOf('t:u' as never), { table: 'Parent', bucket: 7 })).toBe(
        state.clock.last,
      );
      expect(lastChange(state.freshness.stampsOf('t:t' as never), dependency)).toBeLessThanOrEqual(cachedAsOf);
      expect(state.freshness.changed(['t:u' as ShardKey], ['Parent'])).toEqual([state.clock.last]);
      expect(state.freshness.unpublished.isDirty('t:u' as never)).toBe(true);
      // What a restart finds is the same.
      const { wallClock } = state;
      const restarted = new Freshness(session, {
        model: oldModel,
        wallClock,
        schedule: () => {},
        publishes: true,
        isNew: false,
      });
      expect(lastChange(restarted.stampsOf('t:u' as never), dependency)).toBe(state.clock.last);
      expect(readLastVersion(session)).toBe(state.clock.last);
    });
  });

  it('are those that a rebuild gives other values, leaves out or adds, and no others', async () => {
    await inOldRelease(async (shard) => {
      shard.write('t:t', [parent('c', null), parent('d', 'D')]);
      const before = new Map(parents(shard).map((row) => [`${row[0]}${row[1]}`, row[3]]));
      const seq = lastSeq(shard);
      const statements = rebuild.statements.map((statement) =>
        statement
          .replace('SELECT "tenant", "id", "title"', `SELECT "tenant", "id", coalesce("title", 'none')`)
          .replace('FROM `parents`;', "FROM `parents` WHERE id <> 'd';"),
      );
      statements.splice(3, 0, "INSERT INTO __new_parents (tenant, id, title) VALUES ('u', 'new', 'N')");
      const renewed = await release(shard, newModel, { ...rebuild, statements });
      const version = renewed.state.clock.last;
      expect(parents(renewed).map(([tenant, id, , rowVersion]) => [`${tenant}${id}`, rowVersion])).toEqual([
        ['ta', before.get('ta')],
        ['tb', before.get('tb')],
        ['tc', version],
        ['ua', before.get('ua')],
        ['unew', version],
      ]);
      expect(logged(renewed, seq)).toEqual([
        ['update', 'parents', 't:t', version, '0000_init'],
        ['insert', 'parents', 't:u', version, '0000_init'],
        ['delete', 'parents', 't:t', version, '0000_init'],
      ]);
    });
  });

  it('are none where a rebuild only copies, or an update sets what was there', async () => {
    await inOldRelease(async (shard) => {
      const [before, seq] = [parents(shard), lastSeq(shard)];
      const touching = { ...rebuild, statements: ['UPDATE parents SET title = title;', ...rebuild.statements] };
      const renewed = await release(shard, newModel, touching);
      expect(parents(renewed)).toEqual(before);
      expect(lastSeq(renewed)).toBe(seq);
    });
  });

  it('are logged when they are inserted and deleted, and when cascades delete them', async () => {
    await inOldRelease(async (shard) => {
      shard.write('t:t', [
        { kind: 'create', table: 'Child', values: { tenant: 't', id: 'x', parent: 'a' }, select: null },
      ]);
      const seq = lastSeq(shard);
      const statements = ["INSERT INTO parents (tenant, id) VALUES ('v', 'a')", "DELETE FROM parents WHERE id = 'a'"];
      const renewed = await release(shard, oldModel, migration(...statements));
      const version = renewed.state.clock.last;
      const found = logged(renewed, seq).map(([op, table, key]) => [op, table, key].join(' '));
      expect(found.toSorted()).toEqual([
        'delete children t:t',
        'delete parents t:t',
        'delete parents t:u',
        'delete parents t:v',
        'insert parents t:v',
      ]);
      expect(new Set(logged(renewed, seq).map((row) => row[3]))).toEqual(new Set([version]));
      expect(renewed.rows('SELECT shard_key FROM _keys ORDER BY 1').flat()).toEqual(['t:t', 't:u', 't:v']);
    });
  });

  it('are found under their shard keys though table and column are called otherwise afterwards', async () => {
    const people = sqliteTable('people', { owner: text().notNull(), id: text().notNull(), title: text() }, (t) => [
      primaryKey({ columns: [t.owner, t.id] }),
    ]);
    const renamedModel = defineModel({ Person: { table: people, shardKey: 'owner', list: 'people' } });
    await inOldRelease(async (shard) => {
      const seq = lastSeq(shard);
      const renaming = migration(
        'DROP TABLE children',
        "UPDATE parents SET title = 'P' WHERE tenant = 'u'",
        "DELETE FROM parents WHERE id = 'b'",
        'ALTER TABLE parents RENAME TO people',
        'ALTER TABLE people RENAME COLUMN tenant TO owner',
      );
      const { state, ...renewed } = await release(shard, renamedModel, renaming).then((lab) => ({
        state: lab.state,
        log: logged(lab, seq),
      }));
      expect(renewed.log.map((row) => row.slice(0, 3))).toEqual([
        ['update', 'people', 't:u'],
        ['delete', 'people', 't:t'],
      ]);
      expect(state.freshness.changed(['t:t' as ShardKey, 't:u' as ShardKey], ['Person'])).toEqual([
        state.clock.last,
        state.clock.last,
      ]);
    });
  });

  it('are as they were when a migration was only tried', async () => {
    await inOldRelease(async (shard) => {
      const state = () => [parents(shard), lastSeq(shard), shard.rows('SELECT * FROM _clock')];
      const before = state();
      const bundle = bundleOf(oldModel, init, migration("UPDATE parents SET title = 'X'"));
      const migrator = new Migrator(shard.state.storage, oldModel, bundle, shard.state.wallClock);
      expect(await migrator.check(migrationPlan(bundle, oldModel))).toMatchObject({ state: 'PENDING' });
      expect(state()).toEqual(before);
    });
  });

  it('may have columns that are called as those of the log', async () => {
    const names = ['version', 'origin', 'shard_key', 'slot', 'image', 'n', 'o'];
    const columns = Object.fromEntries(names.map((name, at) => [`field${at}`, text(name)]));
    const files = sqliteTable('files', { tenant: text().notNull(), id: text().notNull(), ...columns }, (t) => [
      primaryKey({ columns: [t.tenant, t.id] }),
    ]);
    const model = defineModel({ File: { table: files, shardKey: 'tenant' } });
    const definition = `(tenant TEXT NOT NULL, id TEXT NOT NULL, ${names.map((name) => `"${name}" TEXT`).join(', ')},
      _version INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (tenant, id))`;
    const first: Migration = { ...init, statements: [`CREATE TABLE files ${definition}`] };
    const values = Object.fromEntries(names.map((name, at) => [`field${at}`, name]));
    await inNewShard(model, bundleOf(model, first), async (shard) => {
      for (const id of ['a', 'b']) {
        shard.write('t:t', [{ kind: 'create', table: 'File', values: { tenant: 't', id, ...values }, select: null }]);
      }
      const seq = lastSeq(shard);
      const all = ['tenant', 'id', ...names, '_version'].map((name) => `"${name}"`).join(', ');
      const next = migration(
        `UPDATE files SET "n" = 'changed' WHERE id = 'a'`,
        'PRAGMA foreign_keys=OFF;',
        `CREATE TABLE __new_files ${definition}`,
        `INSERT INTO __new_files (${all}) SELECT ${all.replace('"o"', "CASE id WHEN 'b' THEN 'x' ELSE \"o\" END")} FROM files`,
        'DROP TABLE files',
        'ALTER TABLE __new_files RENAME TO files',
        'PRAGMA foreign_keys=ON;',
      );
      const { storage, wallClock } = shard.state;
      const problem = await new Migrator(storage, model, bundleOf(model, first, next), wallClock).migrate();
      expect(problem).toBeNull();
      expect(logged(shard, seq).map((row) => row.slice(0, 3))).toEqual([
        ['update', 'files', 't:t'],
        ['update', 'files', 't:t'],
      ]);
    });
  });
});
