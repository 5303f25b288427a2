import { type GraphQLSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { buildSchema } from '../../src/schema/build-schema.ts';
import extensions from '../../src/schema/extensions.ts';
import shopModel from '../../src/schema/model.ts';
import allTypesModel from '../models/all-types/model.ts';
import globalIdsModel from '../models/global-ids/model.ts';
import thirtyModel from '../models/thirty/model.ts';

/** Places of members without a description. */
function undescribed(schema: GraphQLSchema): string[] {
  const found: string[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    if (isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) {
        if (!field.description) found.push(`${type.name}.${field.name}`);
        for (const { name, description } of field.args)
          if (!description) found.push(`${type.name}.${field.name}(${name})`);
      }
    }
    const members = isInputObjectType(type)
      ? Object.values(type.getFields())
      : isEnumType(type)
        ? type.getValues()
        : [];
    for (const { name, description } of members) if (!description) found.push(`${type.name}.${name}`);
  }
  for (const { name, args } of schema.getDirectives())
    for (const arg of args) if (!arg.description) found.push(`@${name}(${arg.name})`);
  return found;
}

describe('every generated field, argument, input field and enum value has a description', () => {
  it.each([
    ['the demo', () => buildSchema(shopModel)],
    ['thirty tables', () => buildSchema(thirtyModel)],
    ['every type', () => buildSchema(allTypesModel)],
    ['global ids called id', () => buildSchema(globalIdsModel)],
  ])('in the schema of %s', (_, make) => {
    expect(undescribed(make())).toEqual([]);
  });

  it("and nothing is said of users' own, which they describe", () => {
    expect(undescribed(buildSchema(shopModel, extensions))).toEqual([
      'Query.bestCustomers(tenantId)',
      'Query.bestCustomers(limit)',
    ]);
  });
});
