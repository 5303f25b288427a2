/**
 * Notes with a full-text index, and marks that go with their note, in any number of releases: an odd one rebuilds the table of
 * notes, an even one adds a column to it, and an index of that. So the rows are copied each time, and their full-text index is made anew.
 */
import { foreignKey, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineModel } from '../../../src/model/define-model.ts';
import { physicalHash } from '../../../src/model/physical.ts';
import type { Migration, MigrationBundle, Model } from '../../../src/model/types.ts';

export interface Release {
  readonly model: Model;
  readonly migrations: MigrationBundle;
}

/** The last release, of those up to this one, before which nothing of the past can be known any more; 0: none. */
export const lastRebuild = (release: number): number => (release % 2 === 1 ? release : Math.max(0, release - 1));

/** What a note without a title gets. */
export const defaultTitle = (release: number): string => `untitled since ${lastRebuild(release)}`;

/** Columns that releases have added, each with the number of its release as default. */
export const addedColumns = (release: number): readonly number[] =>
  Array.from({ length: Math.floor(release / 2) }, (_, at) => 2 * (at + 1));

export function releaseOf(release: number): Release {
  const model = modelOf(release);
  const migrations = Array.from({ length: release + 1 }, (_, at) => migrationTo(at));
  return { model, migrations: { physicalHash: physicalHash(model), migrations } };
}

function modelOf(release: number): Model {
  const notes = sqliteTable(
    'notes',
    {
      tenant: text().notNull(),
      id: text().notNull(),
      title: text().notNull().default(defaultTitle(release)),
      body: text().notNull(),
      count: integer().notNull().default(0),
      ...Object.fromEntries(addedColumns(release).map((added) => [`c${added}`, integer().notNull().default(added)])),
    },
    (t) => [primaryKey({ columns: [t.tenant, t.id] })],
  );
  const marks = sqliteTable(
    'marks',
    { tenant: text().notNull(), id: text().notNull(), note: text().notNull() },
    (t) => [
      primaryKey({ columns: [t.tenant, t.id] }),
      foreignKey({ columns: [t.tenant, t.note], foreignColumns: [notes.tenant, notes.id] }).onDelete('cascade'),
    ],
  );
  return defineModel({
    Note: { table: notes, shardKey: 'tenant', search: ['title', 'body'] },
    Mark: { table: marks, shardKey: 'tenant' },
  });
}

function migrationTo(release: number): Migration {
  return {
    tag: `${String(release).padStart(4, '0')}_release`,
    hash: `hash of ${release}`,
    schemaHash: `schema of ${release}`,
    renames: [],
    checks: [],
    reverts: null,
    statements: statementsTo(release),
  };
}

function statementsTo(release: number): readonly string[] {
  if (release === 0) {
    return [
      `CREATE TABLE \`notes\` (${noteColumns(0)})`,
      `CREATE TABLE \`marks\` (
        \`tenant\` text NOT NULL, \`id\` text NOT NULL, \`note\` text NOT NULL, \`_version\` integer DEFAULT 0 NOT NULL,
        PRIMARY KEY(\`tenant\`, \`id\`),
        FOREIGN KEY (\`tenant\`,\`note\`) REFERENCES \`notes\`(\`tenant\`,\`id\`) ON UPDATE no action ON DELETE cascade
      )`,
    ];
  }
  if (release % 2 === 0) {
    return [
      `ALTER TABLE \`notes\` ADD COLUMN \`c${release}\` integer DEFAULT ${release} NOT NULL`,
      `CREATE INDEX \`notes_by_c${release}\` ON \`notes\` (\`tenant\`, \`c${release}\`)`,
    ];
  }
  const kept = ['tenant', 'id', 'title', 'body', 'count', ...addedColumns(release).map((added) => `c${added}`)];
  const names = [...kept, '_version'].map((name) => `"${name}"`).join(', ');
  return [
    'PRAGMA foreign_keys=OFF;',
    `CREATE TABLE \`__new_notes\` (${noteColumns(release)});`,
    `INSERT INTO \`__new_notes\`(${names}) SELECT ${names} FROM \`notes\`;`,
    'DROP TABLE `notes`;',
    'ALTER TABLE `__new_notes` RENAME TO `notes`;',
    'PRAGMA foreign_keys=ON;',
  ];
}

const noteColumns = (release: number): string =>
  [
    '`tenant` text NOT NULL',
    '`id` text NOT NULL',
    `\`title\` text DEFAULT '${defaultTitle(release)}' NOT NULL`,
    '`body` text NOT NULL',
    '`count` integer DEFAULT 0 NOT NULL',
    ...addedColumns(release).map((added) => `\`c${added}\` integer DEFAULT ${added} NOT NULL`),
    '`_version` integer DEFAULT 0 NOT NULL',
    'PRIMARY KEY(`tenant`, `id`)',
  ].join(', ');
