/** Filters on related rows, in the same shard and across shards, against a naive evaluation over all rows. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { WireValue } from '../../src/model/types.ts';
import { buildSchema } from '../../src/schema/build-schema.ts';
import { toShardKey } from '../../src/shards/shard-key.ts';
import model from '../models/cross-shard/model.ts';
import { arbitraryWhere } from '../support/arbitrary-where.ts';
import { NaiveWhere, type Tables, type Where } from '../support/naive-where.ts';
import { below, createRandom, seedOfRun } from '../support/random.ts';
import { Cluster, CROSS_SHARD } from './support/cluster.ts';
import { summary } from './support/run.ts';

const seed = seedOfRun();
const random = createRandom(seed);
const cluster = new Cluster({ model, schema: buildSchema(model) }, CROSS_SHARD);

const upTo = (n: number): number => below(random, n);
const range = (n: number): number[] => Array.from({ length: n }, (_, index) => index);

const NAMES = ['Ärger', 'ärger', 'ARGER', 'x%', 'X_'];
const name = () => NAMES[upTo(NAMES.length)]!;

/** Some refer to nothing: routes from no airport, planes that are not there, airlines without a parent. */
const tables: Tables = {
  Airline: range(9).map((id) => ({
    id,
    parentId: upTo(3) === 0 ? null : upTo(9),
    name: name(),
    active: upTo(2),
  })),
  Airport: range(8).map((id) => ({
    country: ['DE', 'FR', 'CH'][upTo(3)]!,
    id,
    iata: upTo(3) === 0 ? null : `I${id}`,
    name: name(),
    latitude: upTo(3),
    longitude: upTo(3),
  })),
  Plane: ['A', 'B', 'C', 'D'].map((code) => ({ code, name: name() })),
  Route: range(30).map((id) => ({
    airlineId: upTo(9),
    id,
    sourceAirportId: upTo(10),
    destinationAirportId: upTo(4) === 0 ? null : upTo(10),
    stops: upTo(3),
  })),
  RoutePlane: [],
};
const links = tables.Route!.flatMap((route) =>
  ['A', 'B', 'C', 'E']
    .filter(() => upTo(2) === 0)
    .map((planeCode) => ({ airlineId: route.airlineId!, routeId: route.id!, planeCode })),
);
(tables as Record<string, unknown>).RoutePlane = links;
const naive = new NaiveWhere(model, tables);

beforeAll(async () => {
  for (const [type, rows] of Object.entries(tables)) {
    const columns = model.table(type).columns;
    const data = rows.map((row) =>
      Object.fromEntries(columns.map(({ name, scalar }) => [name, scalar === 'Boolean' ? row[name] === 1 : row[name]])),
    );
    await cluster.data(
      `mutation (${rows.map((_, n) => `$d${n}: ${type}CreateInput!`)}) { ${rows.map((_, n) => `m${n}: create${type}(data: $d${n}) { __typename }`).join(' ')} }`,
      Object.fromEntries(data.map((row, n) => [`d${n}`, row])),
    );
  }
}, 60_000);

const keysOf = (type: string) => model.table(type).primaryKey.names;
const idOf = (type: string, row: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(keysOf(type).map((column) => String(row[column] as WireValue)));

async function found(type: string, where: Where) {
  const { list } = model.table(type);
  const { errors, data, trace } = await cluster.run(
    `query ($where: ${type}Where) { ${list}(where: $where, first: 100) { totalCount nodes { ${keysOf(type).join(' ')} } } }`,
    { where },
  );
  if (errors.length > 0) throw new Error(errors.map((error) => error.message).join());
  expect(data[list].totalCount).toBe(data[list].nodes.length);
  return { ids: data[list].nodes.map((row: object) => idOf(type, row as never)).sort(), trace };
}

const expected = (type: string, where: Where): string[] =>
  naive
    .rows(type, where)
    .map((row) => idOf(type, row))
    .sort();

it(`find the rows that a naive evaluation finds (SEED=${seed})`, async () => {
  let kept = 0;
  const runs = 250;
  const query = fc
    .constantFrom(...model.tables.map(({ typeName }) => typeName))
    .chain((type) => fc.tuple(fc.constant(type), arbitraryWhere(model, tables, type, 3)));
  await fc.assert(
    fc.asyncProperty(query, async ([type, where]) => {
      const rows = expected(type, where);
      if (rows.length > 0 && rows.length < tables[type]!.length) kept++;
      expect((await found(type, where)).ids).toEqual(rows);
    }),
    { seed, numRuns: runs },
  );
  // Not all filters keep nothing or everything.
  expect(kept).toBeGreaterThan(runs / 5);
}, 120_000);

describe('a filter on a relation', () => {
  it('does not match where there is no related row, and its negation does', async () => {
    const orphan = tables.Route!.filter(({ sourceAirportId }) => Number(sourceAirportId) > 7);
    expect((await found('Route', { NOT: { source: {} } })).ids).toEqual(orphan.map((row) => idOf('Route', row)).sort());
  });

  it('holds for a nested list, in the same shard and across shards', async () => {
    const where = { planes: { some: { code: { eq: 'A' } } }, source: { country: { in: ['DE', 'CH'] } } };
    const { airlines, airports } = await cluster.data(
      `query ($where: RouteWhere) {
        airlines(first: 100) { nodes { id routes(where: $where, first: 100) { nodes { id } } } }
        airports(first: 100) { nodes { id departures(where: $where, first: 100) { nodes { id } } } }
      }`,
      { where },
    );
    const idsWhere = (column: string, id: string) =>
      naive
        .rows('Route', where)
        .filter((row) => String(row[column]) === id)
        .map((row) => String(row.id))
        .sort();
    const ids = (page: { nodes: { id: string }[] }) => page.nodes.map((row) => row.id).sort();
    for (const { id, routes } of airlines.nodes) expect(ids(routes)).toEqual(idsWhere('airlineId', id));
    for (const { id, departures } of airports.nodes) expect(ids(departures)).toEqual(idsWhere('sourceAirportId', id));
  });

  it('takes one more RPC per shard for all relations across shards that it names, and one per level of them', async () => {
    const rpcs = async (where: Where) => (await found('Route', where)).trace.rpcs;
    const plain = await rpcs({ stops: { eq: 1 } });
    const airport = { country: { eq: 'DE' }, name: { ne: 'x' } };
    const source = { OR: [{ source: airport }, { destination: { iata: { isNull: true } } }] };
    expect(await rpcs({ stops: { eq: 1 }, airline: { name: { ne: 'x' } } })).toBe(plain);
    expect(await rpcs({ ...source, planes: { some: { name: { ne: 'x' } } } })).toBe(2 * plain);
    expect(await rpcs({ source: { departures: { some: { source: airport } } } })).toBeLessThanOrEqual(4 * plain);
  });

  it('asks one shard alone where it says the shard key', async () => {
    const { trace } = await found('Route', { airlineId: { eq: 1 }, source: { country: { eq: 'DE' } } });
    expect(trace.rpcs).toBe(2);
  });
});

describe('a filter on aggregates', () => {
  it('counts the related rows that its own filter keeps, and takes no value where there are none', async () => {
    const cases: Where[] = [
      { routesAggregate: { count: { gt: 3 } } },
      { routesAggregate: { where: { stops: { eq: 0 } }, count: { eq: 0 } } },
      { routesAggregate: { where: { source: { country: { eq: 'DE' } } }, sum: { stops: { gt: 1 } } } },
      { NOT: { routesAggregate: { where: { stops: { eq: 2 } }, min: { stops: { eq: 2 } } } } },
      { routesAggregate: { where: { stops: { gt: 5 } }, avg: { stops: { isNull: true } } } },
    ];
    for (const where of cases) expect((await found('Airline', where)).ids).toEqual(expected('Airline', where));
  });

  it.each([
    ['lie on other shards', 'airports(where: { departuresAggregate: { count: { gt: 1 } } })'],
    ['lie on other shards', 'routes(where: { planesAggregate: { count: { gt: 1 } } })'],
    ['null', 'airlines(where: { routesAggregate: null })'],
    ['null', 'airlines(where: { routesAggregate: { count: null } })'],
    ['null', 'airlines(where: { routesAggregate: { count: { gt: null } } })'],
    ['null', 'airlines(where: { routesAggregate: { where: null, count: { gt: 1 } } })'],
    ['null', 'airlines(where: { routesAggregate: { sum: { stops: null } } })'],
    ['values', 'airlines(where: { routesAggregate: { max: { stops: { between: [1] } } } })'],
  ])('is refused: %s, %s', async (reason, field) => {
    const { errors } = await cluster.run(`{ ${field} { totalCount } }`);
    expect(summary(errors).map((each) => each.split(' ')[1])).toEqual(['BAD_USER_INPUT']);
    expect(errors[0]!.message).toMatch(/^Expected .*, but got /);
    expect(errors[0]!.message).toContain(reason);
    expect(errors[0]!.message).not.toContain('#');
  });
});

describe('an id set of too many keys', () => {
  it('fails with FANOUT_LIMIT_EXCEEDED, in a nested list at its own path', async () => {
    const count = 10_001;
    const country = model.table('Airport').shardKey;
    const data = range(count).map((id) => ({
      shardKey: toShardKey(country, `Z${id % 7}`),
      cells: [`Z${id % 7}`, 1000 + id, 'many', 9, 9],
    }));
    await cluster.importRows('Airport', ['country', 'id', 'name', 'latitude', 'longitude'], data);
    const where = { source: { name: { eq: 'many' } } };
    const { errors, data: answer } = await cluster.run(
      `query ($where: RouteWhere) {
        routes(where: $where) { totalCount }
        airlines(first: 2) { nodes { id routes(where: $where) { totalCount } all: routes { totalCount } } }
        fewer: routes(where: { source: { name: { eq: "many" }, id: { lt: 11000 } } }) { totalCount }
      }`,
      { where },
    );
    expect(summary(errors).sort()).toEqual([
      'airlines.nodes.0.routes FANOUT_LIMIT_EXCEEDED',
      'airlines.nodes.1.routes FANOUT_LIMIT_EXCEEDED',
      'routes FANOUT_LIMIT_EXCEEDED',
    ]);
    expect(answer.airlines.nodes[0]).toMatchObject({ id: '0', routes: null, all: { totalCount: expect.any(Number) } });
    expect(answer.fewer).toEqual({ totalCount: 0 });
  }, 60_000);
});
