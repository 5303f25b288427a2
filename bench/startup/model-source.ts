/**
 * The text of a model file of `count` tables as a user would write it: one table of shard keys, and others of nine
 * columns, each with a key, a foreign key to the table before, two indexes and relations both ways.
 */
export function modelSource(count: number): string {
  const numbers = Array.from({ length: count - 1 }, (_, index) => index + 1);
  return `import { foreignKey, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { dateTime, now, ulid } from '../../../src/model/columns.ts';
import { defineModel } from '../../../src/model/define-model.ts';

const accounts = sqliteTable('accounts', { id: text().primaryKey().$defaultFn(ulid), name: text().notNull() });

${numbers.map(tableSource).join('\n\n')}

export default defineModel(
  {
    Account: { table: accounts, shardKey: 'id' },
${numbers.map((number) => `    Record${number}: { table: records${number}, shardKey: 'accountId' },`).join('\n')}
  },
  ({ one, many }) => ({
${numbers.map((number) => `    Record${number}: ${relationsSource(number, count)},`).join('\n')}
  }),
);
`;
}

function tableSource(number: number): string {
  const parent = number === 1 ? null : `records${number - 1}`;
  const parentColumn = parent === null ? '' : `\n  parentId: text('parent_id').notNull(),`;
  const parentRules =
    parent === null
      ? ''
      : `\n  foreignKey({ columns: [t.accountId, t.parentId], foreignColumns: [${parent}.accountId, ${parent}.id] }),
  index('records_${number}_of_parent').on(t.accountId, t.parentId),`;
  return `const records${number} = sqliteTable('records_${number}', {
  id: text().notNull().$defaultFn(ulid),
  accountId: text('account_id').notNull().references(() => accounts.id),${parentColumn}
  name: text().notNull(),
  status: text({ enum: ['open', 'waiting', 'closed'] }).notNull().default('open'),
  amountCents: integer('amount_cents').notNull(),
  note: text(),
  settings: text({ mode: 'json' }).notNull(),
  createdAt: dateTime('created_at').notNull().$defaultFn(now),
}, (t) => [
  primaryKey({ columns: [t.accountId, t.id] }),
  index('records_${number}_newest').on(t.accountId, t.createdAt),${parentRules}
]);`;
}

function relationsSource(number: number, count: number): string {
  const parent = number === 1 ? '' : `parent: one.Record${number - 1}(), `;
  const children = number === count - 1 ? '' : `children: many.Record${number + 1}() `;
  return `{ ${parent}${children}}`;
}
