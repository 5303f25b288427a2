import { buildSchema } from 'graphql';
import { expect, it } from 'vitest';
import { exampleVariables } from '../../scripts/graphiql/example-variables.ts';

const schema = buildSchema(`
  scalar DateTime
  directive @oneOf on INPUT_OBJECT
  enum Plan { FREE PRO }
  input Key @oneOf { id: ID, name: String }
  input Item { sku: ID!, count: Int! = 1, note: String, of: Item }
  input Order { plan: Plan!, at: DateTime!, items: [Item!]!, parent: Order! }
  type Query { a(id: ID, f: Float, on: Boolean): Int }
`);
const of = (query: string) => {
  const text = exampleVariables(query, schema);
  return text === '' ? text : JSON.parse(text);
};

it('has nothing for operations without variables, and for what is no operation', () => {
  expect(of('query A { a }')).toBe('');
  expect(of('query A($id: ID!) { a(id: ')).toBe('');
});

it('names what has to be given, with values of its type', () => {
  expect(of('query A($id: ID!, $n: Int!, $on: Boolean!, $plan: Plan!, $l: [Float!]!) { a }')).toEqual({
    ...{ id: '1', n: 1, on: true, plan: 'FREE', l: [1.5] },
  });
});

it('leaves out what is optional: null would be written, or refused', () => {
  expect(of('query A($id: ID, $n: Int = 3, $m: Int! = 3, $s: String!) { a }')).toEqual({ s: 'text' });
  expect(of('mutation A($name: String, $phone: String) { a }')).toBe('');
});

it('fills in objects as far as they need it, one key of several, and ends where types contain themselves', () => {
  const { order, key } = of('query A($order: Order!, $key: Key!) { a }');
  expect(key).toEqual({ id: '1' });
  expect(order).toMatchObject({ plan: 'FREE', at: '2030-01-31T12:00:00Z', items: [{ sku: '1' }] });
  expect(JSON.stringify(order).length).toBeLessThan(1_000);
});

it('has the names, where types are not known', () => {
  expect(JSON.parse(exampleVariables('query A($id: ID!, $of: Gone!) { a }', null))).toEqual({ id: null, of: null });
  expect(of('query A($of: Gone!) { a }')).toEqual({ of: null });
});
