/**
 * Every column type, nullable and not, with every kind of default; keys of one to three columns; text, integer and
 * blob shard keys; a self relation, a many-to-many relation, and a table whose plural is its singular.
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
  sqliteTable,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core';
import { dateTime, int64, now, ulid } from '../../../src/model/columns.ts';
import { defineModel } from '../../../src/model/define-model.ts';

/** The domain of text keys. */
export const accounts = sqliteTable('accounts', { id: text().primaryKey(), name: text().notNull() });

const accountId = () =>
  text('account_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' });

export const samples = sqliteTable(
  'samples',
  {
    accountId: accountId(),
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
    secondsOrNull: integer('seconds_or_null', { mode: 'timestamp' }),
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
    bytesOrNull: blob('bytes_or_null', { mode: 'buffer' }),
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
    primaryKey({ columns: [t.accountId, t.id] }),
    uniqueIndex('samples_wide').on(t.accountId, t.wide, t.levelOrNull),
    index('samples_by_integer').on(t.accountId, t.integerValue),
    index('samples_flagged').on(t.accountId, t.moment).where(sql`flag = 1`),
    index('samples_lower_text').on(t.accountId, sql`lower(text_value)`),
    check('samples_real_range', sql`${t.realValue} > -1e9`),
  ],
);

/** A tree: each category may have a parent in its account. */
export const categories = sqliteTable(
  'categories',
  { accountId: accountId(), id: integer().notNull(), parentId: integer('parent_id'), name: text().notNull() },
  (t) => [
    primaryKey({ columns: [t.accountId, t.id] }),
    foreignKey({ columns: [t.accountId, t.parentId], foreignColumns: [t.accountId, t.id] }),
    index('categories_of_parent').on(t.accountId, t.parentId),
  ],
);

/** Its plural is its singular. */
export const series = sqliteTable(
  'series',
  { accountId: accountId(), id: text().notNull().$defaultFn(ulid), title: text().notNull() },
  (t) => [primaryKey({ columns: [t.accountId, t.id] }), unique().on(t.accountId, t.title)],
);

/** Joins series and categories; its key has three columns. */
export const seriesCategories = sqliteTable(
  'series_categories',
  {
    accountId: accountId(),
    seriesId: text('series_id').notNull(),
    categoryId: integer('category_id').notNull(),
    position: integer().notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.seriesId, t.categoryId] }),
    foreignKey({ columns: [t.accountId, t.seriesId], foreignColumns: [series.accountId, series.id] }).onDelete(
      'cascade',
    ),
    foreignKey({
      columns: [t.accountId, t.categoryId],
      foreignColumns: [categories.accountId, categories.id],
    }).onDelete('cascade'),
    index('series_categories_of_category').on(t.accountId, t.categoryId),
  ],
);

/** The domain of integer keys. Its devices know each other across shards. */
export const devices = sqliteTable('devices', {
  id: integer().primaryKey(),
  hubId: integer('hub_id'),
  serial: int64().notNull(),
  name: text().notNull(),
});

export const readings = sqliteTable(
  'readings',
  {
    deviceId: integer('device_id')
      .notNull()
      .references(() => devices.id, { onDelete: 'cascade', onUpdate: 'restrict' }),
    takenAt: integer('taken_at', { mode: 'timestamp_ms' }).notNull(),
    celsius: real().notNull(),
  },
  (t) => [primaryKey({ columns: [t.deviceId, t.takenAt] })],
);

/** A blob as shard key, which is the whole primary key. */
export const documents = sqliteTable('documents', {
  hash: blob({ mode: 'buffer' }).primaryKey(),
  content: text().notNull(),
});

export default defineModel(
  {
    Account: { table: accounts, shardKey: 'id' },
    Sample: { table: samples, shardKey: 'accountId' },
    Category: { table: categories, shardKey: 'accountId' },
    Series: { table: series, shardKey: 'accountId', list: 'allSeries' },
    SeriesCategory: { table: seriesCategories, shardKey: 'accountId' },
    Device: { table: devices, shardKey: 'id' },
    Reading: { table: readings, shardKey: 'deviceId' },
    Document: { table: documents, shardKey: 'hash' },
  },
  ({ one, many }) => ({
    Account: { samples: many.Sample(), categories: many.Category(), allSeries: many.Series() },
    Sample: { account: one.Account() },
    Category: {
      account: one.Account(),
      parent: one.Category(),
      children: many.Category(),
      allSeries: many.Series({ through: 'SeriesCategory' }),
    },
    Series: {
      account: one.Account(),
      categories: many.Category({ through: 'SeriesCategory' }),
      placements: many.SeriesCategory(),
    },
    SeriesCategory: { series: one.Series(), category: one.Category() },
    Device: {
      readings: many.Reading(),
      hub: one.Device({ from: 'hubId', to: 'id' }),
      attached: many.Device({ from: 'id', to: 'hubId' }),
    },
    Reading: { device: one.Device() },
  }),
);
