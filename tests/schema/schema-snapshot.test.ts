import { type GraphQLNamedType, isEnumType, isInputObjectType, isObjectType, printSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { buildSchema } from '../../src/schema/build-schema.ts';
import extensions from '../../src/schema/extensions.ts';
import model from '../../src/schema/model.ts';
import { buildOperatorSchema } from '../../src/schema/operator/build-operator-schema.ts';

it('the API of the shop is the one in schema.graphql (to accept a change: npx vitest run tests/schema -u)', async () => {
  await expect(`${printSchema(buildSchema(model, extensions))}\n`).toMatchFileSnapshot('../../schema.graphql');
});

describe('the API of operators', () => {
  const schema = buildOperatorSchema();

  it('is the one in operator.graphql', async () => {
    await expect(`${printSchema(schema)}\n`).toMatchFileSnapshot('../../operator.graphql');
  });

  it('describes every field, argument and value', () => {
    const own = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
    expect(own.flatMap(undescribed)).toEqual([]);
  });
});

function undescribed(type: GraphQLNamedType): string[] {
  if (isEnumType(type)) return missing(type.name, type.getValues());
  if (isInputObjectType(type)) return missing(type.name, Object.values(type.getFields()));
  if (!isObjectType(type)) return [];
  const fields = Object.values(type.getFields());
  return [...missing(type.name, fields), ...fields.flatMap(({ name, args }) => missing(`${type.name}.${name}`, args))];
}

const missing = (
  owner: string,
  parts: readonly { readonly name: string; readonly description?: string | null | undefined }[],
): string[] => parts.flatMap(({ name, description }) => (description ? [] : [`${owner}.${name}`]));
