import { primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { expect, it, vi } from 'vitest';
import { defineModel } from '../../../../src/model/define-model.ts';
import type { Migration, MigrationBundle, Model } from '../../../../src/model/types.ts';
import { Migrator } from '../../../../src/shards/server/migrate/migrator.ts';
import { searchIndexes } from '../../../../src/shards/server/search/search-index.ts';
import { inNewShard, type LabShard } from '../lab-shard.ts';
import { checkIndex } from '../search/index-content.ts';
import { bundleOf } from './migration-lab.ts';

const notes = sqliteTable(
  'notes',
  { tenant: text().notNull(), id: text().notNull(), title: text(), body: text() },
  (t) => [primaryKey({ columns: [t.tenant, t.id] })],
);
const modelWith = (search?: readonly ('title' | 'body')[]): Model =>
  defineModel({ Note: { table: notes, shardKey: 'tenant', ...(search && { search }) } });

const COLUMNS =
  '`tenant` text NOT NULL, `id` text NOT NULL, `title` text, `body` text, `_version` integer DEFAULT 0 NOT NULL, PRIMARY KEY(`tenant`, `id`)';
const migration = (tag: string, ...statements: readonly string[]): Migration => ({
  tag,
  hash: tag,
  schemaHash: tag,
  renames: [],
  checks: [],
  reverts: null,
  statements,
});
const init = migration('0000_init', `CREATE TABLE \`notes\` (${COLUMNS});`);
/** As drizzle-kit does it; the new table's rows get other ids. */
const rebuild = migration(
  '0001_rebuild',
  'PRAGMA foreign_keys=OFF;',
  `CREATE TABLE \`__new_notes\` (${COLUMNS});`,
  'INSERT INTO `__new_notes` SELECT * FROM `notes` ORDER BY id DESC;',
  'DROP TABLE `notes`;',
  'ALTER TABLE `__new_notes` RENAME TO `notes`;',
  'PRAGMA foreign_keys=ON;',
);
const addIndex = migration('0001_index', 'CREATE INDEX `notes_by_title` ON `notes` (`tenant`,`title`);');
const rewrite = migration('0001_rewrite', "UPDATE notes SET title = 'rewritten'");

const plain = modelWith();
const titles = modelWith(['title']);
const ROWS = 12_000;
const FIRST = 'n0';

const fill = (shard: LabShard): void =>
  shard.session.run(
    `INSERT INTO notes (tenant, id, title, body) SELECT 't', 'n' || value, 'title ' || value, 'body ' || value FROM json_each(?)`,
    JSON.stringify([...Array(ROWS).keys()]),
  );

const migrate = (shard: LabShard, model: Model, bundle: MigrationBundle, storage = shard.state.storage) =>
  new Migrator(storage, model, bundle, () => 0).migrate();

/** Ids of the rows that an index finds. */
const find = (shard: LabShard, expression: string): unknown[] =>
  shard
    .rows(
      'SELECT n.id FROM _fts_notes_index f JOIN notes n ON n.rowid = f.rowid WHERE _fts_notes_index MATCH ?',
      expression,
    )
    .flat();

const systemNames = (shard: LabShard) =>
  shard.rows("SELECT name FROM sqlite_master WHERE name LIKE '\\_fts\\_%' ESCAPE '\\'").flat();

it('indexes the rows of a filled table that becomes searchable, its columns when they change, and forgets it again', async () => {
  await inNewShard(plain, bundleOf(plain, init), async (shard) => {
    fill(shard);
    expect(systemNames(shard)).toEqual([]);
    expect(await migrate(shard, titles, bundleOf(titles, init))).toBeNull();
    checkIndex(shard, searchIndexes(titles)[0]!);
    expect(find(shard, '"0"')).toEqual([FIRST]);
    expect(find(shard, 'body')).toEqual([]);

    const both = modelWith(['title', 'body']);
    expect(await migrate(shard, both, bundleOf(both, init))).toBeNull();
    checkIndex(shard, searchIndexes(both)[0]!);
    expect(find(shard, 'body AND "0"')).toEqual([FIRST]);

    expect(await migrate(shard, plain, bundleOf(plain, init))).toBeNull();
    expect(systemNames(shard)).toEqual([]);
  });
});

it.each([
  { change: 'rebuilds its table', next: rebuild, isMadeAnew: true },
  { change: 'changes rows', next: rewrite, isMadeAnew: true },
  { change: 'does neither', next: addIndex, isMadeAnew: false },
])('keeps an index right through a migration that $change (made anew: $isMadeAnew)', async ({ next, isMadeAnew }) => {
  await inNewShard(titles, bundleOf(titles, init), async (shard) => {
    fill(shard);
    shard.session.run('UPDATE _search SET indexed_to = -1');
    expect(await migrate(shard, titles, bundleOf(titles, init, next))).toBeNull();
    checkIndex(shard, searchIndexes(titles)[0]!);
    expect(shard.value('SELECT indexed_to FROM _search')).toBe(isMadeAnew ? ROWS : -1);
    expect(find(shard, next === rewrite ? 'rewritten' : 'title')).toHaveLength(ROWS);
    shard.session.run("INSERT INTO notes (tenant, id, title) VALUES ('t', 'new', 'later')");
    expect(find(shard, 'later')).toEqual(['new']);
  });
});

it('F42: goes on where it was when it is killed while it indexes', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  await inNewShard(plain, bundleOf(plain, init), async (shard) => {
    fill(shard);
    const { storage } = shard.state;
    let transactions = 0;
    const failing = {
      sql: storage.sql,
      sync: () => storage.sync(),
      transactionSync: (work: () => unknown) => {
        if (++transactions > 3) throw new Error('killed');
        return storage.transactionSync(work);
      },
    } as unknown as DurableObjectStorage;
    expect((await migrate(shard, titles, bundleOf(titles, init), failing))?.code).toBe('MIGRATION_FAILED');
    const [[indexedTo, isComplete]] = shard.rows('SELECT indexed_to, is_complete FROM _search') as [[number, number]];
    expect([indexedTo > 0, isComplete]).toEqual([true, 0]);
    expect(await migrate(shard, titles, bundleOf(titles, init))).toBeNull();
    expect(shard.rows('SELECT indexed_to, is_complete FROM _search')).toEqual([[ROWS, 1]]);
    checkIndex(shard, searchIndexes(titles)[0]!);
  });
  vi.restoreAllMocks();
});
