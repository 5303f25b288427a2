/** Tables for tests of the log: every affinity, a collation that ignores case, and every foreign-key action. */
import { sql } from 'drizzle-orm';
import { blob, foreignKey, integer, numeric, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { int64 } from '../../../../src/model/columns.ts';
import { defineModel } from '../../../../src/model/define-model.ts';
import { physicalHash } from '../../../../src/model/physical.ts';
import type { MigrationBundle } from '../../../../src/model/types.ts';

const nodes = sqliteTable(
  'nodes',
  {
    tenant: text().notNull(),
    id: text().notNull(),
    parent: text(),
    uid: text(),
    label: text(),
    count: integer(),
    big: int64(),
    amount: real(),
    price: numeric(),
    data: blob(),
    doubled: integer().generatedAlwaysAs(sql`count * 2`),
  },
  (t) => [
    primaryKey({ columns: [t.tenant, t.id] }),
    foreignKey({ columns: [t.tenant, t.parent], foreignColumns: [t.tenant, t.id] }).onDelete('cascade'),
  ],
);

const leaves = sqliteTable(
  'odd leaves',
  { tenant: text().notNull(), id: int64().notNull(), nodeUid: text('node_uid'), note: text('a note') },
  (t) => [primaryKey({ columns: [t.tenant, t.id] })],
);

export const logLabModel = defineModel({
  Branch: { table: nodes, shardKey: 'tenant', list: 'branches' },
  Leaf: { table: leaves, shardKey: 'tenant', list: 'leaves' },
});

export const logLabBundle: MigrationBundle = {
  physicalHash: physicalHash(logLabModel),
  migrations: [
    {
      tag: '0000_lab',
      hash: 'lab',
      schemaHash: 'lab',
      renames: [],
      checks: [],
      reverts: null,
      statements: [
        `CREATE TABLE nodes (
          tenant TEXT NOT NULL, id TEXT NOT NULL, parent TEXT, uid TEXT UNIQUE, label TEXT COLLATE NOCASE, count INTEGER,
          big INTEGER, amount REAL, price NUMERIC, data BLOB, doubled INTEGER GENERATED ALWAYS AS (count * 2),
          _version INTEGER NOT NULL DEFAULT 0,
          PRIMARY KEY (tenant, id),
          FOREIGN KEY (tenant, parent) REFERENCES nodes (tenant, id) ON DELETE CASCADE
        )`,
        `CREATE TABLE "odd leaves" (
          tenant TEXT NOT NULL, id INTEGER NOT NULL,
          node_uid TEXT REFERENCES nodes (uid) ON DELETE SET NULL ON UPDATE CASCADE,
          "a note" TEXT, _version INTEGER NOT NULL DEFAULT 0,
          PRIMARY KEY (tenant, id)
        )`,
      ],
    },
  ],
};
