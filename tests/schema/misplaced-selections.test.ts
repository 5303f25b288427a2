import { type GraphQLObjectType, getNamedType, isLeafType, parse, buildSchema as parseSchema, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { buildSchema } from '../../src/schema/build-schema.ts';
import { withHints } from '../../src/schema/misplaced-selections.ts';
import model from '../../src/schema/model.ts';

const schema = buildSchema(model);
const messagesOf = (query: string, of = schema) => {
  const document = parse(query);
  return withHints(of, document, validate(of, document)).map(({ message }) => message);
};
/** What follows graphql's own words. */
const hintsOf = (query: string) =>
  messagesOf(query).map((message) => /(?:Did you mean|Or) "([^"]* [^"]*)"\?$/.exec(message)?.[1] ?? null);

describe('a hint tells where a selection would be right', () => {
  it.each([
    ['a column of a list', '{ orders { id } }', 'orders { nodes { id } }'],
    ['a column of a list by alias', '{ mine: orders { key: id } }', 'orders { nodes { id } }'],
    ['a relation of a list', '{ orders { customer { name } } }', 'orders { nodes { customer { … } } }'],
    ['a column of a to-many relation', '{ orders { nodes { items { quantity } } } }', 'items { nodes { quantity } }'],
    ['a column of an edge', '{ orders { edges { status } } }', 'edges { node { status } }'],
    ['nodes of an edge', '{ orders { edges { nodes { id } } } }', 'orders { nodes { … } }'],
    ['the node of a list', '{ orders { node { id } } }', 'orders { edges { node { … } } }'],
    ['a cursor of a list', '{ orders { cursor } }', 'orders { edges { cursor } }'],
    ['a cursor of a row', '{ orders { nodes { cursor } } }', 'orders { edges { cursor } }'],
    ['a part of pageInfo', '{ orders { hasNextPage } }', 'orders { pageInfo { hasNextPage } }'],
    ['a part of pageInfo at a row', '{ orders { nodes { endCursor } } }', 'orders { pageInfo { endCursor } }'],
    ['totalCount at a row', '{ orders { nodes { totalCount } } }', 'orders { totalCount }'],
    ['totalCount at an edge', '{ orders { edges { totalCount } } }', 'orders { totalCount }'],
    ['totalCount at the row of an edge', '{ orders { edges { node { totalCount } } } }', 'orders { totalCount }'],
    ['totalCount in pageInfo', '{ orders { pageInfo { totalCount } } }', 'orders { totalCount }'],
    ['pageInfo at a row', '{ orders { nodes { pageInfo { endCursor } } } }', 'orders { pageInfo { … } }'],
    [
      'pageInfo of a to-many relation at its row',
      '{ tenants { nodes { orders { nodes { pageInfo { endCursor } } } } } }',
      'orders { pageInfo { … } }',
    ],
    ['count of a list', '{ orders { count } }', 'orders { aggregate { count } }'],
    ['sum of a list', '{ orders { sum { totalCents } } }', 'orders { aggregate { sum { … } } }'],
    ['sum at a row', '{ orders { nodes { sum { totalCents } } } }', 'orders { aggregate { sum { … } } }'],
    ['aggregate at a row', '{ orders { nodes { aggregate { count } } } }', 'orders { aggregate { … } }'],
    ['a column of an aggregate', '{ orders { aggregate { totalCents } } }', 'aggregate { sum { totalCents } }'],
    [
      'a column without sum of an aggregate',
      '{ orders { aggregate { createdAt } } }',
      'aggregate { min { createdAt } }',
    ],
    ['totalCount of an aggregate', '{ orders { aggregate { totalCount } } }', 'orders { totalCount }'],
    ['rows of an aggregate', '{ orders { aggregate { nodes { id } } } }', 'orders { nodes { … } }'],
    [
      'a column of a group',
      '{ orders { groupBy(by: [{ field: STATUS }]) { status } } }',
      'groupBy { keys { status } }',
    ],
    ['nodes of one row', '{ customer(by: { id: "1" }) { nodes { id } } }', 'customer { … }'],
    ['edges of a to-one relation', '{ orders { nodes { customer { edges { node { id } } } } } }', 'customer { … }'],
    ['a fragment on rows in a list', '{ orders { ...F } } fragment F on Order { id }', 'orders { nodes { ...F } }'],
    [
      'a fragment on rows in an edge',
      '{ orders { edges { ...F } } } fragment F on Order { id }',
      'edges { node { ...F } }',
    ],
    [
      'a fragment on a list at its rows',
      '{ orders { nodes { ...F } } } fragment F on OrderConnection { totalCount }',
      'orders { ...F }',
    ],
    [
      'an inline fragment on rows in a list',
      '{ orders { ... on Order { id } } }',
      'orders { nodes { ... on Order { … } } }',
    ],
    ['a column in a fragment on a list', '{ orders { ...F } } fragment F on OrderConnection { id }', 'nodes { id }'],
    ['a column in an inline fragment', '{ orders { ... @include(if: true) { id } } }', 'orders { nodes { id } }'],
    [
      'a list below a row of any type',
      '{ node(nodeId: "1") { ... on Order { items { quantity } } } }',
      'items { nodes { quantity } }',
    ],
    ['an argument of a list at its rows', '{ orders { nodes(first: 3) { id } } }', 'orders(first: …)'],
    [
      'an argument of a list at its aggregate',
      '{ tenants { nodes { orders { aggregate(where: {}) { count } } } } }',
      'orders(where: …)',
    ],
    ['an argument of a list deep in it', '{ orders { edges { node(first: 1) { id } } } }', 'orders(first: …)'],
  ])('%s', (_what, query, hint) => {
    expect(hintsOf(query)).toEqual([hint]);
  });

  it.each([
    ['what is nowhere', '{ orders { colour } }'],
    ['a root field', '{ colour }'],
    ['a column of a row', '{ orders { nodes { colour } } }'],
    ['a column of a parent', '{ customer(by: { id: "1" }) { orders { nodes { email } } } }'],
    ['an argument that nothing takes', '{ orders { nodes(colour: 1) { id } } }'],
    ['a fragment on rows of another table', '{ orders { ...F } } fragment F on Customer { id }'],
    ['a fragment on what is no type', '{ orders { ...F } } fragment F on Colour { id }'],
    ['a fragment that is nowhere', '{ orders { ...F } }'],
    ['what stands below an unknown field', '{ colours { nodes { totalCount } } }'],
  ])('and there is none for %s', (_what, query) => {
    expect(hintsOf(query).filter((hint) => hint !== null)).toEqual([]);
  });

  it('after what graphql itself suggests', () => {
    expect(messagesOf('{ orders { nodes { totalCount } } }')).toEqual([
      'Cannot query field "totalCount" on type "Order". Did you mean "totalCents"? Or "orders { totalCount }"?',
    ]);
    expect(messagesOf('{ orders { id } }')).toEqual([
      'Cannot query field "id" on type "OrderConnection". Did you mean "orders { nodes { id } }"?',
    ]);
  });

  it('in schemas of other models, and for each wrong field of a document', () => {
    const other = parseSchema('type Query { a: A } type A { b: B } type B { c: Int }');
    expect(messagesOf('{ a { c } }', other)).toEqual([expect.stringMatching(/ Or "a \{ b \{ c \} \}"\?$/)]);
    expect(hintsOf('{ orders { id status } products { id } }')).toEqual([
      'orders { nodes { id } }',
      'orders { nodes { status } }',
      'products { nodes { id } }',
    ]);
  });
});

describe('each field of a list, asked for at each wrong level of it', () => {
  const list = { path: ['orders'], type: 'OrderConnection' };
  const levels = [
    list,
    { path: ['orders', 'nodes'], type: 'Order' },
    { path: ['orders', 'edges'], type: 'OrderEdge' },
    { path: ['orders', 'edges', 'node'], type: 'Order' },
    { path: ['orders', 'pageInfo'], type: 'PageInfo' },
    { path: ['orders', 'aggregate'], type: 'OrderAggregate' },
    { path: ['orders', 'aggregate', 'min'], type: 'OrderColumnValues' },
  ];
  const fieldsOf = (type: string) => (schema.getType(type) as GraphQLObjectType).getFields();
  const nest = (path: readonly string[], inner: string) =>
    path.reduceRight((text, name) => `${name} { ${text} }`, inner);
  /** Each with a selection of its own, if it needs one. */
  const fields = new Map(
    levels.flatMap(({ type }) =>
      Object.values(fieldsOf(type)).map((field) => [
        field.name,
        isLeafType(getNamedType(field.type)) ? field.name : `${field.name} { __typename }`,
      ]),
    ),
  );
  const cases = levels.flatMap(({ path, type }) =>
    [...fields].filter(([name]) => !(name in fieldsOf(type))).map(([, text]) => `{ ${nest(path, text)} }`),
  );

  it('gets a hint that is right itself', () => {
    expect(cases.length).toBeGreaterThan(100);
    for (const query of cases) {
      const [hint] = hintsOf(query);
      if (hint === null || hint === undefined) throw new Error(`no hint for ${query}: ${messagesOf(query)}`);
      // A hint begins at the field before the wrong level, or further out.
      const outer = query.slice(1, query.indexOf(hint.split(' ')[0]!)).trim();
      const whole = `{ ${outer} ${hint} ${outer.replace(/[^{]/g, '').replaceAll('{', '}')} }`.replaceAll(
        '…',
        '__typename',
      );
      expect({ query, hint, errors: validate(schema, parse(whole.replace('groupBy {', 'groupBy(by: []) {'))) }).toEqual(
        { query, hint, errors: [] },
      );
    }
  });
});
