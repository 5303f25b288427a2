/** Tables of 40 and of 98 columns (the greatest number), for everything that lists columns in SQL. */
import { blob, integer, numeric, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { dateTime, int64 } from '../../../src/model/columns.ts';
import { defineModel } from '../../../src/model/define-model.ts';

/** Column builders in turn: every wire kind, nullable, and NOT NULL with a default. */
const KINDS = [
  () => text(),
  () => integer(),
  () => real(),
  () => blob({ mode: 'buffer' }),
  () => numeric(),
  () => int64(),
  () => text({ mode: 'json' }),
  () => integer({ mode: 'boolean' }).notNull().default(false),
  () => dateTime(),
  () => blob({ mode: 'json' }),
  () => blob({ mode: 'bigint' }),
  () => text().notNull().default(''),
];

/** Columns `c03`, `c04`, … so that with the two key columns there are `count`. */
const fillers = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count - 2 }, (_, index) => [
      `c${String(index + 3).padStart(2, '0')}`,
      KINDS[index % KINDS.length]!(),
    ]),
  );

const keyColumns = { owner: text().notNull(), id: integer().notNull() };

export const forties = sqliteTable('forties', { ...keyColumns, ...fillers(40) }, (t) => [
  primaryKey({ columns: [t.owner, t.id] }),
]);

export const nineties = sqliteTable('nineties', { ...keyColumns, ...fillers(98) }, (t) => [
  primaryKey({ columns: [t.owner, t.id] }),
]);

export default defineModel(
  {
    Forty: { table: forties, shardKey: 'owner', domain: 'owner' },
    Ninety: { table: nineties, shardKey: 'owner', domain: 'owner' },
  },
  ({ one, many }) => ({
    Forty: { nineties: many.Ninety({ from: 'id', to: 'id' }) },
    Ninety: { forty: one.Forty({ from: 'id', to: 'id' }) },
  }),
);
