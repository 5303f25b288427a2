import { foreignKey, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { expect, test } from 'vitest';
import { dateTime } from '../../src/model/columns.ts';
import { defineModel } from '../../src/model/define-model.ts';

const owners = sqliteTable('owners', { id: text().primaryKey(), name: text().notNull() });
const notes = sqliteTable(
  'notes',
  { ownerId: text('owner_id').notNull(), id: text().notNull(), parentId: text('parent_id') },
  (t) => [
    primaryKey({ columns: [t.ownerId, t.id] }),
    foreignKey({ columns: [t.ownerId], foreignColumns: [owners.id] }),
    foreignKey({ columns: [t.ownerId, t.parentId], foreignColumns: [t.ownerId, t.id] }),
  ],
);

const texts = sqliteTable('texts', {
  id: text().primaryKey(),
  plain: text(),
  required: text('is_required')
    .notNull()
    .default('')
    .$defaultFn(() => ''),
  branded: text().$type<'a' | 'b'>(),
  short: text({ length: 10 }),
  level: text({ enum: ['low', 'high'] }),
  json: text({ mode: 'json' }),
  count: integer(),
  at: dateTime(),
});

const entries = {
  Owner: { table: owners, shardKey: 'id' },
  Note: { table: notes, shardKey: 'ownerId' },
} as const;

test('a declaration with right names compiles, and is a model', () => {
  const model = defineModel(entries, ({ one, many }) => ({
    Owner: { notes: many.Note() },
    Note: {
      owner: one.Owner(),
      parent: one.Note({ from: 'parentId', to: 'id' }),
      children: many.Note({ from: ['ownerId', 'id'], to: ['ownerId', 'parentId'] }),
      namesake: one.Owner({ from: 'id', to: 'id' }),
    },
  }));
  expect(model.table('Note').relations.map((relation) => relation.name)).toEqual([
    'owner',
    'parent',
    'children',
    'namesake',
  ]);
});

test('plain text columns of every kind can be searched', () => {
  const search = ['id', 'plain', 'required', 'branded', 'short'] as const;
  const model = defineModel({ Text: { table: texts, shardKey: 'id', search } });
  expect(model.tables[0]!.search.map(({ name }) => name)).toEqual(search);
});

/** Never run: the compiler must object to each line that follows an `@ts-expect-error`, or the type check fails. */
export const wrongDeclarations = [
  // @ts-expect-error the shard key is no column
  () => defineModel({ Owner: { table: owners, shardKey: 'ownerId' } }),
  // @ts-expect-error the shard key is named as in SQL
  () => defineModel({ Note: { table: notes, shardKey: 'owner_id' } }),
  // @ts-expect-error no shard key
  () => defineModel({ Owner: { table: owners } }),
  // @ts-expect-error an enum is no full-text column
  () => defineModel({ Text: { table: texts, shardKey: 'id', search: ['level'] } }),
  // @ts-expect-error JSON is no full-text column
  () => defineModel({ Text: { table: texts, shardKey: 'id', search: ['json'] } }),
  // @ts-expect-error a number is no full-text column
  () => defineModel({ Text: { table: texts, shardKey: 'id', search: ['count'] } }),
  // @ts-expect-error a moment is no full-text column
  () => defineModel({ Text: { table: texts, shardKey: 'id', search: ['plain', 'at'] } }),
  // @ts-expect-error a full-text column is named as in SQL
  () => defineModel({ Text: { table: texts, shardKey: 'id', search: ['is_required'] } }),
  // @ts-expect-error one name is no list
  () => defineModel({ Text: { table: texts, shardKey: 'id', search: 'plain' } }),
  // @ts-expect-error no such option
  () => defineModel({ Owner: { table: owners, shardKey: 'id', cached: true } }),
  () =>
    defineModel(entries, ({ many }) => ({
      // @ts-expect-error no such target
      Owner: { notes: many.Memo() },
    })),
  () =>
    // @ts-expect-error no such source
    defineModel(entries, ({ many }) => ({
      Owner: { notes: many.Note() },
      Memo: { notes: many.Note() },
    })),
  () =>
    // @ts-expect-error "from" is no column of the source
    defineModel(entries, ({ one }) => ({
      Note: { parent: one.Note({ from: 'name', to: 'id' }) },
    })),
  () =>
    defineModel(entries, ({ one }) => ({
      // @ts-expect-error "to" is no column of the target
      Note: { parent: one.Note({ from: 'parentId', to: 'name' }) },
    })),
  () =>
    // @ts-expect-error one of several columns is none of the source
    defineModel(entries, ({ one }) => ({
      Note: { parent: one.Note({ from: ['ownerId', 'name'], to: ['ownerId', 'id'] }) },
    })),
  () =>
    defineModel(entries, ({ one }) => ({
      // @ts-expect-error "to" is missing
      Note: { parent: one.Note({ from: 'parentId' }) },
    })),
  () =>
    defineModel(entries, ({ one }) => ({
      // @ts-expect-error to-one relations have no join table
      Note: { owner: one.Owner({ through: 'Note' }) },
    })),
  () =>
    defineModel(entries, ({ many }) => ({
      // @ts-expect-error no such join table
      Owner: { notes: many.Note({ through: 'Memo' }) },
    })),
  () =>
    defineModel(entries, ({ many }) => ({
      Owner: {
        // @ts-expect-error a column that the join table lacks
        notes: many.Note({ from: 'id', through: { type: 'Note', from: 'name', to: 'id' }, to: 'id' }),
      },
    })),
];
