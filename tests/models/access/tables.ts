/** Documents of spaces and the people who work on them; people live elsewhere. Which roles see what: `model.ts`. */
import { sql } from 'drizzle-orm';
import {
  blob,
  foreignKey,
  index,
  integer,
  numeric,
  primaryKey,
  real,
  sqliteTable,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core';
import { dateTime, int64 } from '../../../src/model/columns.ts';

const spaceId = () =>
  text('space_id')
    .notNull()
    .references(() => spaces.id);

export const spaces = sqliteTable('spaces', {
  id: text().primaryKey(),
  name: text().notNull(),
  plan: text({ enum: ['free', 'pro'] }).notNull(),
  budget: integer().notNull().default(0),
});

/** Known to several spaces, so they live by themselves. */
export const people = sqliteTable('people', {
  id: text().primaryKey(),
  name: text().notNull(),
  email: text(),
  rank: integer(),
  leftAt: dateTime('left_at'),
});

export const memberships = sqliteTable(
  'memberships',
  { spaceId: spaceId(), personId: text('person_id').notNull(), level: text({ enum: ['guest', 'full'] }).notNull() },
  (t) => [primaryKey({ columns: [t.spaceId, t.personId] }), index('memberships_person').on(t.personId)],
);

/** A column of each kind. */
export const docs = sqliteTable(
  'docs',
  {
    spaceId: spaceId(),
    id: text().notNull(),
    ownerId: text('owner_id').notNull(),
    parentId: text('parent_id'),
    state: text({ enum: ['draft', 'inReview', 'published'] })
      .notNull()
      .default('draft'),
    title: text().notNull(),
    body: text(),
    secret: text(),
    slug: text(),
    serial: integer(),
    amount: numeric(),
    size: int64(),
    score: real(),
    bytes: blob({ mode: 'buffer' }),
    meta: text({ mode: 'json' }),
    isOpen: integer('is_open', { mode: 'boolean' }).notNull().default(true),
    createdAt: dateTime('created_at').notNull(),
    deletedAt: dateTime('deleted_at'),
  },
  (t) => [
    primaryKey({ columns: [t.spaceId, t.id] }),
    uniqueIndex('docs_slug').on(t.spaceId, t.slug).where(sql`deleted_at IS NULL`),
    unique('docs_serial').on(t.spaceId, t.serial),
    foreignKey({ columns: [t.spaceId, t.parentId], foreignColumns: [t.spaceId, t.id] }),
    index('docs_owner').on(t.ownerId),
  ],
);

export const notes = sqliteTable(
  'notes',
  {
    spaceId: spaceId(),
    id: text().notNull(),
    docId: text('doc_id').notNull(),
    authorId: text('author_id').notNull(),
    text: text().notNull(),
    internal: integer({ mode: 'boolean' }).notNull().default(false),
    stars: integer(),
  },
  (t) => [
    primaryKey({ columns: [t.spaceId, t.id] }),
    foreignKey({ columns: [t.spaceId, t.docId], foreignColumns: [docs.spaceId, docs.id] }).onDelete('cascade'),
    index('notes_author').on(t.authorId),
  ],
);

export const tags = sqliteTable(
  'tags',
  {
    spaceId: spaceId(),
    id: text().notNull(),
    label: text().notNull(),
    hidden: integer({ mode: 'boolean' }).notNull().default(false),
  },
  (t) => [primaryKey({ columns: [t.spaceId, t.id] }), unique('tags_label').on(t.spaceId, t.label)],
);

export const docTags = sqliteTable(
  'doc_tags',
  {
    spaceId: spaceId(),
    docId: text('doc_id').notNull(),
    tagId: text('tag_id').notNull(),
    weight: integer().notNull().default(1),
  },
  (t) => [
    primaryKey({ columns: [t.spaceId, t.docId, t.tagId] }),
    foreignKey({ columns: [t.spaceId, t.docId], foreignColumns: [docs.spaceId, docs.id] }).onDelete('cascade'),
    foreignKey({ columns: [t.spaceId, t.tagId], foreignColumns: [tags.spaceId, tags.id] }).onDelete('cascade'),
  ],
);

/** Joins documents with people of other shards. */
export const shares = sqliteTable(
  'shares',
  { spaceId: spaceId(), docId: text('doc_id').notNull(), personId: text('person_id').notNull() },
  (t) => [primaryKey({ columns: [t.spaceId, t.docId, t.personId] }), index('shares_person').on(t.personId)],
);

/** No role but the auditor's knows of it. */
export const events = sqliteTable(
  'events',
  { spaceId: spaceId(), at: dateTime().notNull(), docId: text('doc_id'), what: text().notNull() },
  (t) => [
    primaryKey({ columns: [t.spaceId, t.at] }),
    foreignKey({ columns: [t.spaceId, t.docId], foreignColumns: [docs.spaceId, docs.id] }).onDelete('cascade'),
  ],
);
