import { foreignKey, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { RelationDeclarations, RelationHelpers } from '../../src/model/declaration.ts';
import { defineModel } from '../../src/model/define-model.ts';
import { notes, owners, testRefusedModels } from './refused-model.ts';

const accounts = sqliteTable('accounts', { owner: text().notNull(), id: text().notNull() }, (t) => [
  primaryKey({ columns: [t.owner, t.id] }),
]);

/** Two foreign keys lead from here to accounts. */
const transfers = sqliteTable(
  'transfers',
  {
    owner: text().notNull(),
    id: text().notNull(),
    sourceId: text('source_id').notNull(),
    targetId: text('target_id').notNull(),
    cents: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.owner, t.id] }),
    foreignKey({ columns: [t.owner, t.sourceId], foreignColumns: [accounts.owner, accounts.id] }),
    foreignKey({ columns: [t.owner, t.targetId], foreignColumns: [accounts.owner, accounts.id] }),
  ],
);

const tags = sqliteTable('tags', { id: text().primaryKey(), label: text() });

type BankTables = { readonly Account: typeof accounts; readonly Transfer: typeof transfers };

const defineTransfers = (relations: (helpers: RelationHelpers<BankTables>) => RelationDeclarations<BankTables>) =>
  defineModel<BankTables>(
    { Account: { table: accounts, shardKey: 'owner' }, Transfer: { table: transfers, shardKey: 'owner' } },
    relations,
  );

testRefusedModels('Models with unclear relations', {
  'a relation without a foreign key': {
    define: () =>
      defineModel(
        { Owner: { table: owners, shardKey: 'id' }, Note: { table: notes(), shardKey: 'owner' } },
        ({ many }) => ({
          Owner: { notes: many.Note() },
        }),
      ),
    where: ['Owner', '"owners"', '"notes"'],
    message: /foreign key from Note to Owner, but got none/,
  },
  'a relation with two foreign keys to choose from': {
    define: () => defineTransfers(({ one }) => ({ Transfer: { account: one.Account() } })),
    where: ['"transfers"', '"account"'],
    message: /one foreign key between Transfer and Account, but got several/,
  },
  'a foreign key of another name': {
    define: () => defineTransfers(({ one }) => ({ Transfer: { account: one.Account({ foreignKey: 'nothing' }) } })),
    where: ['"transfers"', '"account"'],
    message: /named "nothing", but got none/,
  },
  'a to-one relation to columns that are no key': {
    define: () => defineTransfers(({ one }) => ({ Transfer: { other: one.Transfer({ from: 'id', to: 'sourceId' }) } })),
    where: ['"transfers"', '"other"'],
    message: /columns that name one Transfer, but got owner, sourceId/,
  },
  'relation columns of different number': {
    define: () =>
      defineTransfers(({ one }) => ({ Transfer: { other: one.Transfer({ from: ['owner', 'sourceId'], to: 'id' }) } })),
    where: ['"transfers"', '"other"'],
    message: /but got 2 and 1/,
  },
  'relation columns of different types': {
    define: () => defineTransfers(({ many }) => ({ Transfer: { others: many.Transfer({ from: 'cents', to: 'id' }) } })),
    where: ['"transfers"', '"others"'],
    message: /Transfer\.cents \(int\) and Transfer\.id \(text\)/,
  },
  'a many-to-many relation through a table that leads to its side twice': {
    define: () => defineTransfers(({ many }) => ({ Account: { partners: many.Account({ through: 'Transfer' }) } })),
    where: ['"accounts"', '"partners"'],
    message: /one way from Transfer to Account, but got several/,
  },
  'a many-to-many relation across shards to columns that are no key': {
    define: () =>
      defineModel(
        {
          Owner: { table: owners, shardKey: 'id' },
          Tag: { table: tags, shardKey: 'id' },
          Account: { table: accounts, shardKey: 'owner' },
          Transfer: { table: transfers, shardKey: 'owner' },
        },
        ({ many }) => ({
          Owner: {
            paid: many.Transfer({ from: 'id', through: { type: 'Tag', from: 'id', to: 'label' }, to: 'sourceId' }),
          },
        }),
      ),
    where: ['"owners"', '"paid"'],
    message: /columns that name one Transfer over all shards, but got sourceId, which no key of it covers/,
  },
});
