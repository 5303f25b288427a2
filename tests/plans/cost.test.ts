import { Kind, type OperationDefinitionNode, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import flights from '../../examples/openflights/model.ts';
import { OperationCosts } from '../../src/plans/cost/operation-costs.ts';
import { buildSchema } from '../../src/schema/build-schema.ts';
import model from '../../src/schema/model.ts';
import globalIds from '../models/global-ids/model.ts';

const SHARDS = 4;
const schema = buildSchema(model);
const costs = new OperationCosts({ model, schema, shards: SHARDS });

function costOf(query: string, variables: Readonly<Record<string, unknown>> = {}): number {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  const operation = document.definitions.find((each) => each.kind === Kind.OPERATION_DEFINITION);
  return costs.of(document, operation as OperationDefinitionNode, variables);
}

/** A call to a shard, a row, a field of it, a step to related rows, all rows of a list, a row that is written. */
const [CALL, ROW, FIELD, RELATED, WHOLE, WRITE] = [10, 1, 0.1, 100, 50, 5];
/** Of a call as of an earlier moment. */
const PAST = 1_000;
const rows = (count: number, fields: number) => count * (ROW + fields * FIELD);

describe('an operation costs', () => {
  it.each<[what: string, query: string, cost: number]>([
    ['a call and a row', '{ tenant(by: { id: "t" }) { name plan } }', CALL + rows(1, 2)],
    ['the same of each shard', '{ customer(by: { id: "c" }) { name } }', SHARDS * (CALL + rows(1, 1))],
    [
      'more for rows of the past, which each shard takes back',
      'query @asOf(time: "2026-01-31T09:00:00Z") { customer(by: { id: "c" }) { name } tenant(by: { id: "t" }) { name } }',
      SHARDS * (CALL + PAST + rows(1, 1)) + CALL + PAST + rows(1, 1),
    ],
    ['20 rows by default', '{ orders(shardKey: "t") { nodes { id } } }', CALL + ROW + rows(20, 1)],
    ['as many as are asked for', '{ orders(shardKey: "t", last: 7) { nodes { id } } }', CALL + ROW + rows(7, 1)],
    ['rows of all shards', '{ orders(first: 5) { nodes { id } } }', SHARDS * (CALL + ROW + rows(5, 1))],
    [
      'rows of the shard that a filter names',
      '{ orders(where: { AND: [{ tenantId: { eq: "t" } }] }, first: 5) { nodes { id } } }',
      CALL + ROW + rows(5, 1),
    ],
    [
      'rows of the shard of one key',
      '{ orders(where: { tenantId: { in: ["t"] } }, first: 5) { nodes { id } } }',
      CALL + ROW + rows(5, 1),
    ],
    [
      'edges as nodes',
      '{ orders(shardKey: "t", first: 5) { edges { cursor node { id } } pageInfo { endCursor } } }',
      CALL + ROW + rows(5, 1) + 5 * FIELD + 6 * FIELD,
    ],
    [
      'pages of pages',
      '{ orders(shardKey: "t", first: 5) { nodes { items(first: 3) { nodes { id } } } } }',
      CALL + ROW + 5 * (ROW + ROW + rows(3, 1)),
    ],
    [
      'rows that others refer to',
      '{ orders(shardKey: "t", first: 5) { nodes { customer { name } } } }',
      CALL + ROW + 5 * (ROW + rows(1, 1)),
    ],
    ['a count', '{ orders(shardKey: "t") { totalCount } }', CALL + ROW + WHOLE + FIELD],
    [
      'aggregates and groups',
      '{ orders(shardKey: "t") { aggregate { count } groupBy(by: [{ field: STATUS }], first: 10) { count } } }',
      CALL + ROW + 2 * WHOLE + FIELD + 10 * FIELD,
    ],
    [
      'related rows of filters',
      '{ orders(shardKey: "t", first: 1, where: { customer: { name: { eq: "x" } }, OR: [{ items: { some: { product: { stock: { gt: 1 } } } } }] }) { nodes { id } } }',
      CALL + ROW + rows(1, 1) + 3 * RELATED,
    ],
    [
      'aggregates of filters',
      '{ orders(shardKey: "t", first: 1, where: { itemsAggregate: { count: { gt: 1 }, sum: { quantity: { gt: 1 }, unitPriceCents: { gt: 1 } } } }) { nodes { id } } }',
      CALL + ROW + rows(1, 1) + 3 * RELATED,
    ],
    [
      'related rows of orders',
      '{ orderItems(shardKey: "t", first: 1, orderBy: [{ order: { customer: { name: ASC } } }, { quantity: ASC }]) { nodes { id } } }',
      CALL + ROW + rows(1, 1) + 2 * RELATED,
    ],
    [
      'a search',
      '{ products(shardKey: "t", first: 1, search: "x") { nodes { id } } }',
      CALL + ROW + rows(1, 1) + RELATED,
    ],
    ['rows by their ids', '{ nodes(nodeIds: ["a", "b", "c"]) { nodeId } }', CALL + rows(3, 1)],
    [
      'a row that is written, and shown',
      'mutation { createTenant(data: { name: "T", plan: PRO, settings: { a: { b: {} } } }) { id } }',
      CALL + WRITE + FIELD,
    ],
    [
      'rows within rows that are written',
      'mutation { createOrder(data: { tenantId: "t", customerId: "c", totalCents: 1, shipping: {}, items: { create: [{ productId: "p", quantity: 1, unitPriceCents: 1 }, { productId: "q", quantity: 1, unitPriceCents: 1 }] } }) { id } }',
      CALL + 3 * WRITE + FIELD,
    ],
    [
      'as many rows as may be written',
      'mutation { updateOrders(shardKey: "t", where: { status: { eq: PAID } }, data: { note: "x" }, atMost: 500) { affectedCount } }',
      CALL + 500 * WRITE + FIELD,
    ],
    [
      'all operations of a transaction',
      'mutation { transaction(operations: [{ createTenant: { data: { id: "t", name: "T", plan: PRO, settings: {} } } }, { deleteOrder: { by: { id: "o" } } }]) { results { node { nodeId } } } }',
      CALL + 2 * WRITE + 3 * FIELD,
    ],
    [
      'nothing for what is skipped',
      '{ a: tenant(by: { id: "t" }) @skip(if: true) { name } tenant(by: { id: "t" }) { name plan @include(if: false) } }',
      CALL + rows(1, 1),
    ],
    [
      'a fragment wherever it is spread',
      '{ a: tenant(by: { id: "t" }) { ...F } b: tenant(by: { id: "t" }) { ...F } } fragment F on Tenant { orders(first: 2) { nodes { id } } }',
      2 * (CALL + ROW + ROW + rows(2, 1)),
    ],
  ])('%s', (_, query, cost) => {
    expect(costOf(query)).toBe(Math.ceil(cost - 1e-9));
  });

  it('the same with variables as with values, with defaults as without', () => {
    const plain = costOf('{ orders(shardKey: "t", first: 7, where: { items: { some: {} } }) { nodes { id } } }');
    const query = `query ($key: ID, $n: Int = 7, $where: OrderWhere, $no: Boolean = false) {
      orders(shardKey: $key, first: $n, where: $where) { nodes { id } } tenant(by: { id: "t" }) @include(if: $no) { id } }`;
    expect(costOf(query, { key: 't', where: { items: { some: {} } } })).toBe(plain);
    expect(costOf(query, { key: 't', n: 100, where: { items: { some: {} } } })).toBeGreaterThan(plain);
    expect(costOf(query, { key: null, where: { items: { some: {} } } })).toBeGreaterThan((SHARDS - 1) * plain);
  });

  it('more for relations to other shards: each level asks all of them', () => {
    const flightsSchema = buildSchema(flights);
    const document = parse(
      '{ airports(shardKey: "US", first: 1) { nodes { departures(first: 1) { nodes { __typename } } } } }',
    );
    expect(validate(flightsSchema, document)).toEqual([]);
    const far = flights.tables.flatMap(({ relations }) => relations).some(({ colocated }) => !colocated);
    expect(far).toBe(true);
    const of = new OperationCosts({ model: flights, schema: flightsSchema, shards: SHARDS });
    const cost = of.of(document, document.definitions[0] as OperationDefinitionNode, {});
    expect(cost).toBeGreaterThan(CALL + SHARDS * CALL);
  });

  it.each([
    { name: 'nodeIds', of: model, type: 'Tenant' },
    { name: 'ids', of: globalIds, type: globalIds.tables[0]!.typeName },
  ])('as many rows as global ids are given, whatever those are called: $name', ({ name, of, type }) => {
    const own = buildSchema(of);
    const document = parse(`query ($ids: [ID!]!) { nodes(${name}: $ids) { ... on ${type} { version } } }`);
    expect(validate(own, document)).toEqual([]);
    const operation = document.definitions[0] as OperationDefinitionNode;
    const ids = Array.from({ length: 30 }, (_, at) => String(at));
    expect(new OperationCosts({ model: of, schema: own, shards: SHARDS }).of(document, operation, { ids })).toBe(
      CALL + rows(30, 1),
    );
  });

  it('as many rows as representations are given', () => {
    const own = buildSchema(model, undefined, { showsSdl: false });
    const document = parse('query ($of: [_Any!]!) { _entities(representations: $of) { ... on Tenant { name } } }');
    expect(validate(own, document)).toEqual([]);
    const of = Array.from({ length: 30 }, (_, at) => ({ __typename: 'Tenant', id: String(at) }));
    const operation = document.definitions[0] as OperationDefinitionNode;
    expect(new OperationCosts({ model, schema: own, shards: SHARDS }).of(document, operation, { of })).toBe(
      CALL + rows(30, 1),
    );
  });
});

describe('a cost', () => {
  it('is finite, however deep pages are within each other', () => {
    const levels = (count: number): string =>
      count === 0 ? 'id' : `orderItems(first: 100) { nodes { product { ${levels(count - 1)} } } }`;
    const cost = costOf(`{ products(first: 100) { nodes { ${levels(90)} } } }`);
    expect(cost).toBeGreaterThan(1e12);
    expect(Number.isFinite(cost)).toBe(true);
    expect(costOf(`{ products(first: 0) { nodes { ${levels(90)} } } }`)).toBeLessThan(100);
  });

  it.each([
    { n: 'x' },
    { n: -1 },
    { n: 1e300 },
    { where: 'x' },
    { where: [{ items: 1 }] },
    { where: { AND: { items: { some: null } }, items: [[]], itemsAggregate: 5, customer: null } },
    { key: {} },
    { orderBy: { customer: { customer: { customer: [] } } } },
  ])('is a number for wrong variables, too: %j', (variables) => {
    const query = `query ($key: ID, $n: Int, $where: OrderWhere, $orderBy: [OrderOrderBy!]) {
      orders(shardKey: $key, first: $n, where: $where, orderBy: $orderBy) { nodes { id } } }`;
    expect(costOf(query, variables)).toBeGreaterThan(0);
  });

  it('of fragments that spread each other twice is worked out in time that grows with their length', () => {
    const doubling = (count: number): string => {
      const fragments = Array.from({ length: count }, (_, at) => {
        const inner = at === count - 1 ? 'orders(first: $n) { totalCount }' : `...F${at + 1} ...F${at + 1}`;
        return `fragment F${at} on Tenant { ${inner} }`;
      });
      return `query ($n: Int) { tenant(by: { id: "t" }) { ...F0 } } ${fragments.join(' ')}`;
    };
    const document = parse(doubling(60));
    const cost = costs.of(document, document.definitions[0] as OperationDefinitionNode, { n: 1 });
    expect(cost).toBe(1e15);
  });
});
