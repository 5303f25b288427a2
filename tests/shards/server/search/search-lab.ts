/** Tables for tests of full-text indexes: odd names, row ids beyond 2^53, and foreign-key actions on indexed columns. */
import { foreignKey, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { int64 } from '../../../../src/model/columns.ts';
import { defineModel } from '../../../../src/model/define-model.ts';
import { physicalHash } from '../../../../src/model/physical.ts';
import type { MigrationBundle } from '../../../../src/model/types.ts';

const folders = sqliteTable(
  'folders',
  { tenant: text().notNull(), id: text().notNull(), parent: text(), title: text(), rank: text() },
  (t) => [
    primaryKey({ columns: [t.tenant, t.id] }),
    foreignKey({ columns: [t.tenant, t.parent], foreignColumns: [t.tenant, t.id] }).onDelete('cascade'),
  ],
);

const pages = sqliteTable(
  "odd pages' data",
  { tenant: text().notNull(), id: text().notNull(), tag: text(), body: text('the body'), oid: text('rowid') },
  (t) => [primaryKey({ columns: [t.tenant, t.id] })],
);

/** The key is the row id. */
const stones = sqliteTable('stones', { id: int64().primaryKey(), inscription: text() });

export const searchLabModel = defineModel({
  Folder: { table: folders, shardKey: 'tenant', search: ['title', 'rank'] },
  Page: { table: pages, shardKey: 'tenant', list: 'pages', search: ['body', 'tag'] },
  Stone: { table: stones, shardKey: 'id', search: ['inscription'] },
});

export const searchLabBundle: MigrationBundle = {
  physicalHash: physicalHash(searchLabModel),
  migrations: [
    {
      tag: '0000_lab',
      hash: 'lab',
      schemaHash: 'lab',
      renames: [],
      checks: [],
      reverts: null,
      statements: [
        `CREATE TABLE folders (
          tenant TEXT NOT NULL, id TEXT NOT NULL, parent TEXT, title TEXT, rank TEXT UNIQUE,
          _version INTEGER NOT NULL DEFAULT 0,
          PRIMARY KEY (tenant, id),
          FOREIGN KEY (tenant, parent) REFERENCES folders (tenant, id) ON DELETE CASCADE
        )`,
        `CREATE TABLE "odd pages' data" (
          tenant TEXT NOT NULL, id TEXT NOT NULL,
          tag TEXT REFERENCES folders (rank) ON DELETE SET NULL ON UPDATE CASCADE,
          "the body" TEXT, rowid TEXT, _version INTEGER NOT NULL DEFAULT 0,
          PRIMARY KEY (tenant, id)
        )`,
        'CREATE TABLE stones (id INTEGER PRIMARY KEY NOT NULL, inscription TEXT, _version INTEGER NOT NULL DEFAULT 0)',
      ],
    },
  ],
};
