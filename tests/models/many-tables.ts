/**
 * Models of any number of tables, in families of ten that have a shard-key domain of their own: every column type, keys
 * of one to four columns, self relations, one-to-one, many-to-many within a shard and across shards, a table whose
 * plural is its singular, and names that mean something to SQL or to GraphQL.
 */
import { sql } from 'drizzle-orm';
import {
  blob,
  check,
  foreignKey,
  index,
  integer,
  numeric,
  primaryKey,
  real,
  type SQLiteTable,
  sqliteTable,
  text,
  unique,
} from 'drizzle-orm/sqlite-core';
import { dateTime, int64, now, ulid } from '../../src/model/columns.ts';
import type { RelationDeclaration, RelationHelpers, TableEntry } from '../../src/model/declaration.ts';
import { defineModel } from '../../src/model/define-model.ts';
import type { Model } from '../../src/model/types.ts';

const TABLES_PER_FAMILY = 10;

const textKey = (name: string) => text(name);

/** Types of shard keys, by family in turn. They pass as one type: what differs is data. */
const KEY_TYPES = [
  textKey,
  (name: string) => integer(name),
  (name: string) => blob(name, { mode: 'buffer' }),
  (name: string) => int64(name),
] as unknown as readonly (typeof textKey)[];

interface Family {
  readonly entries: Readonly<Record<string, TableEntry>>;
  readonly relations: (helpers: RelationHelpers<Record<string, SQLiteTable>>) => Readonly<Relations>;
}

type Relations = Record<string, Record<string, RelationDeclaration>>;

/** @param count a multiple of ten. */
export function manyTables(count: number): Model {
  const size = count / TABLES_PER_FAMILY;
  const families = Array.from({ length: size }, (_, at) => family(at, (at + 1) % size));
  const entries: Record<string, TableEntry> = Object.assign({}, ...families.map((family) => family.entries));
  return defineModel<Record<string, SQLiteTable>>(entries, (helpers) =>
    Object.assign({}, ...families.map((family) => family.relations(helpers))),
  );
}

function family(at: number, next: number): Family {
  // The first family has the names as they are.
  const type = (name: string, number = at) => (number === 0 ? name : `${name}${number + 1}`);
  const table = (name: string) => (at === 0 ? name : `${name}_${at + 1}`);
  const key = KEY_TYPES[at % KEY_TYPES.length]!;
  const nextKey = KEY_TYPES[next % KEY_TYPES.length]!;
  const ownerId = () =>
    key('owner_id')
      .notNull()
      .references(() => owners.id, { onDelete: 'cascade' });

  const owners = sqliteTable(table('owners'), {
    id: key('id').primaryKey(),
    name: text().notNull(),
    peerId: key('peer_id'),
  });

  const samples = sqliteTable(
    table('samples'),
    {
      ownerId: ownerId(),
      id: text().notNull().$defaultFn(ulid),
      textValue: text('text_value').notNull(),
      textOrNull: text('text_or_null'),
      level: text({ enum: ['low', 'veryHigh', 'in between'] })
        .notNull()
        .default('low'),
      levelOrNull: text('level_or_null', { enum: ['low', 'high'] }),
      json: text({ mode: 'json' }).notNull().default({ tags: [] }),
      jsonOrNull: text('json_or_null', { mode: 'json' }),
      integerValue: integer('integer_value').notNull().default(7),
      integerOrNull: integer('integer_or_null'),
      flag: integer({ mode: 'boolean' }).notNull().default(false),
      flagOrNull: integer('flag_or_null', { mode: 'boolean' }),
      seconds: integer({ mode: 'timestamp' })
        .notNull()
        .$defaultFn(() => new Date()),
      milliseconds: integer({ mode: 'timestamp_ms' }).notNull().default(sql`(unixepoch() * 1000)`),
      millisecondsOrNull: integer('milliseconds_or_null', { mode: 'timestamp_ms' }),
      realValue: real('real_value').notNull().default(0.5),
      realOrNull: real('real_or_null'),
      decimal: numeric().notNull().default('1.25'),
      decimalOrNull: numeric('decimal_or_null'),
      decimalNumber: numeric('decimal_number', { mode: 'number' }),
      decimalBigint: numeric('decimal_bigint', { mode: 'bigint' }),
      bytes: blob({ mode: 'buffer' })
        .notNull()
        .$defaultFn(() => Uint8Array.of(0, 255) as never),
      blobJson: blob('blob_json', { mode: 'json' }),
      blobBigint: blob('blob_bigint', { mode: 'bigint' }),
      wide: int64()
        .notNull()
        .$defaultFn(() => 2n ** 62n),
      wideOrNull: int64('wide_or_null'),
      moment: dateTime().notNull().$defaultFn(now),
      momentOrNull: dateTime('moment_or_null'),
      updatedAt: dateTime('updated_at').notNull().$onUpdateFn(now),
      upper: text().generatedAlwaysAs(sql`upper(text_value)`, { mode: 'stored' }),
      doubled: integer().generatedAlwaysAs(sql`integer_value * 2`, { mode: 'virtual' }),
    },
    (t) => [
      primaryKey({ columns: [t.ownerId, t.id] }),
      unique().on(t.ownerId, t.textValue),
      index(table('samples_by_moment')).on(t.ownerId, t.moment),
      check(table('samples_real_range'), sql`${t.realValue} > -1e9`),
    ],
  );

  const remarks = sqliteTable(
    table('remarks'),
    { ownerId: ownerId(), id: integer().notNull(), sampleId: text('sample_id').notNull(), body: text() },
    (t) => [
      primaryKey({ columns: [t.ownerId, t.id] }),
      foreignKey({ columns: [t.ownerId, t.sampleId], foreignColumns: [samples.ownerId, samples.id] }).onDelete(
        'cascade',
      ),
      index(table('remarks_of_sample')).on(t.ownerId, t.sampleId),
    ],
  );

  const series = sqliteTable(
    at === 0 ? 'series' : `series${at + 1}`,
    { ownerId: ownerId(), id: text().notNull().$defaultFn(ulid), title: text().notNull() },
    (t) => [primaryKey({ columns: [t.ownerId, t.id] }), unique().on(t.ownerId, t.title)],
  );

  const categories = sqliteTable(
    table('categories'),
    { ownerId: ownerId(), id: integer().notNull(), parentId: integer('parent_id'), name: text().notNull() },
    (t) => [
      primaryKey({ columns: [t.ownerId, t.id] }),
      foreignKey({ columns: [t.ownerId, t.parentId], foreignColumns: [t.ownerId, t.id] }),
      index(table('categories_of_parent')).on(t.ownerId, t.parentId),
    ],
  );

  const seriesCategories = sqliteTable(
    table('series_categories'),
    {
      ownerId: ownerId(),
      seriesId: text('series_id').notNull(),
      categoryId: integer('category_id').notNull(),
      position: integer().notNull().default(0),
    },
    (t) => [
      primaryKey({ columns: [t.ownerId, t.seriesId, t.categoryId] }),
      foreignKey({ columns: [t.ownerId, t.seriesId], foreignColumns: [series.ownerId, series.id] }),
      foreignKey({ columns: [t.ownerId, t.categoryId], foreignColumns: [categories.ownerId, categories.id] }),
      index(table('series_categories_of_category')).on(t.ownerId, t.categoryId),
    ],
  );

  /** A key of four columns, none of which is text alone. */
  const events = sqliteTable(
    table('events'),
    {
      ownerId: ownerId(),
      day: dateTime().notNull(),
      hour: integer().notNull(),
      kind: text({ enum: ['start', 'stop'] }).notNull(),
      takenAt: integer('taken_at', { mode: 'timestamp_ms' }).notNull(),
      amount: numeric(),
    },
    (t) => [
      primaryKey({ columns: [t.ownerId, t.day, t.hour, t.kind] }),
      unique(table('events_taken')).on(t.ownerId, t.takenAt, t.kind),
    ],
  );

  /** One to one with its owner. */
  const settings = sqliteTable(table('settings'), {
    ownerId: key('owner_id')
      .primaryKey()
      .references(() => owners.id, { onDelete: 'cascade' }),
    value: text({ mode: 'json' }).notNull(),
  });

  /** Joins owners to those of the next family, which live elsewhere. */
  const links = sqliteTable(
    table('links'),
    { ownerId: ownerId(), peerId: nextKey('peer_id').notNull(), weight: real() },
    (t) => [primaryKey({ columns: [t.ownerId, t.peerId] }), index(table('links_of_peer')).on(t.peerId)],
  );

  const words = sqliteTable(
    table('select'),
    {
      ownerId: ownerId(),
      id: integer('order').notNull(),
      group: text('group').notNull(),
      from: text('from'),
      where: text('where'),
      first: integer('first'),
      by: text('by'),
      data: text('data'),
      shardKey: text('shard key'),
      node: text('rowid'),
      edges: text('größe'),
      totalCount: integer('total.count'),
      quote: text("it's"),
    },
    (t) => [
      primaryKey({ columns: [t.ownerId, t.id] }),
      unique().on(t.ownerId, t.group),
      index(table('index')).on(t.from, t.where),
    ],
  );

  const relationsOf = (name: string, relations: Relations[string]): Relations => ({ [type(name)]: relations });

  return {
    entries: {
      [type('Owner')]: { table: owners, shardKey: 'id' },
      [type('Sample')]: { table: samples, shardKey: 'ownerId' },
      [type('Remark')]: { table: remarks, shardKey: 'ownerId' },
      [type('Series')]: { table: series, shardKey: 'ownerId', list: type('allSeries') },
      [type('Category')]: { table: categories, shardKey: 'ownerId' },
      [type('SeriesCategory')]: { table: seriesCategories, shardKey: 'ownerId' },
      [type('Event')]: { table: events, shardKey: 'ownerId' },
      [type('Setting')]: { table: settings, shardKey: 'ownerId' },
      [type('Link')]: { table: links, shardKey: 'ownerId' },
      [type('Word')]: { table: words, shardKey: 'ownerId' },
    },
    relations: ({ one, many }) =>
      Object.assign(
        {},
        relationsOf('Owner', {
          samples: many[type('Sample')]!(),
          events: many[type('Event')]!(),
          words: many[type('Word')]!(),
          setting: one[type('Setting')]!(),
          peer: one[type('Owner')]!({ from: 'peerId', to: 'id' }),
          followers: many[type('Owner')]!({ from: 'id', to: 'peerId' }),
          linked: many[type('Owner', next)]!({ through: type('Link') }),
        }),
        relationsOf('Sample', { owner: one[type('Owner')]!(), remarks: many[type('Remark')]!() }),
        relationsOf('Remark', { sample: one[type('Sample')]!() }),
        relationsOf('Series', { categories: many[type('Category')]!({ through: type('SeriesCategory') }) }),
        relationsOf('Category', {
          parent: one[type('Category')]!(),
          children: many[type('Category')]!(),
          allSeries: many[type('Series')]!({ through: type('SeriesCategory') }),
        }),
        relationsOf('SeriesCategory', { series: one[type('Series')]!(), category: one[type('Category')]!() }),
        relationsOf('Event', { owner: one[type('Owner')]!() }),
        relationsOf('Setting', { owner: one[type('Owner')]!() }),
        relationsOf('Link', {
          owner: one[type('Owner')]!(),
          peer: one[type('Owner', next)]!({ from: 'peerId', to: 'id' }),
        }),
        relationsOf('Word', { owner: one[type('Owner')]!() }),
      ),
  };
}
