/** A model with something of everything that writes can run into. No Durable Object of its own: `createLabWorker`. */
import { sql } from 'drizzle-orm';
import {
  check,
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
import { dateTime, int64 } from '../../src/model/columns.ts';
import { defineModel } from '../../src/model/define-model.ts';

const keys = () => ({
  tenantId: text('tenant_id')
    .notNull()
    .references(() => tenants.id),
  id: text().notNull(),
});

export const tenants = sqliteTable('tenants', { id: text().primaryKey() });

export const publishers = sqliteTable(
  'publishers',
  {
    ...keys(),
    name: text().notNull(),
    isEdited: integer('is_edited')
      .notNull()
      .default(0)
      .$onUpdateFn(() => 1),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('publishers_name').on(t.tenantId, t.name),
    check('publishers_known', sql`${t.name} <> 'unknown'`),
  ],
);

export const authors = sqliteTable(
  'authors',
  {
    ...keys(),
    email: text().notNull(),
    name: text().notNull().default('Anon'),
    nickname: text(),
    score: integer().notNull().default(0),
    fans: int64(),
    balance: numeric(),
    ratio: real(),
    settings: text({ mode: 'json' }).notNull().default({}),
    origin: text()
      .notNull()
      .$defaultFn(() => 'made'),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('authors_email').on(t.tenantId, t.email),
    check('authors_score', sql`${t.score} >= 0`),
  ],
);

/** They go with their author. */
export const books = sqliteTable(
  'books',
  {
    ...keys(),
    authorId: text('author_id').notNull(),
    publisherId: text('publisher_id'),
    isbn: text(),
    title: text().notNull(),
    stock: integer().notNull().default(0),
    reserved: integer().notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('books_isbn').on(t.tenantId, t.isbn),
    foreignKey({ columns: [t.tenantId, t.authorId], foreignColumns: [authors.tenantId, authors.id] }).onDelete(
      'cascade',
    ),
    foreignKey({ columns: [t.tenantId, t.publisherId], foreignColumns: [publishers.tenantId, publishers.id] }).onDelete(
      'restrict',
    ),
    index('books_author').on(t.tenantId, t.authorId),
    index('books_publisher').on(t.tenantId, t.publisherId),
  ],
);

/** They go with their book. */
export const copies = sqliteTable(
  'copies',
  { ...keys(), bookId: text('book_id').notNull(), shelf: text().default('A') },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    foreignKey({ columns: [t.tenantId, t.bookId], foreignColumns: [books.tenantId, books.id] }).onDelete('cascade'),
    index('copies_book').on(t.tenantId, t.bookId),
  ],
);

export const tags = sqliteTable('tags', { ...keys(), label: text().notNull() }, (t) => [
  primaryKey({ columns: [t.tenantId, t.id] }),
  unique('tags_label').on(t.tenantId, t.label),
]);

export const bookTags = sqliteTable(
  'book_tags',
  { tenantId: keys().tenantId, bookId: text('book_id').notNull(), tagId: text('tag_id').notNull() },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.bookId, t.tagId] }),
    foreignKey({ columns: [t.tenantId, t.bookId], foreignColumns: [books.tenantId, books.id] }).onDelete('cascade'),
    foreignKey({ columns: [t.tenantId, t.tagId], foreignColumns: [tags.tenantId, tags.id] }).onDelete('cascade'),
    index('book_tags_tag').on(t.tenantId, t.tagId),
  ],
);

/** Kept when they are deleted. */
export const threads = sqliteTable(
  'threads',
  { ...keys(), authorId: text('author_id'), slug: text(), topic: text().notNull(), deletedAt: dateTime('deleted_at') },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    uniqueIndex('threads_slug').on(t.tenantId, t.slug).where(sql`deleted_at IS NULL`),
    foreignKey({ columns: [t.tenantId, t.authorId], foreignColumns: [authors.tenantId, authors.id] }),
    index('threads_author').on(t.tenantId, t.authorId),
  ],
);

/** Kept too; deleted with their thread. */
export const posts = sqliteTable(
  'posts',
  {
    ...keys(),
    threadId: text('thread_id').notNull(),
    number: integer(),
    body: text().notNull().default(''),
    deletedAt: dateTime('deleted_at'),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('posts_number').on(t.tenantId, t.number),
    foreignKey({ columns: [t.tenantId, t.threadId], foreignColumns: [threads.tenantId, threads.id] }).onDelete(
      'cascade',
    ),
    index('posts_thread').on(t.tenantId, t.threadId),
  ],
);

/** Not kept; they stay with posts that are. */
export const files = sqliteTable('files', { ...keys(), postId: text('post_id').notNull() }, (t) => [
  primaryKey({ columns: [t.tenantId, t.id] }),
  foreignKey({ columns: [t.tenantId, t.postId], foreignColumns: [posts.tenantId, posts.id] }).onDelete('cascade'),
  index('files_post').on(t.tenantId, t.postId),
]);

export default defineModel(
  {
    Tenant: { table: tenants, shardKey: 'id' },
    Publisher: { table: publishers, shardKey: 'tenantId' },
    Author: { table: authors, shardKey: 'tenantId' },
    Book: {
      table: books,
      shardKey: 'tenantId',
      validate: {
        columns: { title: { minLength: 1, maxLength: 8 } },
        row: ({ stock, reserved }) => reserved <= stock || 'more is reserved than there is',
      },
    },
    Copy: { table: copies, list: 'copies', shardKey: 'tenantId' },
    Tag: { table: tags, shardKey: 'tenantId' },
    BookTag: { table: bookTags, shardKey: 'tenantId' },
    Thread: { table: threads, shardKey: 'tenantId', softDelete: 'deletedAt' },
    Post: { table: posts, shardKey: 'tenantId', softDelete: 'deletedAt' },
    File: { table: files, shardKey: 'tenantId' },
  },
  ({ one, many }) => ({
    Publisher: { books: many.Book() },
    Author: { books: many.Book(), threads: many.Thread() },
    Book: {
      author: one.Author(),
      publisher: one.Publisher(),
      copies: many.Copy(),
      tags: many.Tag({ through: 'BookTag' }),
    },
    Copy: { book: one.Book() },
    Tag: { books: many.Book({ through: 'BookTag' }) },
    Thread: { author: one.Author(), posts: many.Post() },
    Post: { thread: one.Thread(), files: many.File() },
    File: { post: one.Post() },
  }),
);
