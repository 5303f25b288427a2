import { blob, integer, numeric, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { dateTime, int64 } from '../../src/model/columns.ts';
import type { TableEntry } from '../../src/model/declaration.ts';
import { defineModel } from '../../src/model/define-model.ts';
import type { StandardSchema } from '../../src/model/validate-options.ts';

const notes = sqliteTable(
  'notes',
  {
    owner: text().notNull(),
    id: text().notNull(),
    title: text(),
    level: text({ enum: ['low', 'high'] }).notNull(),
    settings: text({ mode: 'json' }).$type<{ dark: boolean }>(),
    pages: integer().notNull(),
    isDone: integer({ mode: 'boolean' }),
    weight: real(),
    price: numeric(),
    big: int64(),
    huge: blob({ mode: 'bigint' }),
    picture: blob({ mode: 'buffer' }),
    writtenAt: dateTime(),
    readAt: integer({ mode: 'timestamp' }),
    deletedAt: integer({ mode: 'timestamp_ms' }),
    madeAt: dateTime().notNull(),
  },
  (t) => [primaryKey({ columns: [t.owner, t.id] })],
);

const schemaOf = <Input>(): StandardSchema<Input> => ({
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) },
});

test('rules that fit their columns compile, and functions get the types of GraphQL', () => {
  const model = defineModel({
    Note: {
      table: notes,
      shardKey: 'owner',
      softDelete: 'deletedAt',
      validate: {
        columns: {
          id: { pattern: /^[a-z]+$/ },
          title: { minLength: 1, maxLength: 200, pattern: /\S/u },
          level: (level) => (level satisfies 'LOW' | 'HIGH') === 'LOW',
          settings: (settings) => settings.dark satisfies boolean,
          pages: { min: 1, max: 5 },
          isDone: (isDone) => isDone satisfies boolean,
          weight: { min: 0.5 },
          price: { min: '0.01', max: 100 },
          big: { min: 0n },
          huge: { max: 10 },
          picture: (base64) => (base64 satisfies string).length < 100 || 'must be small',
          writtenAt: { min: '2000-01-01' },
          readAt: { max: new Date('2100-01-01') },
          madeAt: schemaOf<string>(),
        },
        row: (row) => {
          const { title, pages, readAt, big } = row;
          title satisfies string | null;
          // @ts-expect-error a title may be NULL
          title satisfies string;
          readAt satisfies string | null;
          big satisfies string | null;
          if (pages > 100) return [{ message: 'is too long', path: ['pages'] }];
        },
      },
    },
  });
  expect(model.table('Note').softDelete?.name).toBe('deletedAt');
});

test('schemas of zod and valibot compile where they take what the column holds', () => {
  const model = defineModel({
    Note: {
      table: notes,
      shardKey: 'owner',
      validate: {
        columns: {
          title: z.string().trim().min(1).max(200),
          level: z.enum(['LOW', 'HIGH']),
          settings: v.object({ dark: v.boolean() }),
          pages: v.pipe(v.number(), v.integer(), v.minValue(1)),
          isDone: z.boolean(),
          price: z.string().transform(Number).pipe(z.number().positive()),
          writtenAt: z.iso.datetime(),
          readAt: v.pipe(v.string(), v.isoTimestamp()),
        },
        row: z
          .object({ pages: z.number(), title: z.string().nullable() })
          .refine(({ pages, title }) => pages < 100 || title !== null, { path: ['title'] }),
      },
    },
  });
  expect([...model.table('Note').validation!.columns.keys()]).toContain('settings');
});

const ruled = (validate: TableEntry<typeof notes>['validate']) => validate;
type RuledColumns = NonNullable<TableEntry<typeof notes>['validate']>['columns'];
const columns = (rules: RuledColumns) => rules;
const laterOfValibot = v.pipeAsync(
  v.string(),
  v.checkAsync(async () => true),
);
const softDelete = (name: TableEntry<typeof notes>['softDelete']) => name;

/** Never run: the compiler must object to each line that follows an `@ts-expect-error`, or the type check fails. */
export const wrongRules = [
  // @ts-expect-error no such column
  () => columns({ name: { minLength: 1 } }),
  // @ts-expect-error no such rule
  () => columns({ title: { minimum: 1 } }),
  // @ts-expect-error a number has no length
  () => columns({ pages: { minLength: 1 } }),
  // @ts-expect-error a text has no least value
  () => columns({ title: { min: 1 } }),
  // @ts-expect-error a bound of another kind
  () => columns({ pages: { min: '1' } }),
  // @ts-expect-error a pattern that is no expression
  () => columns({ title: { pattern: 'a' } }),
  // @ts-expect-error an enum has no pattern
  () => columns({ level: { pattern: /a/ } }),
  // @ts-expect-error JSON has no rules by name
  () => columns({ settings: { min: 1 } }),
  // @ts-expect-error bytes have no rules by name
  () => columns({ picture: { maxLength: 1 } }),
  // @ts-expect-error a function of numbers, for a text
  () => columns({ title: (n: number) => n > 1 }),
  // @ts-expect-error a schema of numbers, for a text
  () => columns({ title: schemaOf<number>() }),
  // @ts-expect-error an answer that comes later
  () => columns({ title: async () => true }),
  // @ts-expect-error an answer of valibot that comes later
  () => columns({ title: laterOfValibot }),
  // @ts-expect-error a number, as GraphQL shows no such column
  () => columns({ big: z.bigint() }),
  // @ts-expect-error a Date, for what is a text in GraphQL
  () => columns({ writtenAt: z.date() }),
  // @ts-expect-error JSON of another form
  () => columns({ settings: v.object({ dark: v.string() }) }),
  // @ts-expect-error a row whose column is of another type
  () => ruled({ row: z.object({ pages: z.string() }) }),
  // @ts-expect-error a row of other columns
  () => ruled({ row: v.object({ name: v.string() }) }),
  // @ts-expect-error a number says nothing
  () => ruled({ row: () => 1 }),
  // @ts-expect-error a row without this column
  () => ruled({ row: (row) => row.name === '' }),
  // @ts-expect-error no such option
  () => ruled({ rows: () => true }),
  // @ts-expect-error no such column
  () => softDelete('goneAt'),
  // @ts-expect-error a column that is NOT NULL
  () => softDelete('madeAt'),
  // @ts-expect-error no column of moments
  () => softDelete('isDone'),
  // @ts-expect-error no column of moments, though of a type of ours
  () => softDelete('big'),
  // @ts-expect-error rules of another table's columns
  () => defineModel({ Note: { table: notes, shardKey: 'owner', validate: { columns: { name: { min: 1 } } } } }),
];
