import { GraphQLSchema, isInputObjectType, isObjectType, parse, validate, validateSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { buildSchema } from '../../src/schema/build-schema.ts';
import model from '../../src/schema/model.ts';

const schema = buildSchema(model);
const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
const objectType = (name: string) => {
  const type = schema.getType(name);
  if (!isObjectType(type)) throw new Error(`${name} is no object type.`);
  return type;
};

describe('the schema', () => {
  it('is valid and has no subscriptions', () => {
    // A start takes the schema for valid; this does not.
    expect(validateSchema(new GraphQLSchema({ ...schema.toConfig(), assumeValid: false }))).toEqual([]);
    expect(schema.getSubscriptionType()).toBeFalsy();
  });

  it('has at most 32 types per table', () => {
    for (const { typeName } of model.tables) {
      const others = model.tables
        .map((table) => table.typeName)
        .filter((name) => name.startsWith(typeName) && name !== typeName);
      const own = types.filter(
        ({ name }) => name.startsWith(typeName) && !others.some((other) => name.startsWith(other)),
      );
      // Enums and their filters belong to columns, and inputs of nested rows to relations.
      const isNested = (name: string) =>
        /(To(One|Many)|ConnectOrCreate|(Update|Upsert|Delete)(One|Related)|Refs)/.test(name);
      const perTable = own.filter(
        (type) =>
          isObjectType(type) || (isInputObjectType(type) && !type.name.endsWith('Filter') && !isNested(type.name)),
      );
      expect(perTable.length).toBeGreaterThanOrEqual(8);
      expect(perTable.length).toBeLessThanOrEqual(32);
    }
  });

  it.each(model.tables.map((table) => [table.typeName, table] as const))(
    'gives every %s a nodeId and a version',
    (_, table) => {
      const type = objectType(table.typeName);
      expect(type.getInterfaces().map(({ name }) => name)).toEqual(['Node']);
      expect(String(type.getFields().nodeId!.type)).toBe('ID!');
      expect(String(type.getFields().version!.type)).toBe('Version!');
    },
  );

  it('lets root fields and relations be null, so that one failure takes no other data', () => {
    for (const root of [schema.getQueryType()!, schema.getMutationType()!]) {
      for (const field of Object.values(root.getFields()).filter(({ name }) => name !== 'nodes')) {
        expect(String(field.type), field.name).not.toMatch(/!$/);
      }
    }
    for (const table of model.tables) {
      for (const relation of table.relations) {
        expect(String(objectType(table.typeName).getFields()[relation.name]!.type)).not.toMatch(/!$/);
      }
    }
  });

  it.each(['"2026-13-01"', '1'])('says where a literal %s stands that is no DateTime', (literal) => {
    const document = `{\n  orders(where: { createdAt: { gt: ${literal} } }) { totalCount }\n}`;
    const errors = validate(schema, parse(document));
    expect(errors.map(({ locations }) => locations)).toEqual([[{ line: 2, column: 36 }]]);
  });

  it('promises values of columns that are never null, JSON aside, and only those', () => {
    for (const table of model.tables) {
      const fields = objectType(table.typeName).getFields();
      for (const column of table.columns) {
        expect(String(fields[column.name]!.type).endsWith('!'), `${table.typeName}.${column.name}`).toBe(
          column.notNull && column.scalar !== 'JSON',
        );
      }
      const connection = objectType(`${table.typeName}Connection`).getFields();
      expect(['nodes', 'edges', 'totalCount', 'pageInfo'].map((name) => String(connection[name]!.type))).toEqual([
        `[${table.typeName}!]!`,
        `[${table.typeName}Edge!]!`,
        'Int!',
        'PageInfo!',
      ]);
    }
  });
});
