/** A table that others refer to with ON DELETE CASCADE, in two releases; drizzle-kit's statements from one to the other. */
import { foreignKey, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineModel } from '../../../../src/model/define-model.ts';
import { physicalHash } from '../../../../src/model/physical.ts';
import type { Migration, MigrationBundle, Model } from '../../../../src/model/types.ts';

interface Options {
  readonly title: 'nullable' | 'required';
  readonly search?: readonly ['title'];
  readonly note?: true;
}

function makeModel(options: Options): Model {
  const parents = sqliteTable(
    'parents',
    {
      tenant: text().notNull(),
      id: text().notNull(),
      title: options.title === 'required' ? text().notNull().default('untitled') : text(),
      ...(options.note && { note: text() }),
    },
    (t) => [primaryKey({ columns: [t.tenant, t.id] })],
  );
  const children = sqliteTable('children', { tenant: text().notNull(), id: text().notNull(), parent: text() }, (t) => [
    primaryKey({ columns: [t.tenant, t.id] }),
    foreignKey({ columns: [t.tenant, t.parent], foreignColumns: [parents.tenant, parents.id] }).onDelete('cascade'),
  ]);
  return defineModel({
    Parent: { table: parents, shardKey: 'tenant', ...(options.search && { search: options.search }) },
    Child: { table: children, shardKey: 'tenant', list: 'children' },
  });
}

export const oldModel = makeModel({ title: 'nullable' });
/** The old one, whose titles are searched. */
export const searchedModel = makeModel({ title: 'nullable', search: ['title'] });
/** The old one, with a column more. */
export const notedModel = makeModel({ title: 'nullable', note: true });
export const newModel = makeModel({ title: 'required' });

export const init: Migration = {
  tag: '0000_init',
  hash: 'hash of 0000',
  schemaHash: 'schema of 0000',
  renames: [],
  checks: [],
  reverts: null,
  statements: [
    `CREATE TABLE \`parents\` (
      \`tenant\` text NOT NULL, \`id\` text NOT NULL, \`title\` text, \`_version\` integer DEFAULT 0 NOT NULL,
      PRIMARY KEY(\`tenant\`, \`id\`)
    );`,
    `CREATE TABLE \`children\` (
      \`tenant\` text NOT NULL, \`id\` text NOT NULL, \`parent\` text, \`_version\` integer DEFAULT 0 NOT NULL,
      PRIMARY KEY(\`tenant\`, \`id\`),
      FOREIGN KEY (\`tenant\`,\`parent\`) REFERENCES \`parents\`(\`tenant\`,\`id\`) ON UPDATE no action ON DELETE cascade
    );`,
  ],
};

export const rebuild: Migration = {
  tag: '0001_rebuild',
  hash: 'hash of 0001',
  schemaHash: 'schema of 0001',
  renames: [],
  checks: [],
  reverts: null,
  statements: [
    'PRAGMA foreign_keys=OFF;',
    `CREATE TABLE \`__new_parents\` (
      \`tenant\` text NOT NULL, \`id\` text NOT NULL, \`title\` text DEFAULT 'untitled' NOT NULL,
      \`_version\` integer DEFAULT 0 NOT NULL, PRIMARY KEY(\`tenant\`, \`id\`)
    );`,
    'INSERT INTO `__new_parents`("tenant", "id", "title", "_version") SELECT "tenant", "id", "title", "_version" FROM `parents`;',
    'DROP TABLE `parents`;',
    'ALTER TABLE `__new_parents` RENAME TO `parents`;',
    'PRAGMA foreign_keys=ON;',
  ],
};

/** {@link rebuild}, edited: rows without a title do not stop it. */
export const mendedRebuild: Migration = {
  ...rebuild,
  hash: 'hash of 0001, edited',
  statements: ["UPDATE parents SET title = 'mended' WHERE title IS NULL;", ...rebuild.statements],
};

/** Takes {@link rebuild} back. */
export const rebuildBack: Migration = {
  tag: '0002_back',
  hash: 'hash of 0002',
  schemaHash: init.schemaHash,
  renames: [],
  checks: [],
  reverts: rebuild.tag,
  statements: rebuild.statements.map((statement) =>
    statement.replace("`title` text DEFAULT 'untitled' NOT NULL", '`title` text'),
  ),
};

export const bundleOf = (model: Model, ...migrations: readonly Migration[]): MigrationBundle => ({
  physicalHash: physicalHash(model),
  migrations,
});
