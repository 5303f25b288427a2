import { describe, expect, it } from 'vitest';
import { migrationPlan } from '../../../../../src/shards/migration-plan.ts';
import type { MigrationProblem } from '../../../../../src/shards/migration-report.ts';
import type { Pending } from '../../../../../src/shards/server/migrate/history.ts';
import { pendingMigrations } from '../../../../../src/shards/server/migrate/history.ts';
import {
  DEFAULT_REBUILD_LIMITS,
  type RebuildLimits,
  RebuildSteps,
} from '../../../../../src/shards/server/migrate/rebuild/rebuild-steps.ts';
import { STEP_BYTES } from '../../../../../src/shards/server/migrate/rebuild/rows-that-fit.ts';
import { withoutOwnTriggers } from '../../../../../src/shards/server/recovery/own-triggers.ts';
import { readMigrations } from '../../../../../src/shards/server/tables/migrations-table.ts';
import { inNewShard, type LabShard } from '../../lab-shard.ts';
import { bundleOf } from '../migration-lab.ts';
import {
  create,
  first,
  INDEXED,
  migrate,
  migratorOf,
  next,
  nextBundle,
  nextModel,
  nextPlan,
  oldBundle,
  oldModel,
  RELEASES,
  releaseOf,
  remove,
  SMALL,
  update,
} from './rebuild-lab.ts';

const old = [oldModel, oldBundle] as const;

/** A shard of the release before with twenty rows. */
const inOldRelease = (test: (shard: LabShard) => Promise<void>) =>
  inNewShard(oldModel, oldBundle, async (shard) => {
    shard.write('t:t', [create('Shop', 's', {})]);
    for (let at = 10; at < 30; at++) {
      shard.write('t:t', [create('Item', `i${at}`, { name: `n${at}`, amount: at, note: 'x', shop: 's' })]);
    }
    await test(shard);
  });

/** Works as the release before until there is no more to copy, or it cannot. */
async function copyAll(shard: LabShard, limits = SMALL) {
  for (;;) {
    const worked = await migratorOf(shard, old, limits).work(nextPlan);
    if (worked.state !== 'COPYING') return worked;
  }
}

const copies = (shard: LabShard) =>
  shard
    .rows("SELECT name FROM sqlite_master WHERE name LIKE '\\_\\_%' ESCAPE '\\' OR name LIKE '\\_copy%' ESCAPE '\\'")
    .flat();

describe('a large table that is rebuilt', () => {
  it('is copied while the release before serves; status tells how far that is, and changes nothing', async () => {
    await inOldRelease(async (shard) => {
      const release = migratorOf(shard, old);
      expect(await release.migrate()).toBeNull();
      const untouched = await release.check(nextPlan);
      expect(untouched).toMatchObject({
        state: 'COPYING',
        progress: { table: 'items', copied: { rows: 0, share: 0 } },
      });
      expect(copies(shard)).toEqual([]);
      const steps: number[] = [];
      for (let state = untouched; state.state === 'COPYING'; state = await release.check(nextPlan)) {
        steps.push(state.progress!.copied!.rows);
        // As one step of many: the clock does not wait for the second that a call has.
        const work = release.work(nextPlan);
        expect(release.isReady || (await release.migrate()) === null).toBe(true);
        expect(shard.write('t:t', [update('Item', 'i10', { note: `${steps.length}` })])).toMatchObject({
          status: 'OK',
        });
        await work;
      }
      expect(await release.check(nextPlan)).toMatchObject({ state: 'PENDING', pending: ['0001_next'] });
      expect(shard.rows('SELECT typeof(amount) FROM items LIMIT 1')).toEqual([['integer']]);
      expect(await migrate(shard)).toMatchObject({ state: 'UP_TO_DATE' });
      expect(shard.rows("SELECT amount, typeof(amount), note FROM items WHERE id = 'i10'")).toEqual([
        [10, 'real', `${steps.length}`],
      ]);
      expect(copies(shard)).toEqual([]);
    });
  });

  it('has its references indexed in the copy: a row that others may refer to goes without a look at all rows', async () => {
    await inOldRelease(async (shard) => {
      shard.write('t:t', [create('Shop', 'none', {})]);
      await copyAll(shard);
      expect(copies(shard)).toContain('__reference_0_items');
      for (let at = 0; at < 500; at++)
        shard.write('t:t', [create('Item', `more${at}`, { name: `m${at}`, note: 'x', shop: 's' })]);
      await copyAll(shard);
      const gone = shard.sql.exec("DELETE FROM shops WHERE id = 'none'");
      gone.toArray();
      expect(gone.rowsRead).toBeLessThan(50);
      await migrate(shard);
      expect(copies(shard)).toEqual([]);
    });
  });

  const CHECK = (name: string) => `CONSTRAINT "has_id" CHECK("${name}"."id" <> '')`;
  const INDEX = 'CREATE UNIQUE INDEX `items_open` ON `items` (`tenant`,`note`) WHERE "items"."note" > \'y\';';
  const withCheck = (sql: string) => {
    const name = /^CREATE TABLE `(items|__new_items)`/.exec(sql)?.[1];
    return name === undefined ? sql : sql.replace('FOREIGN KEY', `${CHECK(name)}, FOREIGN KEY`);
  };
  const keepsValues = (sql: string) =>
    sql
      .replace('CAST("amount" AS REAL), coalesce("note", \'none\')', '"amount", "note"')
      .replace('`amount` real', '`amount` integer');

  // As drizzle-kit writes checks, and conditions of indexes: SQLite renames none of these without what refers to the table.
  it.each([
    ['before and after, and keeps its values', withCheck, (sql: string) => keepsValues(withCheck(sql)), 'COPYING'],
    ['before alone, and keeps its values', withCheck, keepsValues, 'COPYING'],
    ['after alone', (sql: string) => sql, withCheck, 'COPYING'],
    ['before, and changes its values', withCheck, withCheck, 'COPYING'],
  ])('has a check that names the table %s', async (_, before, after, state) => {
    const made = { ...first, statements: [...first.statements.map(before), INDEX] };
    const rebuilt = { ...next, statements: [...next.statements.map(after), INDEX] };
    const bundle = bundleOf(nextModel, made, rebuilt);
    const plan = migrationPlan(bundle, nextModel);
    await inNewShard(oldModel, bundleOf(oldModel, made), async (shard) => {
      shard.write('t:t', [create('Shop', 's', {})]);
      for (let at = 0; at < 9; at++)
        shard.write('t:t', [create('Item', `i${at}`, { name: `n${at}`, note: 'x', shop: 's' })]);
      shard.write('t:t', [create('Part', 'p', { item: 'i1' })]);
      expect(await migratorOf(shard, old).check(plan)).toMatchObject({ state });
      for (let worked = state; worked === 'COPYING'; ) worked = (await migratorOf(shard, old).work(plan)).state;
      expect(await migratorOf(shard, old).check(plan)).toMatchObject({ state: 'PENDING', problems: [] });
      let applied = await migratorOf(shard, [nextModel, bundle]).apply(plan.id);
      while (applied?.state === 'SETTLING') applied = await migratorOf(shard, [nextModel, bundle]).apply(plan.id);
      expect(applied).toMatchObject({ state: 'UP_TO_DATE' });
      expect(copies(shard)).toEqual([]);
      const insert = () => shard.sql.exec("INSERT INTO items (tenant, id, note) VALUES ('t', '', 'x')").toArray();
      if (after !== keepsValues) expect(insert).toThrow(/CHECK constraint failed: has_id/);
      expect(shard.value("SELECT count(*) FROM sqlite_master WHERE name = 'items_open'")).toBe(1);
      shard.sql.exec("DELETE FROM items WHERE id = 'i1'");
      expect(shard.value('SELECT count(*) FROM parts')).toBe(0);
      expect(shard.rows('PRAGMA foreign_key_check')).toEqual([]);
    });
  });

  it('is rebuilt in one transaction if it is small', async () => {
    await inOldRelease(async (shard) => {
      expect(await migratorOf(shard, old, {}).check(nextPlan)).toMatchObject({ state: 'PENDING' });
      const applied = await migratorOf(shard, [nextModel, nextBundle], {}).apply(nextPlan.id);
      expect(applied).toMatchObject({ state: 'UP_TO_DATE' });
    });
  });

  it.each([
    ['a value is missing', create('Item', 'bad', { shop: null, note: null }), 'NOT_NULL', 'note'],
    ['a key is taken', create('Item', 'bad', { name: 'n17', note: 'x' }), 'UNIQUE', 'tenant, name'],
  ])('stops where %s, and goes on once the release before has mended it', async (_, bad, kind, constraint) => {
    const copied = 'coalesce("note", \'none\')';
    const strict = { ...next, hash: 'strict', statements: next.statements.map((sql) => sql.replace(copied, '"note"')) };
    const plan = migrationPlan(bundleOf(nextModel, first, strict), nextModel);
    await inOldRelease(async (shard) => {
      shard.write('t:t', [bad]);
      let worked = await migratorOf(shard, old).work(plan);
      while (worked.state === 'COPYING') worked = await migratorOf(shard, old).work(plan);
      expect(worked).toMatchObject({ state: 'REFUSED', pending: ['0001_next'] });
      const { message, ...problem } = worked.problems[0]!;
      expect(problem).toMatchObject({ kind, constraint, table: 'items', rows: null, tag: '0001_next', statement: 3 });
      expect(problem.keys).toContainEqual({ tenant: 't', id: 'bad' });
      expect(message).toMatch(/^Expected (every row|rows) of items /);
      expect(shard.write('t:t', [remove('Item', 'bad')])).toMatchObject({ status: 'OK' });
      worked = await migratorOf(shard, old).work(plan);
      while (worked.state === 'COPYING') worked = await migratorOf(shard, old).work(plan);
      expect(worked).toMatchObject({ state: 'PENDING', problems: [] });
    });
  });

  it('is copied in steps of few bytes, however many rows a step had before large ones came', async () => {
    await inOldRelease(async (shard) => {
      for (let at = 0; at < 200; at++) shard.write('t:t', [create('Item', `j${at}`, { name: `j${at}`, note: 'x' })]);
      const large = 'x'.repeat(1_500_000);
      for (let at = 0; at < 12; at++) shard.write('t:t', [create('Item', `k${at}`, { name: `k${at}`, note: large })]);
      const pending = pendingMigrations(nextPlan.migrations, readMigrations(shard.session)) as Pending;
      const limits = { ...DEFAULT_REBUILD_LIMITS, rowsAtOnce: 100, lastRows: 2 };
      const steps = new RebuildSteps(
        shard.state.storage,
        oldModel,
        () => 0,
        limits,
        () => {},
      );
      const sizes: number[][] = [];
      const copied = () => shard.rows('SELECT octet_length(note) FROM __copy_items ORDER BY _rowid_').flat();
      for (let before = 0; (await steps.copyNext(pending)) >= 0 && (copied().length > before || before === 0); ) {
        sizes.push(copied().slice(before) as number[]);
        before = copied().length;
      }
      expect(sizes.flat().length).toBeGreaterThanOrEqual(230);
      expect(Math.max(...sizes.map((step) => step.length))).toBeGreaterThan(50);
      const bytes = sizes.map((step) => step.reduce((sum, length) => sum + length, 0));
      expect(Math.max(...bytes)).toBeLessThanOrEqual(STEP_BYTES + large.length);
      expect(await migrate(shard)).toMatchObject({ state: 'UP_TO_DATE' });
      expect(shard.value('SELECT count(*) FROM items WHERE octet_length(note) = 1500000')).toBe(12);
    });
  });

  it('is large by its bytes too', async () => {
    await inOldRelease(async (shard) => {
      const check = (bytesAtOnce: number) => migratorOf(shard, old, { bytesAtOnce }).check(nextPlan);
      expect(await check(1_000)).toMatchObject({ state: 'PENDING' });
      shard.write('t:t', [create('Item', 'large', { name: 'large', note: 'x'.repeat(2_000) })]);
      expect(await check(1_000)).toMatchObject({ state: 'PENDING' });
      shard.write('t:t', [create('Item', 'other', { name: 'other', note: 'x' })]);
      expect(await check(1_000)).toMatchObject({ state: 'COPYING' });
      expect(await check(1_000_000)).toMatchObject({ state: 'PENDING' });
    });
  });

  it('is copied no further once the shard is full, which is told as what it is; with room again it goes on', async () => {
    await inOldRelease(async (shard) => {
      const full = { ...SMALL, fullBytes: 1 };
      expect(await copyAll(shard, full)).toMatchObject({
        state: 'REFUSED',
        problems: [
          { kind: 'FULL', table: 'items', message: expect.stringMatching(/^Expected room for a copy of items/) },
        ],
      });
      expect(shard.write('t:t', [create('Item', 'i40', { name: 'n40', note: 'x' })])).toMatchObject({ status: 'OK' });
      expect(await copyAll(shard)).toMatchObject({ state: 'PENDING' });
    });
  });

  it('loses no change that a restore makes, which takes other triggers away', async () => {
    await inOldRelease(async (shard) => {
      await copyAll(shard);
      shard.sql.exec('CREATE TRIGGER own AFTER UPDATE ON shops BEGIN SELECT 1; END');
      shard.state.storage.transactionSync(() =>
        withoutOwnTriggers(shard.session, () =>
          shard.session.run("UPDATE items SET note = 'restored' WHERE id = 'i12'"),
        ),
      );
      shard.sql.exec('DROP TRIGGER own');
      await migrate(shard);
      expect(shard.value("SELECT note FROM items WHERE id = 'i12'")).toBe('restored');
    });
  });

  it('is not copied any more, and the copy is gone, once another migration is in the place', async () => {
    await inOldRelease(async (shard) => {
      await copyAll(shard);
      expect(copies(shard)).not.toEqual([]);
      const simple = { ...next, hash: 'other', statements: ['ALTER TABLE items ADD COLUMN more text;'] };
      await migratorOf(shard, old).work(migrationPlan(bundleOf(nextModel, first, simple), nextModel));
      expect(copies(shard)).toEqual([]);
      expect(shard.write('t:t', [update('Item', 'i10', { note: 'y' })])).toMatchObject({ status: 'OK' });
    });
  });

  it.each([
    [
      'a key is made of other values',
      next.statements[2]!.replace('SELECT "tenant", "id"', 'SELECT "tenant", lower("id")'),
    ],
    ['rows are left out', next.statements[2]!.replace('FROM `items`;', "FROM `items` WHERE id <> 'i10';")],
    ['rows are looked at together', next.statements[2]!.replace('CAST("amount" AS REAL)', 'sum("amount") OVER ()')],
  ])('is rebuilt in one transaction if %s', async (_, copy) => {
    const statements = next.statements.map((sql, at) => (at === 2 ? copy : sql));
    const plan = migrationPlan(bundleOf(nextModel, first, { ...next, statements }), nextModel);
    await inOldRelease(async (shard) => {
      expect(await migratorOf(shard, old).check(plan)).toMatchObject({ state: 'PENDING' });
      expect(copies(shard)).toEqual([]);
    });
  });

  it('has its indexes from the beginning if it is very large: by other names, which all that names them understands', async () => {
    const { indexes } = RELEASES;
    const present = (shard: LabShard) =>
      shard
        .rows(
          "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'items' AND sql IS NOT NULL ORDER BY 1",
        )
        .flat();
    await inOldRelease(async (shard) => {
      expect(await migrate(shard, shard.state.storage, INDEXED, indexes)).toMatchObject({ state: 'UP_TO_DATE' });
      expect(present(shard)).toEqual(['__1_items_by_amount', '__1_items_by_shop', 'items_by_name']);
      expect(copies(shard).toSorted()).toEqual(['__1_items_by_amount', '__1_items_by_shop']);
      const found = 'SELECT count(*) FROM items INDEXED BY "items_by_shop" WHERE tenant = ? AND shop = ?';
      expect(shard.session.rows(found, 't', 's')).toEqual([[20]]);
      expect(() => shard.session.rows('SELECT 1 FROM items INDEXED BY "no_such_index"')).toThrow(/no such index/);

      // Migrations that follow: by one transaction, and by another copy, whose indexes have the names of before.
      const { bundle } = indexes;
      const dropped = {
        ...next,
        tag: '0002_dropped',
        hash: 'dropped',
        schemaHash: 'dropped',
        statements: ['DROP INDEX `items_by_amount`;'],
      };
      const third = bundleOf(indexes.model, ...bundle.migrations, dropped);
      expect(await migratorOf(shard, [indexes.model, third], INDEXED).migrate()).toBeNull();
      expect(present(shard)).toEqual(['__1_items_by_shop', 'items_by_name']);
      const again = {
        ...next,
        tag: '0003_again',
        hash: 'again',
        schemaHash: 'again',
        statements: ["UPDATE items SET note = 'y';"],
      };
      const fourth = bundleOf(indexes.model, ...bundle.migrations, dropped, again);
      const plan = migrationPlan(fourth, indexes.model);
      expect(
        await migrate(shard, shard.state.storage, INDEXED, { model: indexes.model, bundle: fourth, plan }),
      ).toMatchObject({ state: 'UP_TO_DATE' });
      expect(present(shard)).toEqual(['__1_items_by_name', 'items_by_shop']);
      expect(shard.session.rows(found, 't', 's')).toEqual([[20]]);
      expect(shard.rows('SELECT DISTINCT note FROM items')).toEqual([['y']]);
    });
  });

  it.each([
    ['by name', 'CREATE UNIQUE INDEX `items_by_name` ON `items` (`tenant`,`name`);', 'items_by_name'],
    ['by an expression', 'CREATE UNIQUE INDEX `by_upper` ON `items` (`tenant`,upper("name"));', 'by_upper'],
  ])(
    'is told to have rows that a unique index does not take, as its statement would be: %s',
    async (_, index, constraint) => {
      const release = releaseOf(oldModel, ["UPDATE items SET note = 'y';", index]);
      await inOldRelease(async (shard) => {
        shard.write('t:t', [create('Item', 'bad', { name: 'n17', note: 'x' })]);
        for (const limits of [SMALL, INDEXED]) {
          const { state, problems } = await migrate(shard, shard.state.storage, limits, release);
          expect(state).toBe('REFUSED');
          const [{ keys, message, ...problem }] = problems as [MigrationProblem];
          expect(problem).toMatchObject({
            kind: 'UNIQUE',
            table: 'items',
            constraint,
            statement: 2,
            statements: 2,
            rows: null,
          });
          expect(problem.sql).toMatch(/^CREATE UNIQUE INDEX/);
          expect(keys).toContainEqual({ tenant: 't', id: 'bad' });
          expect(message).toMatch(/^Expected rows of items that differ in tenant, /);
          await migratorOf(shard, old, limits).work(migrationPlan(oldBundle, oldModel));
          expect(copies(shard)).toEqual([]);
        }
      });
    },
  );

  it('is not copied for the sake of few rows that change, nor for an index that is made quickly', async () => {
    await inOldRelease(async (shard) => {
      const check = (statement: string, limits: Partial<RebuildLimits>) =>
        migratorOf(shard, old, limits).check(releaseOf(oldModel, [statement]).plan);
      const limits = { ...SMALL, rowsAtOnce: 10, rowsIndexedAtOnce: 20 };
      expect(await check("UPDATE items SET note = 'y' WHERE amount < 20", limits)).toMatchObject({ state: 'PENDING' });
      expect(await check("UPDATE items SET note = 'y' WHERE amount < 21", limits)).toMatchObject({ state: 'COPYING' });
      expect(await check('CREATE INDEX more ON items (note)', limits)).toMatchObject({ state: 'PENDING' });
      shard.write('t:t', [create('Item', 'i30', { name: 'n30', note: 'x' })]);
      expect(await check('CREATE INDEX more ON items (note)', limits)).toMatchObject({ state: 'COPYING' });
    });
  });

  it('is told, with about how long that takes, if it is changed at once', async () => {
    await inOldRelease(async (shard) => {
      const check = (...statements: readonly string[]) =>
        migratorOf(shard, old, { rowsIndexedAtOnce: 10 }).check(releaseOf(oldModel, statements).plan);
      const byTime = "UPDATE items SET note = current_timestamp WHERE id = 'i10'";
      expect(await check(byTime)).not.toHaveProperty('atOnce');
      shard.sql.exec("INSERT INTO items (_rowid_, tenant, id, name, note) VALUES (3000000, 't', 'last', 'last', 'x')");
      const atOnce = [{ table: 'items', rows: 3_000_000, seconds: 60 }];
      expect(await check(byTime)).toMatchObject({ state: 'PENDING', atOnce });
      expect(await check("DELETE FROM shops WHERE id = 'none'")).not.toHaveProperty('atOnce');
      expect(await check("INSERT INTO shops SELECT tenant, 'x' || id, 0 FROM items")).toMatchObject({ atOnce });
      expect(await check('ALTER TABLE items ADD COLUMN more text')).not.toHaveProperty('atOnce');
      const indexes = ['a', 'b'].map((name) => `CREATE INDEX ${name} ON items (note)`);
      const few = { rowsAtOnce: 5, rowsIndexedAtOnce: 60 };
      const indexed = (...made: readonly string[]) => migratorOf(shard, old, few).check(releaseOf(oldModel, made).plan);
      expect(await indexed(...indexes)).toMatchObject({ state: 'PENDING', atOnce: [{ rows: 3_000_000, seconds: 18 }] });
      expect(await indexed(...indexes, 'CREATE INDEX c ON items (name)')).toMatchObject({ state: 'COPYING' });
    });
  });

  it('refuses requests of the next release at once, to be tried again', async () => {
    await inOldRelease(async (shard) => {
      const release = migratorOf(shard, [nextModel, nextBundle]);
      const refused = await release.migrate();
      expect(refused).toMatchObject({ code: 'SHARD_UNAVAILABLE', details: { retryable: true, retryAfterMs: 5_000 } });
      expect(refused!.message).toMatch(/is migrating/);
      await expect.poll(() => release.migrate(), { timeout: 10_000 }).toBeNull();
      expect(shard.value('SELECT typeof(amount) FROM items LIMIT 1')).toBe('real');
    });
  });
});
