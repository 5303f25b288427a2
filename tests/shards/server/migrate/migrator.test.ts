import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MigrationBundle, Model } from '../../../../src/model/types.ts';
import { migrationPlan } from '../../../../src/shards/migration-plan.ts';
import type { RowOperation } from '../../../../src/shards/operation.ts';
import { Migrator } from '../../../../src/shards/server/migrate/migrator.ts';
import { PlanRunner } from '../../../../src/shards/server/read/run/plan-runner.ts';
import { createSystemTables } from '../../../../src/shards/server/tables/system-tables.ts';
import { inNewShard, LabShard } from '../lab-shard.ts';
import { bundleOf, init, newModel, notedModel, oldModel, rebuild } from './migration-lab.ts';

const oldBundle = bundleOf(oldModel, init);
const newBundle = bundleOf(newModel, init, rebuild);
const CHILDREN = 50;

const create = (table: string, id: string, values: Record<string, string | null>): RowOperation => ({
  kind: 'create',
  table,
  values: { tenant: 't', id, ...values },
  select: null,
});

const rows: RowOperation[] = [
  create('Parent', 'a', { title: 'A' }),
  create('Parent', 'b', { title: 'B' }),
  ...Array.from({ length: CHILDREN }, (_, index) => create('Child', `${index}`, { parent: index % 2 ? 'a' : 'b' })),
];

const migratorOf = (shard: LabShard, model: Model, bundle: MigrationBundle, wallClock = Date.now) =>
  new Migrator(shard.state.storage, model, bundle, wallClock);

/** The shard as the given release sees it. */
const withModel = (shard: LabShard, model: Model) =>
  new LabShard({ ...shard.state, model, plans: new PlanRunner(model) }, 'renewed');

const content = (shard: LabShard) => ({
  parents: shard.rows('SELECT tenant, id, title, _version FROM parents ORDER BY id'),
  children: shard.rows('SELECT tenant, id, parent, _version FROM children ORDER BY id'),
  log: shard.rows('SELECT * FROM _log ORDER BY seq'),
  keys: shard.rows('SELECT * FROM _keys'),
  foreignKeys: shard.value('PRAGMA foreign_keys'),
});

const inOldRelease = (test: (shard: LabShard) => Promise<void>, wallClock?: () => number) =>
  inNewShard(
    oldModel,
    oldBundle,
    async (shard) => {
      expect(shard.write('t:t', rows)).toMatchObject({ status: 'OK' });
      await test(shard);
    },
    wallClock,
  );

describe('the migrator', () => {
  beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => {}));
  afterEach(() => void vi.restoreAllMocks());

  it('F42b: rebuilds a table that others refer to without losing children, row versions, log or triggers', async () => {
    await inOldRelease(async (shard) => {
      const before = content(shard);
      expect(before.children).toHaveLength(CHILDREN);
      expect(await migratorOf(shard, newModel, newBundle).migrate()).toBeNull();
      expect(content(shard)).toEqual(before);

      const renewed = withModel(shard, newModel);
      const answer = renewed.write('t:t', [create('Parent', 'c', {}), create('Child', 'new', { parent: 'c' })]);
      expect(answer).toMatchObject({ status: 'OK' });
      expect(renewed.rows("SELECT title FROM parents WHERE id = 'c'")).toEqual([['untitled']]);
      expect(renewed.rows('SELECT DISTINCT schema FROM _log ORDER BY 1')).toEqual([['0000_init'], ['0001_rebuild']]);
      const orphan = renewed.write('t:t', [create('Child', 'orphan', { parent: 'nope' })]);
      expect(orphan).toMatchObject({ status: 'FAILED', error: { code: 'FOREIGN_KEY_VIOLATION' } });
      renewed.write('t:t', [
        {
          kind: 'delete',
          table: 'Parent',
          key: { columns: ['tenant', 'id'], values: ['t', 'a'] },
          within: null,
          expectedVersion: null,
          select: null,
        },
      ]);
      expect(renewed.value("SELECT count(*) FROM _log WHERE op = 'delete'")).toBe(CHILDREN / 2 + 1);
    });
  });

  it('would lose the children if foreign keys stayed on: the danger is real', async () => {
    await inOldRelease(async (shard) => {
      shard.state.storage.transactionSync(() => {
        for (const statement of rebuild.statements) shard.sql.exec(statement);
      });
      expect(shard.value('SELECT count(*) FROM children')).toBe(0);
    });
  });

  it('F42: leaves the old state when it fails in the middle, enforces foreign keys again, and goes on later', async () => {
    await inOldRelease(
      async (shard) => {
        const before = content(shard);
        for (let length = 1; length < rebuild.statements.length; length++) {
          const statements = [
            ...rebuild.statements.slice(0, length),
            'SELECT * FROM nowhere',
            'PRAGMA foreign_keys=ON;',
          ];
          const broken = bundleOf(newModel, init, { ...rebuild, statements });
          const error = await migratorOf(shard, newModel, broken).migrate();
          expect(error).toMatchObject({ code: 'MIGRATION_FAILED', details: { retryable: true } });
          // The migrator's clock goes on between the failure and the answer.
          expect(error!.details.retryAfterMs).toSatisfy((ms: number) => ms > 500 && ms <= 1_000);
          expect(error!.message).not.toContain('nowhere');
          expect(content(shard)).toEqual(before);
        }
        expect(await migratorOf(shard, newModel, newBundle).migrate()).toBeNull();
        expect(content(shard)).toEqual(before);
      },
      () => Date.UTC(2026, 0, 1),
    );
  });

  it('applies all that is pending at once, or nothing: a migration after one that succeeds may fail', async () => {
    await inOldRelease(async (shard) => {
      const before = content(shard);
      const bad = { ...rebuild, tag: '0002_bad', hash: 'x', statements: ['CREATE TABLE half (a)', 'nonsense'] };
      expect(await migratorOf(shard, newModel, bundleOf(newModel, init, rebuild, bad)).migrate()).not.toBeNull();
      expect(shard.rows('SELECT tag FROM _migrations ORDER BY seq').flat()).toEqual(['0000_init']);
      expect(content(shard)).toEqual(before);
      const good = { ...bad, statements: ['CREATE TABLE half (a)'] };
      expect(await migratorOf(shard, newModel, bundleOf(newModel, init, rebuild, good)).migrate()).toBeNull();
      expect(shard.rows('SELECT tag FROM _migrations ORDER BY seq').flat()).toHaveLength(3);
      expect(shard.value('SELECT count(*) FROM children')).toBe(CHILDREN);
    });
  });

  it('refuses a rebuild after which a row would refer to nothing', async () => {
    await inOldRelease(async (shard) => {
      const before = content(shard);
      const statements = rebuild.statements.map((statement) =>
        statement.startsWith('INSERT') ? statement.replace(';', " WHERE id = 'a';") : statement,
      );
      const losing = bundleOf(newModel, init, { ...rebuild, statements });
      expect(await migratorOf(shard, newModel, losing).migrate()).toMatchObject({ code: 'MIGRATION_FAILED' });
      expect(content(shard)).toEqual(before);
    });
  });

  it('tries again on later requests, ever less often', async () => {
    const wall = { ms: Date.UTC(2026, 0, 1) };
    await inOldRelease(
      async (shard) => {
        const bad = bundleOf(newModel, init, { ...rebuild, statements: ['nonsense'] });
        const migrator = migratorOf(shard, newModel, bad, () => wall.ms);
        for (const delayMs of [1_000, 2_000, 4_000]) {
          expect((await migrator.migrate())!.details.retryAfterMs).toBe(delayMs);
          wall.ms += delayMs - 1;
          expect((await migrator.migrate())!.details.retryAfterMs).toBe(1);
          wall.ms += 1;
        }
      },
      () => wall.ms,
    );
  });

  it('runs once for requests that wait at the same time', async () => {
    await inOldRelease(async (shard) => {
      const migrator = migratorOf(shard, newModel, newBundle);
      expect(await Promise.all([migrator.migrate(), migrator.migrate(), migrator.migrate()])).toEqual([
        null,
        null,
        null,
      ]);
      expect(migrator.isReady).toBe(true);
    });
  });

  it('refuses a database that a newer release has migrated, and may be asked again', async () => {
    await inOldRelease(async (shard) => {
      await migratorOf(shard, newModel, newBundle).migrate();
      const error = await migratorOf(shard, oldModel, oldBundle).migrate();
      expect(error).toMatchObject({ code: 'MIGRATION_FAILED', details: { retryable: true } });
      const plan = migrationPlan(oldBundle, oldModel);
      expect(await migratorOf(shard, oldModel, oldBundle).check(plan)).toMatchObject({
        state: 'REFUSED',
        problems: [{ kind: 'HISTORY', tag: '0001_rebuild' }],
      });
    });
  });

  it('works on tables to which a newer release has only added, keeps its triggers, and waits for its restores', async () => {
    await inOldRelease(async (shard) => {
      const addition = {
        ...rebuild,
        statements: ['ALTER TABLE parents ADD note text', 'CREATE INDEX by_note ON parents (tenant, note)'],
      };
      const triggers = () => shard.rows("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name");
      expect(await migratorOf(shard, notedModel, bundleOf(notedModel, init, addition)).migrate()).toBeNull();
      const installed = triggers();
      expect(JSON.stringify(installed)).toContain('note');
      expect(await migratorOf(shard, oldModel, oldBundle).migrate()).toBeNull();
      expect(triggers()).toEqual(installed);
      shard.session.run('UPDATE _system SET installed = ?', '');
      shard.session.run(
        `INSERT INTO _restores (id, target, state, start_seq, start_version, span, cursor_seq, total, began_at)
         VALUES ('r', 0, 'RUNNING', 0, 0, '{}', 0, 1, 0)`,
      );
      const restoring = migratorOf(shard, oldModel, oldBundle);
      expect(await restoring.migrate()).toMatchObject({ code: 'MIGRATION_FAILED', details: { retryable: true } });
    });
  });

  it('has the triggers with the tables: there is no moment at which a release of before would find none', async () => {
    await inOldRelease(async (shard) => {
      const storage = new Proxy(shard.state.storage, {
        get: (target, name) => {
          const value = Reflect.get(target, name);
          if (name !== 'transactionSync') return typeof value === 'function' ? value.bind(target) : value;
          return (work: () => unknown) => {
            target.transactionSync(work);
            throw new Error('killed');
          };
        },
      });
      const addition = { ...rebuild, statements: ['ALTER TABLE parents ADD note text'] };
      const bundle = bundleOf(notedModel, init, addition);
      await new Migrator(storage, notedModel, bundle, Date.now).migrate();
      const triggers = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, 5) = '_log_'";
      const installed = shard.rows(triggers);
      expect(JSON.stringify(installed)).toContain('note');
      expect(await migratorOf(shard, notedModel, bundle).migrate()).toBeNull();
      expect(shard.rows(triggers)).toEqual(installed);
    });
  });

  it('leaves alone a migration that was edited after it was applied, and refuses one that leads elsewhere now', async () => {
    await inOldRelease(async (shard) => {
      const before = content(shard);
      const edited = { ...init, hash: 'another' };
      expect(await migratorOf(shard, oldModel, bundleOf(oldModel, edited)).migrate()).toBeNull();
      expect(content(shard)).toEqual(before);
      const elsewhere = bundleOf(oldModel, { ...edited, schemaHash: 'another' });
      expect(await migratorOf(shard, oldModel, elsewhere).migrate()).toMatchObject({ code: 'MIGRATION_FAILED' });
    });
  });

  it('knows a database that an earlier release recorded without schemas, and notes them', async () => {
    await inOldRelease(async (shard) => {
      shard.sql.exec('DROP TABLE _migrations');
      shard.sql.exec(`CREATE TABLE _migrations (
        seq INTEGER PRIMARY KEY, tag TEXT NOT NULL UNIQUE, hash TEXT NOT NULL, applied_at INTEGER NOT NULL)`);
      shard.sql.exec('INSERT INTO _migrations (tag, hash, applied_at) VALUES (?, ?, 7)', init.tag, init.hash);
      shard.sql.exec("UPDATE _system SET tables = '', installed = ''");
      createSystemTables(shard.session);
      createSystemTables(shard.session);
      expect(await migratorOf(shard, newModel, newBundle).migrate()).toBeNull();
      expect(shard.rows('SELECT tag, schema_hash, skipped FROM _migrations ORDER BY seq')).toEqual([
        [init.tag, init.schemaHash, 0],
        [rebuild.tag, rebuild.schemaHash, 0],
      ]);
      expect(shard.value('SELECT applied_at FROM _migrations WHERE tag = ?', init.tag)).toBe(7);
    });
  });

  it('lets no request run while it tries a plan, as foreign keys may be off', async () => {
    await inOldRelease(async (shard) => {
      const migrator = migratorOf(shard, oldModel, oldBundle);
      expect(await migrator.migrate()).toBeNull();
      let isTried = false;
      const check = migrator.check(migrationPlan(newBundle, newModel)).finally(() => {
        isTried = true;
      });
      for (; !isTried; await scheduler.wait(0)) {
        expect(migrator.isReady).toBe(false);
        const request = migrator.migrate();
        expect(
          await Promise.race([request.then(() => shard.value('PRAGMA foreign_keys')), scheduler.wait(0)]),
        ).not.toBe(0);
      }
      expect(await check).toMatchObject({ state: 'PENDING' });
      expect(migrator.isReady).toBe(true);
    });
  });

  it('adopts the list of a release that has others in the place of what was run, and keeps the records of that', async () => {
    await inOldRelease(async (shard) => {
      expect(await migratorOf(shard, newModel, newBundle).migrate()).toBeNull();
      const parts = [
        { ...rebuild, tag: '0001_half', hash: 'a', schemaHash: 'between' },
        { ...rebuild, tag: '0002_half', hash: 'b' },
        { ...rebuild, tag: '0003_more', hash: 'c', schemaHash: 'more', statements: ['CREATE TABLE more (a)'] },
      ];
      const bundle = bundleOf(newModel, init, ...parts);
      for (let start = 0; start < 2; start++) expect(await migratorOf(shard, newModel, bundle).migrate()).toBeNull();
      expect(shard.rows('SELECT tag, skipped, superseded FROM _migrations ORDER BY seq')).toEqual([
        ['0000_init', 0, 0],
        ['0001_rebuild', 0, 1],
        ['0001_half', 1, 0],
        ['0002_half', 1, 0],
        ['0003_more', 0, 0],
      ]);
    });
  });

  it("tries a plan, another release's too, without leaving a trace", async () => {
    await inOldRelease(async (shard) => {
      const everything = () => [
        content(shard),
        shard.rows('SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2'),
        shard.rows('SELECT * FROM _migrations'),
      ];
      const before = everything();
      const migrator = migratorOf(shard, oldModel, oldBundle);
      const plan = migrationPlan(newBundle, newModel);
      expect(await migrator.check(plan)).toEqual({
        state: 'PENDING',
        last: '0000_init',
        pending: ['0001_rebuild'],
        skipped: [],
        problems: [],
      });
      expect(await migrator.apply(plan.id)).toBeNull();
      expect(everything()).toEqual(before);
    });
  });

  it('refuses a model that was changed without a migration, naming the remedy', async () => {
    await inOldRelease(async (shard) => {
      const error = await migratorOf(shard, newModel, oldBundle).migrate();
      expect(error).toMatchObject({ code: 'MIGRATION_FAILED' });
      expect(error!.message).toContain('npm run db:generate');
    });
  });

  it('makes triggers anew when their text has changed, and leaves them alone when it has not', async () => {
    await inOldRelease(async (shard) => {
      const triggers = () =>
        shard.rows("SELECT rowid, name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name");
      const before = triggers();
      // Of two tables, and of the end of the log.
      expect(before).toHaveLength(2 * 4 + 1);
      await migratorOf(shard, oldModel, oldBundle).migrate();
      expect(triggers()).toEqual(before);
      shard.sql.exec('DROP TRIGGER _log_insert_parents');
      shard.sql.exec('CREATE TRIGGER _log_insert_parents AFTER INSERT ON parents BEGIN SELECT 1; END');
      shard.sql.exec('CREATE TRIGGER _log_insert_gone AFTER INSERT ON parents BEGIN SELECT 1; END');
      // As another release leaves it.
      shard.sql.exec("UPDATE _system SET installed = 'another'");
      await migratorOf(shard, oldModel, oldBundle).migrate();
      expect(triggers().map(([, name, sql]) => [name, sql])).toEqual(before.map(([, name, sql]) => [name, sql]));
    });
  });
});
