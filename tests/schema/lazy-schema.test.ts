import {
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  parse,
  validate,
  validateSchema,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import type { Model } from '../../src/model/types.ts';
import { buildSchema } from '../../src/schema/build-schema.ts';
import { LazySchema } from '../../src/schema/lazy-schema.ts';
import shop from '../../src/schema/model.ts';
import { TypeRegistry } from '../../src/schema/type-registry.ts';
import allTypes from '../models/all-types/model.ts';
import crossShard from '../models/cross-shard/model.ts';
import thirty from '../models/thirty/model.ts';

const MODELS: readonly (readonly [string, Model])[] = [
  ['the shop', shop],
  ['all column types', allTypes],
  ['several domains', crossShard],
  ['thirty tables', thirty],
];

/** Scalars, for users' own fields, and filters of groups are there whatever columns a model has. */
const ALWAYS = [
  ...['DateTime', 'Bytes', 'BigInt', 'Decimal', 'Version', 'JSON'],
  ...['IntFilter', 'FloatFilter', 'DecimalFilter'],
];

describe.each(MODELS)('the schema of %s', (_, model) => {
  const schema = buildSchema(model);

  it('names the types that its root types lead to, and besides only what every schema has', () => {
    const collected = new GraphQLSchema({
      query: schema.getQueryType(),
      mutation: schema.getMutationType(),
      directives: schema.getDirectives(),
    });
    const names = new Set([...Object.keys(collected.getTypeMap()), ...ALWAYS]);
    expect(Object.keys(schema.getTypeMap()).sort()).toEqual([...names].sort());
    for (const [name, type] of Object.entries(collected.getTypeMap())) expect(schema.getType(name)).toBe(type);
  });

  it('is valid', () => {
    expect(validateSchema(new GraphQLSchema({ ...schema.toConfig(), assumeValid: false }))).toEqual([]);
  });

  it('knows the types of rows as implementations of Node', () => {
    const node = new GraphQLSchema(schema.toConfig()).getType('Node') as never;
    expect(schema.getPossibleTypes(node).map(({ name }) => name)).toEqual(model.tables.map(({ typeName }) => typeName));
    const row = schema.getType(model.tables[0]!.typeName) as GraphQLObjectType;
    expect(schema.isSubType(node, row)).toBe(true);
    expect(schema.isSubType(node, schema.getType('PageInfo') as GraphQLObjectType)).toBe(false);
  });
});

describe('a lazy schema', () => {
  function lazy() {
    const made: string[] = [];
    const types = new TypeRegistry();
    const add = (name: string, fields: () => Record<string, string>) =>
      types.add(name, () => {
        made.push(name);
        const typed = () =>
          Object.fromEntries(
            Object.entries(fields()).map(([field, type]) => [
              field,
              { type: new GraphQLNonNull(type === 'String' ? GraphQLString : types.get<GraphQLObjectType>(type)) },
            ]),
          );
        return new GraphQLObjectType({ name, fields: typed });
      });
    types.add('String', () => GraphQLString);
    add('Query', () => ({ shop: 'Shop', name: 'String' }));
    add('Shop', () => ({ owner: 'Owner' }));
    add('Owner', () => ({ name: 'String' }));
    add('Mutation', () => ({ shop: 'Shop' }));
    return {
      made,
      schema: new LazySchema({ types, directives: [], implementing: [], extensions: {} }, { assumeValid: true }),
    };
  }

  it('makes the types that a document touches, once each, and those that their fields name', () => {
    const { made, schema } = lazy();
    const ask = (text: string) => validate(schema, parse(text)).map(({ message }) => message);
    expect(ask('{ __typename }')).toEqual([]);
    expect(made).toEqual(['Query']);
    expect(ask('{ shop { owner { name } } }')).toEqual([]);
    expect(ask('{ shop { owner { name } } }')).toEqual([]);
    expect(made).toEqual(['Query', 'Shop', 'Owner']);
  });

  it('names all types where a document names one that is not there', () => {
    const { schema } = lazy();
    const errors = validate(schema, parse('{ shop { ...A } } fragment A on Shopp { owner { name } }'));
    expect(errors.map(({ message }) => message)).toEqual(['Unknown type "Shopp". Did you mean "Shop"?']);
  });
});
