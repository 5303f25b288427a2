/** Tables for tests of undo: every way in which rows exclude, need or follow each other. */
import { sql } from 'drizzle-orm';
import { blob, foreignKey, integer, primaryKey, real, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core';
import { defineModel } from '../../../../src/model/define-model.ts';
import { migrationsOf } from '../../../support/create-tables.ts';

const nodes = sqliteTable(
  'nodes',
  {
    tenant: text().notNull(),
    id: text().notNull(),
    parent: text(),
    partner: text(),
    uid: text(),
    slot: integer(),
    label: text(),
    amount: real(),
    data: blob({ mode: 'buffer' }),
    doubled: integer().generatedAlwaysAs(sql`slot * 2`),
  },
  (t) => [
    primaryKey({ columns: [t.tenant, t.id] }),
    unique('node_uids').on(t.tenant, t.uid),
    unique('node_slots').on(t.tenant, t.slot),
    foreignKey({ columns: [t.tenant, t.parent], foreignColumns: [t.tenant, t.id] }).onDelete('cascade'),
    foreignKey({ columns: [t.tenant, t.partner], foreignColumns: [t.tenant, t.id] }),
  ],
);

const leaves = sqliteTable(
  'odd leaves',
  { tenant: text().notNull(), id: integer().notNull(), nodeUid: text('node_uid'), note: text('a note') },
  (t) => [
    primaryKey({ columns: [t.tenant, t.id] }),
    foreignKey({ columns: [t.tenant, t.nodeUid], foreignColumns: [nodes.tenant, nodes.uid] })
      .onDelete('cascade')
      .onUpdate('cascade'),
  ],
);

/** Its key follows the row that it refers to. */
const twigs = sqliteTable(
  'twigs',
  { tenant: text().notNull(), nodeUid: text('node_uid').notNull(), n: integer().notNull(), note: text() },
  (t) => [
    primaryKey({ columns: [t.tenant, t.nodeUid, t.n] }),
    foreignKey({ columns: [t.tenant, t.nodeUid], foreignColumns: [nodes.tenant, nodes.uid] })
      .onDelete('restrict')
      .onUpdate('cascade'),
  ],
);

export const undoLabModel = defineModel({
  Branch: { table: nodes, shardKey: 'tenant', list: 'branches', search: ['label'] },
  Leaf: { table: leaves, shardKey: 'tenant', list: 'leaves' },
  Twig: { table: twigs, shardKey: 'tenant' },
});

export const undoLabBundle = migrationsOf(undoLabModel);
