/**
 * A model in two releases, of which the next one only adds: a nullable column, one with a default, one that is searched, a table that
 * refers to one of before, indexes.
 */
import { foreignKey, index, integer, primaryKey, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core';
import { defineModel } from '../../../src/model/define-model.ts';
import { physicalHash } from '../../../src/model/physical.ts';
import type { Migration, MigrationBundle, Model } from '../../../src/model/types.ts';

export interface Release {
  readonly model: Model;
  readonly bundle: MigrationBundle;
}

const itemColumns = {
  tenant: text().notNull(),
  id: text().notNull(),
  name: text().notNull(),
  price: integer().notNull(),
};

const modelBefore = (): Model => {
  const items = sqliteTable('items', itemColumns, (t) => [
    primaryKey({ columns: [t.tenant, t.id] }),
    unique().on(t.tenant, t.name),
  ]);
  return defineModel(tablesOf(items), relations);
};

const modelAfter = (): Model => {
  const items = sqliteTable('items', { ...itemColumns, note: text(), stock: integer().notNull().default(7) }, (t) => [
    primaryKey({ columns: [t.tenant, t.id] }),
    unique().on(t.tenant, t.name),
    index('items_by_stock').on(t.tenant, t.stock),
  ]);
  const labels = sqliteTable(
    'labels',
    { tenant: text().notNull(), id: text().notNull(), item: text().notNull(), text: text().notNull() },
    (t) => [
      primaryKey({ columns: [t.tenant, t.id] }),
      unique().on(t.tenant, t.text),
      foreignKey({ columns: [t.tenant, t.item], foreignColumns: [items.tenant, items.id] }).onDelete('cascade'),
    ],
  );
  return defineModel(
    {
      ...tablesOf(items),
      Item: { table: items, shardKey: 'tenant', search: ['name', 'note'] },
      Label: { table: labels, shardKey: 'tenant' },
    },
    ({ one, many }) => ({
      Item: { parts: many.Part(), labels: many.Label() },
      Part: { owner: one.Item() },
      Label: { owner: one.Item() },
    }),
  );
};

// biome-ignore lint/suspicious/noExplicitAny: the same of both, whose types differ.
const tablesOf = (items: any) => {
  const parts = sqliteTable('parts', { tenant: text().notNull(), id: text().notNull(), item: text() }, (t) => [
    primaryKey({ columns: [t.tenant, t.id] }),
    foreignKey({ columns: [t.tenant, t.item], foreignColumns: [items.tenant, items.id] }).onDelete('cascade'),
  ]);
  return {
    Item: { table: items, shardKey: 'tenant', search: ['name'] },
    Part: { table: parts, shardKey: 'tenant' },
  } as const;
};

// biome-ignore lint/suspicious/noExplicitAny: as above.
const relations = ({ one, many }: any) => ({ Item: { parts: many.Part() }, Part: { owner: one.Item() } });

const migration = (tag: string, ...statements: readonly string[]): Migration => ({
  tag,
  hash: `hash of ${tag}`,
  schemaHash: `schema of ${tag}`,
  renames: [],
  checks: [],
  reverts: null,
  statements,
});

const VERSION = '`_version` integer DEFAULT 0 NOT NULL';
const KEY = 'PRIMARY KEY(`tenant`, `id`)';
const OF_ITEM = 'FOREIGN KEY (`tenant`,`item`) REFERENCES `items`(`tenant`,`id`) ON UPDATE no action ON DELETE cascade';

const init = migration(
  '0000_init',
  `CREATE TABLE \`items\` (\`tenant\` text NOT NULL, \`id\` text NOT NULL, \`name\` text NOT NULL, \`price\` integer NOT NULL, ${VERSION}, ${KEY});`,
  `CREATE TABLE \`parts\` (\`tenant\` text NOT NULL, \`id\` text NOT NULL, \`item\` text, ${VERSION}, ${KEY}, ${OF_ITEM});`,
  'CREATE UNIQUE INDEX `items_tenant_name_unique` ON `items` (`tenant`,`name`);',
);

const add = migration(
  '0001_labels',
  'ALTER TABLE `items` ADD `note` text;',
  'ALTER TABLE `items` ADD `stock` integer DEFAULT 7 NOT NULL;',
  'CREATE INDEX `items_by_stock` ON `items` (`tenant`,`stock`);',
  `CREATE TABLE \`labels\` (\`tenant\` text NOT NULL, \`id\` text NOT NULL, \`item\` text NOT NULL, \`text\` text NOT NULL, ${VERSION}, ${KEY}, ${OF_ITEM});`,
  'CREATE UNIQUE INDEX `labels_tenant_text_unique` ON `labels` (`tenant`,`text`);',
);

const releaseOf = (model: Model, ...migrations: readonly Migration[]): Release => ({
  model,
  bundle: { physicalHash: physicalHash(model), migrations },
});

/** The same tables: `items` is made anew. */
const remake = migration(
  '0002_remade',
  'PRAGMA foreign_keys=OFF;',
  `CREATE TABLE \`__new_items\` (\`tenant\` text NOT NULL, \`id\` text NOT NULL, \`name\` text NOT NULL, \`price\` integer NOT NULL, ${VERSION}, \`note\` text, \`stock\` integer DEFAULT 7 NOT NULL, ${KEY});`,
  'INSERT INTO `__new_items`("tenant", "id", "name", "price", "_version", "note", "stock") SELECT "tenant", "id", "name", "price", "_version", "note", "stock" FROM `items`;',
  'DROP TABLE `items`;',
  'ALTER TABLE `__new_items` RENAME TO `items`;',
  'PRAGMA foreign_keys=ON;',
  'CREATE UNIQUE INDEX `items_tenant_name_unique` ON `items` (`tenant`,`name`);',
  'CREATE INDEX `items_by_stock` ON `items` (`tenant`,`stock`);',
);

export const before: Release = releaseOf(modelBefore(), init);
export const after: Release = releaseOf(modelAfter(), init, add);
/** {@link after}, with a table that is rebuilt. */
export const rebuilt: Release = releaseOf(modelAfter(), init, add, remake);
