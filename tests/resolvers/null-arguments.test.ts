/** Clients send null for variables that were not set: in reads that is the same as leaving the argument out. */

import { type GraphQLArgument, type GraphQLField, isNonNullType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { Read } from '../../src/shards/plan/read.ts';
import { FakeShardClient } from './support/fake-shard-client.ts';
import { run, summary } from './support/run.ts';
import { shop } from './support/shop.ts';

interface Case {
  readonly name: string;
  readonly document: (args: string) => string;
}

const optional = (field: GraphQLField<unknown, unknown>): readonly GraphQLArgument[] =>
  field.args.filter(({ type }) => !isNonNullType(type));

const fieldsOf = (typeName: string): readonly GraphQLField<unknown, unknown>[] => {
  const type = shop.schema.getType(typeName);
  if (!isObjectType(type)) throw new Error(`Expected an object type ${typeName}.`);
  return Object.values(type.getFields());
};

/** Every optional argument of every field that reads, found in the schema: what is added to it is covered. */
function* cases(): Generator<Case> {
  const required: Readonly<Record<string, string>> = { by: 'by: { id: "x" }', nodeId: 'nodeId: "x"' };
  for (const field of fieldsOf('Query')) {
    const given = field.args.map(({ name }) => required[name]).filter((text) => text !== undefined);
    const selection = field.name.endsWith('s') ? '{ totalCount nodes { __typename } }' : '{ __typename }';
    for (const { name } of optional(field)) {
      yield {
        name: `Query.${field.name}(${name})`,
        document: (args) => `{ ${field.name}(${[...given, args].join(', ')} shardKey: "t") ${selection} }`,
      };
    }
  }
  for (const [typeName, path] of [
    ['Tenant', (inner: string) => `{ tenant(by: { id: "t" }) { ${inner} } }`],
    ['OrderConnection', (inner: string) => `{ orders(shardKey: "t") { ${inner} } }`],
  ] as const) {
    for (const field of fieldsOf(typeName)) {
      const given = field.name === 'groupBy' ? 'by: { field: STATUS }' : '';
      const selections: Readonly<Record<string, string>> = { settings: '', groupBy: '{ count }' };
      const selection = selections[field.name] ?? '{ totalCount nodes { __typename } }';
      for (const { name } of optional(field)) {
        yield {
          name: `${typeName}.${field.name}(${name})`,
          document: (args) => path(`${field.name}${given || args ? `(${given} ${args})` : ''} ${selection}`),
        };
      }
    }
  }
}

async function outcome(document: string, variables: Readonly<Record<string, unknown>> = {}) {
  const client = new FakeShardClient(shop.model);
  const { data, errors } = await run(shop, client, document, variables);
  return { data, errors: summary(errors), reads: client.reads as readonly Read[] };
}

const CASES = [...cases()];

describe('null for an optional argument of a read', () => {
  it('is tried with the arguments of lists, relations, groups and JSON columns', () => {
    const names = CASES.map(({ name }) => name);
    for (const name of ['Query.customers(where)', 'Tenant.orders(after)', 'Tenant.settings(path)'])
      expect(names).toContain(name);
    for (const name of ['OrderConnection.groupBy(having)', 'Query.customer(shardKey)', 'Query.products(search)'])
      expect(names).toContain(name);
  });

  it.each(CASES.filter(({ name }) => !name.endsWith('(shardKey)')))('$name means left out', async (tried) => {
    const argument = /\((\w+)\)$/.exec(tried.name)![1]!;
    const wanted = await outcome(tried.document(''));
    expect(wanted.errors).toEqual([]);
    expect(await outcome(tried.document(`${argument}: null`))).toEqual(wanted);
  });

  it('means left out for shard keys: all shards are asked', async () => {
    for (const field of ['orders', 'customer(by: { id: "x" })']) {
      const withNull = field.includes('(') ? field.replace(')', ', shardKey: null)') : `${field}(shardKey: null)`;
      const selection = '{ __typename }';
      const wanted = await outcome(`{ ${field} ${selection} }`);
      const got = await outcome(`{ ${withNull} ${selection} }`);
      expect(got).toEqual(wanted);
      expect(got.reads.map(({ shardKeys }) => shardKeys)).toEqual([null]);
    }
  });

  it('means left out where it comes from a variable', async () => {
    const query = `query ($where: OrderWhere, $orderBy: [OrderOrderBy!], $first: Int, $after: String, $key: ID) {
      orders(where: $where, orderBy: $orderBy, first: $first, after: $after, shardKey: $key) { totalCount }
    }`;
    const nothing = { where: null, orderBy: null, first: null, after: null, key: null };
    expect(await outcome(query, nothing)).toEqual(await outcome(query));
  });
});
