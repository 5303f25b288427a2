/** The library model, written a second time: what its tables are to an oracle that has never seen the model. */

export type Type = 'Publisher' | 'Author' | 'Book' | 'Copy' | 'Tag' | 'BookTag' | 'Thread' | 'Post' | 'File';

// biome-ignore lint/suspicious/noExplicitAny: values and inputs are as free-form as those of clients.
export type Value = any;

/** A row by its columns, as GraphQL shows them. */
export type Row = Readonly<Record<string, Value>>;

export type ColumnKind = 'id' | 'text' | 'int' | 'bigint' | 'decimal' | 'float' | 'json' | 'moment';

export interface Column {
  readonly kind: ColumnKind;
  readonly sql: string;
  readonly isNullable: boolean;
  /** What it has if nothing is given. */
  readonly fallback?: Value;
  /** What each change of the row sets it to that gives it no other value. */
  readonly follows?: Value;
}

/** Columns beside the tenant: unique within it. */
export interface Key {
  readonly name: string;
  readonly columns: readonly string[];
  /** Counts among the rows that are not deleted. */
  readonly isOfLiveRows?: true;
}

export interface Reference {
  readonly column: string;
  readonly target: Type;
  readonly onDelete: 'cascade' | 'refuse';
}

export type Relation =
  /** The row's own column holds the id of the other. */
  | { readonly kind: 'refers'; readonly target: Type; readonly column: string }
  /** A column of the others holds the id of the row. */
  | { readonly kind: 'referred'; readonly target: Type; readonly column: string }
  | {
      readonly kind: 'linked';
      readonly target: Type;
      readonly join: Type;
      readonly near: string;
      readonly far: string;
    };

export interface Shape {
  readonly sql: string;
  readonly list: string;
  readonly columns: Readonly<Record<string, Column>>;
  /** The primary key first. */
  readonly keys: readonly [Key, ...Key[]];
  readonly references: readonly Reference[];
  readonly relations: Readonly<Record<string, Relation>>;
  readonly isSoft: boolean;
  /** The code of the rule that the row breaks. */
  readonly broken: (row: Row) => readonly string[];
}

const column = (kind: ColumnKind, sql: string, isNullable = false, fallback?: Value): Column => ({
  kind,
  sql,
  isNullable,
  ...(fallback !== undefined && { fallback }),
});
const ID = { id: column('id', 'id') };
const PRIMARY: Key = { name: 'PRIMARY', columns: ['id'] };
const SOFT = { deletedAt: column('moment', 'deleted_at', true) };
const key = (name: string): Key => ({ name: name.toUpperCase(), columns: [name] });
const NOTHING = { references: [], relations: {}, isSoft: false, broken: () => [] };

export const SHAPES: Readonly<Record<Type, Shape>> = {
  Publisher: {
    ...NOTHING,
    sql: 'publishers',
    list: 'publishers',
    columns: {
      ...ID,
      name: column('text', 'name'),
      isEdited: { ...column('int', 'is_edited', false, 0), follows: 1 },
    },
    keys: [PRIMARY, key('name')],
    relations: { books: { kind: 'referred', target: 'Book', column: 'publisherId' } },
  },
  Author: {
    ...NOTHING,
    sql: 'authors',
    list: 'authors',
    columns: {
      ...ID,
      email: column('text', 'email'),
      name: column('text', 'name', false, 'Anon'),
      nickname: column('text', 'nickname', true),
      score: column('int', 'score', false, 0),
      fans: column('bigint', 'fans', true),
      balance: column('decimal', 'balance', true),
      ratio: column('float', 'ratio', true),
      settings: column('json', 'settings', false, {}),
      origin: column('text', 'origin', false, 'made'),
    },
    keys: [PRIMARY, key('email')],
    relations: {
      books: { kind: 'referred', target: 'Book', column: 'authorId' },
      threads: { kind: 'referred', target: 'Thread', column: 'authorId' },
    },
    broken: ({ score }) => (score < 0 ? ['CHECK_VIOLATION'] : []),
  },
  Book: {
    ...NOTHING,
    sql: 'books',
    list: 'books',
    columns: {
      ...ID,
      authorId: column('id', 'author_id'),
      publisherId: column('id', 'publisher_id', true),
      isbn: column('text', 'isbn', true),
      title: column('text', 'title'),
      stock: column('int', 'stock', false, 0),
      reserved: column('int', 'reserved', false, 0),
    },
    keys: [PRIMARY, key('isbn')],
    references: [
      { column: 'authorId', target: 'Author', onDelete: 'cascade' },
      { column: 'publisherId', target: 'Publisher', onDelete: 'refuse' },
    ],
    relations: {
      author: { kind: 'refers', target: 'Author', column: 'authorId' },
      publisher: { kind: 'refers', target: 'Publisher', column: 'publisherId' },
      copies: { kind: 'referred', target: 'Copy', column: 'bookId' },
      tags: { kind: 'linked', target: 'Tag', join: 'BookTag', near: 'bookId', far: 'tagId' },
    },
    broken: ({ title, stock, reserved }) =>
      (title !== null && (title.length < 1 || title.length > 8)) || reserved > stock ? ['INVALID_VALUE'] : [],
  },
  Copy: {
    ...NOTHING,
    sql: 'copies',
    list: 'copies',
    columns: { ...ID, bookId: column('id', 'book_id'), shelf: column('text', 'shelf', true, 'A') },
    keys: [PRIMARY],
    references: [{ column: 'bookId', target: 'Book', onDelete: 'cascade' }],
    relations: { book: { kind: 'refers', target: 'Book', column: 'bookId' } },
  },
  Tag: {
    ...NOTHING,
    sql: 'tags',
    list: 'tags',
    columns: { ...ID, label: column('text', 'label') },
    keys: [PRIMARY, key('label')],
    relations: { books: { kind: 'linked', target: 'Book', join: 'BookTag', near: 'tagId', far: 'bookId' } },
  },
  BookTag: {
    ...NOTHING,
    sql: 'book_tags',
    list: 'bookTags',
    columns: { bookId: column('id', 'book_id'), tagId: column('id', 'tag_id') },
    keys: [{ name: 'PRIMARY', columns: ['bookId', 'tagId'] }],
    references: [
      { column: 'bookId', target: 'Book', onDelete: 'cascade' },
      { column: 'tagId', target: 'Tag', onDelete: 'cascade' },
    ],
  },
  Thread: {
    ...NOTHING,
    sql: 'threads',
    list: 'threads',
    columns: {
      ...ID,
      authorId: column('id', 'author_id', true),
      slug: column('text', 'slug', true),
      topic: column('text', 'topic'),
      ...SOFT,
    },
    keys: [PRIMARY, { ...key('slug'), isOfLiveRows: true }],
    references: [{ column: 'authorId', target: 'Author', onDelete: 'refuse' }],
    relations: {
      author: { kind: 'refers', target: 'Author', column: 'authorId' },
      posts: { kind: 'referred', target: 'Post', column: 'threadId' },
    },
    isSoft: true,
  },
  Post: {
    ...NOTHING,
    sql: 'posts',
    list: 'posts',
    columns: {
      ...ID,
      threadId: column('id', 'thread_id'),
      number: column('int', 'number', true),
      body: column('text', 'body', false, ''),
      ...SOFT,
    },
    keys: [PRIMARY, key('number')],
    references: [{ column: 'threadId', target: 'Thread', onDelete: 'cascade' }],
    relations: {
      thread: { kind: 'refers', target: 'Thread', column: 'threadId' },
      files: { kind: 'referred', target: 'File', column: 'postId' },
    },
    isSoft: true,
  },
  File: {
    ...NOTHING,
    sql: 'files',
    list: 'files',
    columns: { ...ID, postId: column('id', 'post_id') },
    keys: [PRIMARY],
    references: [{ column: 'postId', target: 'Post', onDelete: 'cascade' }],
    relations: { post: { kind: 'refers', target: 'Post', column: 'postId' } },
  },
};

export const TYPES = Object.keys(SHAPES) as readonly Type[];

/** All that refer to rows of a type. */
export const referencesTo = (target: Type): (readonly [Type, Reference])[] =>
  TYPES.flatMap((type) =>
    SHAPES[type].references.flatMap((reference) => (reference.target === target ? [[type, reference] as const] : [])),
  );

/** Columns that clients may write. */
export const givenColumns = (type: Type): (readonly [string, Column])[] =>
  Object.entries(SHAPES[type].columns).filter(([, { kind }]) => kind !== 'moment');
