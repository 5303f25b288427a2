/**
 * Columns in which values can come to stand that are none of theirs: of each kind (`notes`, into which tests put them past
 * the API), and worked out by SQLite from others (`gauges`, `stamps`). And expressions that fail on some rows (`trials`).
 */
import { sql } from 'drizzle-orm';
import {
  blob,
  check,
  index,
  integer,
  numeric,
  primaryKey,
  real,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core';
import { dateTime, int64 } from '../../../src/model/columns.ts';
import { defineModel } from '../../../src/model/define-model.ts';

const ownerId = () => text('owner_id').notNull();

export const notes = sqliteTable(
  'notes',
  {
    ownerId: ownerId(),
    id: text().notNull(),
    parentId: text('parent_id'),
    status: text({ enum: ['open', 'done'] })
      .notNull()
      .default('open'),
    kind: text({ enum: ['a', 'b'] }),
    title: text(),
    email: text(),
    flag: integer({ mode: 'boolean' }),
    count: integer(),
    seconds: integer({ mode: 'timestamp' }),
    milliseconds: integer({ mode: 'timestamp_ms' }),
    at: dateTime(),
    ratio: real(),
    price: numeric(),
    wide: int64(),
    bytes: blob({ mode: 'buffer' }),
    bigBlob: blob('big_blob', { mode: 'bigint' }),
    json: text({ mode: 'json' }),
    jsonBlob: blob('json_blob', { mode: 'json' }),
  },
  (t) => [
    primaryKey({ columns: [t.ownerId, t.id] }),
    uniqueIndex('notes_open_email').on(t.ownerId, t.email).where(sql`status = 'open'`),
    uniqueIndex('notes_title').on(t.ownerId, sql`lower(title)`),
    index('notes_of_parent').on(t.ownerId, t.parentId),
  ],
);

/** Worked out from `body`: the column that it names gets a value that is none of its own, all others one that is. */
export const gauges = sqliteTable(
  'gauges',
  {
    ownerId: ownerId(),
    id: text().notNull(),
    body: text(),
    level: text({ enum: ['low', 'high'] }).generatedAlwaysAs(sql`iif(body = 'level', 'middle', 'low')`, {
      mode: 'stored',
    }),
    millions: integer().generatedAlwaysAs(sql`iif(body = 'millions', 2148, 1) * 1000000`, { mode: 'stored' }),
    isSet: integer('is_set', { mode: 'boolean' }).generatedAlwaysAs(sql`iif(body = 'isSet', 5, 0)`, {
      mode: 'virtual',
    }),
    since: dateTime().generatedAlwaysAs(sql`iif(body = 'since', 'soon', '2026-01-01T00:00:00.000Z')`, {
      mode: 'virtual',
    }),
    huge: real().generatedAlwaysAs(sql`iif(body = 'huge', 1e308, 1) * 10`, { mode: 'virtual' }),
    exact: numeric().generatedAlwaysAs(sql`1000000000000000 + (body = 'exact')`, { mode: 'virtual' }),
    wide: int64().generatedAlwaysAs(sql`4611686018427387904 * iif(body = 'wide', 2, 1)`, { mode: 'virtual' }),
    doc: text({ mode: 'json' }).generatedAlwaysAs(sql`iif(body = 'doc', '{', '{}')`, { mode: 'virtual' }),
    bytes: blob({ mode: 'buffer' }).generatedAlwaysAs(sql`iif(body = 'bytes', 'text', x'00')`, { mode: 'virtual' }),
    changedMs: int64('changed_ms').notNull().default(sql`(unixepoch() * 1000)`),
  },
  (t) => [primaryKey({ columns: [t.ownerId, t.id] })],
);

/** A default that no 32 bits hold. */
export const stamps = sqliteTable(
  'stamps',
  {
    ownerId: ownerId(),
    id: text().notNull(),
    name: text(),
    at: integer().notNull().default(sql`(unixepoch() * 1000)`),
  },
  (t) => [primaryKey({ columns: [t.ownerId, t.id] })],
);

/** `tag` fails for a text that is no JSON, `size` overflows, and the checks and the index fail on some values. */
export const trials = sqliteTable(
  'trials',
  {
    ownerId: ownerId(),
    id: text().notNull(),
    body: text(),
    number: int64(),
    starts: text(),
    pattern: text(),
    word: text(),
    tag: text().generatedAlwaysAs(sql`json_extract(body, '$.tag')`, { mode: 'stored' }),
    virtualTag: text('virtual_tag').generatedAlwaysAs(sql`json_extract(body, '$.tag')`, { mode: 'virtual' }),
  },
  (t) => [
    primaryKey({ columns: [t.ownerId, t.id] }),
    check('trials_starts', sql`starts IS NULL OR starts < datetime('now')`),
    check('trials_number', sql`number IS NULL OR abs(number) >= 0`),
    check('trials_pattern', sql`pattern IS NULL OR 'x' NOT LIKE pattern`),
    index('trials_word').on(t.ownerId, sql`json(word)`),
  ],
);

export default defineModel(
  {
    Note: { table: notes, shardKey: 'ownerId' },
    Gauge: { table: gauges, shardKey: 'ownerId' },
    Stamp: { table: stamps, shardKey: 'ownerId' },
    Trial: { table: trials, shardKey: 'ownerId' },
  },
  ({ one, many }) => ({
    Note: {
      parent: one.Note({ from: ['ownerId', 'parentId'], to: ['ownerId', 'id'] }),
      children: many.Note({ from: ['ownerId', 'id'], to: ['ownerId', 'parentId'] }),
    },
  }),
);
