import { foreignKey, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { GraphQLInputObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { defineModel } from '../../../src/model/define-model.ts';
import type { Model } from '../../../src/model/types.ts';
import { buildSchema } from '../../../src/schema/build-schema.ts';
import shop from '../../../src/schema/model.ts';
import projects from '../../models/projects/model.ts';

const fieldsOf = (model: Model, type: string) =>
  (buildSchema(model).getType(`${type}CreateInput`) as GraphQLInputObjectType).getFields();

/** The columns that a client has to give. */
const required = (model: Model, type: string): string[] =>
  Object.values(fieldsOf(model, type))
    .filter((field) => String(field.type).endsWith('!'))
    .map(({ name }) => name);

const users = sqliteTable('users', { tenant: text().notNull(), key: text().notNull(), name: text().notNull() }, (t) => [
  primaryKey({ columns: [t.tenant, t.key] }),
]);
const profiles = sqliteTable(
  'profiles',
  { tenant: text().notNull(), userKey: text('user_key').notNull(), age: integer().notNull() },
  (t) => [
    primaryKey({ columns: [t.tenant, t.userKey] }),
    foreignKey({ columns: [t.tenant, t.userKey], foreignColumns: [users.tenant, users.key] }),
  ],
);

describe('An input for a new row', () => {
  it('requires what has no default, is no null, and nothing else can give', () => {
    expect(required(shop, 'Tenant')).toEqual(['name', 'plan', 'settings']);
    expect(required(shop, 'Customer')).toEqual(['name', 'email', 'attributes']);
    expect(required(shop, 'Order')).toEqual(['totalCents', 'shipping']);
    expect(required(shop, 'OrderItem')).toEqual(['quantity', 'unitPriceCents']);
  });

  it('says of shard keys and references where their values may come from', () => {
    const { tenantId, orderId, id, quantity } = fieldsOf(shop, 'OrderItem');
    expect(tenantId!.description).toMatch(/^Required, unless .*`shardKey`\.$/);
    expect(orderId!.description).toMatch(/^Required, unless .*`refs`\.$/);
    expect([id!.description, quantity!.description]).toEqual([undefined, undefined]);
  });

  it('does not require what a relation without a foreign key pairs with the row that this one belongs to', () => {
    const notes = sqliteTable('notes', {
      owner: text().notNull(),
      id: text().primaryKey(),
      parentName: text('parent_name').notNull(),
    });
    const alone = defineModel({ Note: { table: notes, shardKey: 'id' } });
    expect(required(alone, 'Note')).toEqual(['owner', 'parentName']);
    const related = defineModel({ Note: { table: notes, shardKey: 'id' } }, ({ many }) => ({
      Note: { others: many.Note({ from: ['id', 'owner'], to: ['id', 'parentName'] }) },
    }));
    expect(required(related, 'Note')).toEqual(['owner']);
  });

  it('requires the key of the row that another refers to, also where each leads to the other', () => {
    const model = defineModel(
      { User: { table: users, shardKey: 'tenant' }, Profile: { table: profiles, shardKey: 'tenant' } },
      ({ one }) => ({ User: { profile: one.Profile() }, Profile: { user: one.User() } }),
    );
    expect(required(model, 'User')).toEqual(['key', 'name']);
    expect(required(model, 'Profile')).toEqual(['age']);
  });
});

it('inputs say what rules rows are held to', () => {
  const schema = buildSchema(projects);
  const described = (type: string) => schema.getType(type) as GraphQLInputObjectType;
  for (const input of ['ProjectCreateInput', 'ProjectUpsertInput', 'ProjectUpdateInput']) {
    expect(described(input).description).toMatch(/ The row as a whole is held to a rule of its own\.$/);
    const { name, slug, budget, spent } = described(input).getFields();
    expect([name, slug, budget, spent].map((field) => field?.description)).toEqual([
      expect.stringMatching(/From 1 to 20 characters\.$/),
      expect.stringMatching(/Matches `\/\^\[a-z-\]\+\$\/`\.$/),
      expect.stringMatching(/At least 0\.$/),
      expect.stringMatching(/Held to a rule of its own\.$/),
    ]);
  }
  expect(described('TaskUpdateInput').getFields().points!.description).toMatch(/From 1 to 100\.$/);
  expect(described('TaskUpdateInput').description).not.toContain('rule');
});
