/** Accounts and their entries, which are named by decimals: what histories over HTTP read and write. */
import { integer, numeric, primaryKey, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core';
import { defineModel } from '../../../src/model/define-model.ts';

export const accounts = sqliteTable('accounts', {
  id: text().primaryKey(),
  visits: integer().notNull().default(0),
});

export const entries = sqliteTable(
  'entries',
  {
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    amount: numeric().notNull(),
    title: text().notNull(),
    label: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.amount] }), unique().on(t.accountId, t.title)],
);

export default defineModel(
  {
    Account: { table: accounts, shardKey: 'id' },
    Entry: { table: entries, shardKey: 'accountId' },
  },
  ({ one, many }) => ({ Account: { entries: many.Entry() }, Entry: { account: one.Account() } }),
);
