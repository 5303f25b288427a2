/** Relations across shards: read per level and shard, never per row. */
import { beforeAll, describe, expect, it } from 'vitest';
import { buildSchema } from '../../src/schema/build-schema.ts';
import model from '../models/cross-shard/model.ts';
import { Cluster, CROSS_SHARD } from './support/cluster.ts';
import { summary } from './support/run.ts';

const cluster = new Cluster({ model, schema: buildSchema(model) }, CROSS_SHARD);

const AIRLINES = [1, 2, 3, 4, 5, 6, 7, 8];
const AIRPORTS = [1, 2, 3, 4, 5, 6];
const PLANES = ['A', 'B', 'C', 'D', 'E', 'F', 'G'];
const countryOf = (airport: number) => `country-${airport % 4}`;

/** Routes as written: every airline flies from airport (a mod 6) + 1 to the next one; the last route leads nowhere. */
const ROUTES = AIRLINES.flatMap((airlineId) =>
  [1, 2, 3].map((id) => ({
    airlineId,
    id,
    sourceAirportId: ((airlineId + id) % 6) + 1,
    destinationAirportId: id === 3 ? null : ((airlineId + id + 1) % 6) + 1,
    stops: id,
    planes: PLANES.filter((_, index) => (index + airlineId) % (id + 1) === 0),
  })),
);

beforeAll(async () => {
  const create = (type: string, rows: readonly object[]) =>
    cluster.data(
      `mutation (${rows.map((_, n) => `$d${n}: ${type}CreateInput!`)}) { ${rows.map((_, n) => `m${n}: create${type}(data: $d${n}) { __typename }`).join(' ')} }`,
      Object.fromEntries(rows.map((row, n) => [`d${n}`, row])),
    );
  await create(
    'Airline',
    AIRLINES.map((id) => ({ id, name: `Airline ${id}`, parentId: id > 2 ? (id % 2) + 1 : null })),
  );
  await create(
    'Airport',
    AIRPORTS.map((id) => ({ country: countryOf(id), id, name: `Airport ${id}`, latitude: id, longitude: -id })),
  );
  await create(
    'Plane',
    PLANES.map((code) => ({ code, name: `Plane ${code}` })),
  );
  await create(
    'Route',
    ROUTES.map(({ planes: _, ...row }) => row),
  );
  await create(
    'RoutePlane',
    ROUTES.flatMap(({ airlineId, id, planes }) => planes.map((planeCode) => ({ airlineId, routeId: id, planeCode }))),
  );
}, 60_000);

describe('a to-one relation', () => {
  it('finds rows by a column that is not their shard key', async () => {
    const { routes } = await cluster.data(
      '{ routes(first: 100) { nodes { airlineId id source { id country } destination { id } } } }',
    );
    expect(routes.nodes).toHaveLength(ROUTES.length);
    for (const row of routes.nodes) {
      const route = ROUTES.find(({ airlineId, id }) => `${airlineId}` === row.airlineId && `${id}` === row.id)!;
      expect(row.source).toEqual({ id: `${route.sourceAirportId}`, country: countryOf(route.sourceAirportId) });
      expect(row.destination).toEqual(
        route.destinationAirportId === null ? null : { id: `${route.destinationAirportId}` },
      );
    }
  });

  it('asks only the owner where it tells the shard key', async () => {
    const { data, trace } = await cluster.run('{ airline(by: { id: "3" }) { name parent { name } } }');
    expect(data.airline).toEqual({ name: 'Airline 3', parent: { name: 'Airline 2' } });
    expect(trace.rpcs).toBe(2);
  });

  it('is null where nothing is named', async () => {
    expect(await cluster.data('{ airline(by: { id: "1" }) { parent { name } } }')).toEqual({
      airline: { parent: null },
    });
  });
});

describe('a to-many relation', () => {
  it('gives each row its own page, order and count', async () => {
    const { airports } = await cluster.data(`{ airports(first: 100) { nodes {
      id departures(first: 2, orderBy: [{ stops: DESC }, { airlineId: ASC }]) { totalCount nodes { airlineId stops } pageInfo { hasNextPage } }
    } } }`);
    for (const airport of airports.nodes) {
      const expected = ROUTES.filter(({ sourceAirportId }) => `${sourceAirportId}` === airport.id)
        .map(({ airlineId, stops }) => ({ airlineId: `${airlineId}`, stops }))
        .sort((a, b) => b.stops - a.stops || Number(a.airlineId) - Number(b.airlineId));
      expect(airport.departures).toEqual({
        totalCount: expected.length,
        nodes: expected.slice(0, 2),
        pageInfo: { hasNextPage: expected.length > 2 },
      });
    }
  });

  it('takes the same reads for one parent and for many, and for two aliases', async () => {
    const query = (first: number) =>
      `{ airlines(first: ${first}) { nodes { a: subsidiaries { totalCount } b: subsidiaries(first: 1) { nodes { id } } } } }`;
    const one = await cluster.run(query(1));
    const many = await cluster.run(query(8));
    expect(many.errors).toEqual([]);
    expect(many.trace.rpcs).toBe(one.trace.rpcs);
    expect(many.trace.statements).toBe(one.trace.statements);
    expect(many.trace.rpcs).toBeLessThanOrEqual(2 * many.trace.shards.size);
  });
});

describe('a many-to-many relation', () => {
  const planes = (route: { planes: string[] }, from = 0, to?: number) =>
    route.planes.slice(from, to).map((code) => ({ code }));

  it('gives each row its own page', async () => {
    const { routes } = await cluster.data(`{ routes(first: 100) { nodes {
      airlineId id
      all: planes { totalCount nodes { code } }
      last: planes(last: 2, orderBy: [{ name: ASC }]) { nodes { code } pageInfo { hasPreviousPage hasNextPage } }
      some: planes(where: { code: { in: ["A", "B", "C"] } }) { totalCount edges { node { code name } } }
      none: planes(first: 0) { nodes { code } pageInfo { hasNextPage } }
      count: planes { totalCount }
    } } }`);
    for (const row of routes.nodes) {
      const route = ROUTES.find(({ airlineId, id }) => `${airlineId}` === row.airlineId && `${id}` === row.id)!;
      const early = route.planes.filter((code) => code <= 'C');
      expect(row).toMatchObject({
        all: { totalCount: route.planes.length, nodes: planes(route) },
        last: {
          nodes: planes(route, Math.max(0, route.planes.length - 2)),
          pageInfo: { hasPreviousPage: route.planes.length > 2, hasNextPage: false },
        },
        some: { totalCount: early.length, edges: early.map((code) => ({ node: { code, name: `Plane ${code}` } })) },
        none: { nodes: [], pageInfo: { hasNextPage: route.planes.length > 0 } },
        count: { totalCount: route.planes.length },
      });
    }
  });

  it('pages forth and back by cursors', async () => {
    const route = ROUTES.find(({ planes }) => planes.length >= 4)!;
    const query = `query ($by: RouteKey!, $shardKey: ID, $after: String, $before: String, $first: Int, $last: Int) {
      route(by: $by, shardKey: $shardKey) { planes(first: $first, after: $after, last: $last, before: $before) {
        nodes { code } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      } }
    }`;
    const page = async (args: object) =>
      (await cluster.data(query, { by: { id: route.id }, shardKey: route.airlineId, ...args })).route.planes;
    const first = await page({ first: 2 });
    const second = await page({ first: 2, after: first.pageInfo.endCursor });
    const back = await page({ last: 1, before: second.pageInfo.startCursor });
    expect(first.nodes).toEqual(planes(route, 0, 2));
    expect(second.nodes).toEqual(planes(route, 2, 4));
    expect(back.nodes).toEqual(planes(route, 1, 2));
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    expect(second.pageInfo).toMatchObject({ hasPreviousPage: true });
    expect(back.pageInfo).toMatchObject({ hasPreviousPage: true, hasNextPage: true });
  });

  it('takes three rounds, however many parents there are', async () => {
    const query = (first: number) => `{ routes(first: ${first}) { nodes { planes { nodes { code } } } } }`;
    const many = await cluster.run(query(24));
    expect(many.errors).toEqual([]);
    expect(many.trace.rpcs).toBeLessThanOrEqual(4 * many.trace.shards.size);
    expect(many.trace.statements).toBeLessThanOrEqual(3 * many.trace.rpcs);
  });

  it('takes one read where the join table lies with the target, exact over all shards', async () => {
    const query = (first: number) => `{ planes(first: ${first}) { nodes {
      code routes(first: 3, orderBy: [{ stops: DESC }, { airlineId: DESC }]) { totalCount nodes { airlineId id } pageInfo { hasNextPage } }
    } } }`;
    const { data, errors, trace } = await cluster.run(query(100));
    expect(errors).toEqual([]);
    expect(data.planes.nodes).toHaveLength(PLANES.length);
    for (const { code, routes } of data.planes.nodes) {
      const expected = ROUTES.filter(({ planes }) => planes.includes(code)).sort(
        (a, b) => b.stops - a.stops || b.airlineId - a.airlineId,
      );
      expect(routes).toEqual({
        totalCount: expected.length,
        nodes: expected.slice(0, 3).map(({ airlineId, id }) => ({ airlineId: `${airlineId}`, id: `${id}` })),
        pageInfo: { hasNextPage: expected.length > 3 },
      });
    }
    expect(trace.rpcs).toBe((await cluster.run(query(1))).trace.rpcs);
    expect(trace.rpcs).toBeLessThanOrEqual(2 * trace.shards.size);
  });

  it('fails alone when its arguments are wrong', async () => {
    const { data, errors } = await cluster.run(
      '{ route(by: { id: "1" }, shardKey: "1") { id bad: planes(first: 101) { totalCount } planes { totalCount } } }',
    );
    expect(summary(errors)).toEqual(['route.bad BAD_USER_INPUT']);
    expect(data.route).toMatchObject({ id: '1', bad: null, planes: { totalCount: expect.any(Number) } });
  });
});

describe('an order by related rows', () => {
  type Cell = string | number;
  const sorted = <T>(rows: readonly T[], ...by: ((row: T) => Cell)[]): T[] =>
    [...rows].sort((a, b) => {
      for (const of of by) {
        const [x, y] = [of(a), of(b)];
        if (x !== y) return x < y ? -1 : 1;
      }
      return 0;
    });
  const neighbours = (airport: number) => AIRPORTS.filter((other) => countryOf(other) === countryOf(airport));

  it('is exact over all shards', async () => {
    const { airlines } = await cluster.data(
      '{ airlines(orderBy: [{ routesAggregate: { min: { sourceAirportId: ASC } } }, { name: DESC }]) { nodes { id } } }',
    );
    const nearest = (id: number) =>
      Math.min(...ROUTES.filter((route) => route.airlineId === id).map((route) => route.sourceAirportId));
    expect(airlines.nodes).toEqual(sorted(AIRLINES, nearest, (id) => -id).map((id) => ({ id: `${id}` })));
  });

  it('goes for lists on other shards, and through join tables beside them', async () => {
    const { airports, planes } = await cluster.data(`{
      airports { nodes { id departures(first: 2, orderBy: [{ airline: { name: DESC } }, { id: DESC }]) { nodes { airlineId id } } } }
      planes { nodes { code routes(last: 3, orderBy: [{ airline: { name: DESC } }]) { nodes { airlineId id } } } }
    }`);
    const shown = (routes: typeof ROUTES) =>
      routes.map(({ airlineId, id }) => ({ airlineId: `${airlineId}`, id: `${id}` }));
    for (const { id, departures } of airports.nodes) {
      const of = ROUTES.filter(({ sourceAirportId }) => `${sourceAirportId}` === id);
      expect(departures.nodes).toEqual(
        shown(
          sorted(
            of,
            (route) => -route.airlineId,
            (route) => -route.id,
          ).slice(0, 2),
        ),
      );
    }
    for (const { code, routes } of planes.nodes) {
      const of = ROUTES.filter((route) => route.planes.includes(code));
      expect(routes.nodes).toEqual(
        shown(
          sorted(
            of,
            (route) => -route.airlineId,
            (route) => route.id,
          ).slice(-3),
        ),
      );
    }
  });

  it('goes through join tables on other shards, with cursors both ways', async () => {
    const query = `query ($first: Int, $after: String, $last: Int, $before: String) { airlines { nodes { id
      sources(orderBy: [{ neighboursAggregate: { count: DESC } }, { name: DESC }], first: $first, after: $after, last: $last, before: $before) {
        totalCount nodes { id } pageInfo { startCursor endCursor }
      } } } }`;
    const page = async (args: object) => (await cluster.data(query, { first: 100, ...args })).airlines.nodes;
    for (const [index, { id, sources }] of (await page({})).entries()) {
      const of = [
        ...new Set(ROUTES.filter((route) => `${route.airlineId}` === id).map((route) => route.sourceAirportId)),
      ];
      const expected = sorted(
        of,
        (airport) => -neighbours(airport).length,
        (airport) => -airport,
      ).map((airport) => ({ id: `${airport}` }));
      expect(sources).toMatchObject({ totalCount: expected.length, nodes: expected });
      const { startCursor, endCursor } = (await page({ first: 1 }))[index].sources.pageInfo;
      expect(startCursor).toBe(endCursor);
      expect((await page({ first: 2, after: endCursor }))[index].sources.nodes).toEqual(expected.slice(1, 3));
      const before = sources.pageInfo.endCursor;
      expect((await page({ first: null, last: 1, before }))[index].sources.nodes).toEqual(expected.slice(-2, -1));
    }
  });

  it('is refused where the rows lie on other shards, on its own field', async () => {
    const { data, errors } = await cluster.run(
      '{ airlines(first: 2) { nodes { id routes(orderBy: [{ source: { name: ASC } }]) { nodes { id } } } } }',
    );
    expect(summary(errors)).toEqual([
      'airlines.nodes.0.routes BAD_USER_INPUT',
      'airlines.nodes.1.routes BAD_USER_INPUT',
    ]);
    expect(data.airlines.nodes).toEqual([
      { id: '1', routes: null },
      { id: '2', routes: null },
    ]);
  });
});

it('refuses text operators on keys that are numbers', async () => {
  const { errors } = await cluster.run(
    '{ airlines(where: { id: { startsWith: "1" } }) { totalCount } planes(where: { code: { startsWith: "A" } }) { totalCount } }',
  );
  expect(summary(errors)).toEqual(['airlines BAD_USER_INPUT']);
});

describe('a mutation', () => {
  it('gives relations across shards of the row it wrote, and of one it deleted', async () => {
    const { created, deleted } = await cluster.data(`mutation {
      created: createRoute(data: { airlineId: 1, id: 99, sourceAirportId: 2, stops: 0 }) { airline { name } source { name } destination { name } }
      deleted: deleteRoute(by: { id: 99 }, shardKey: 1) { source { id } planes { totalCount } }
    }`);
    expect(created).toEqual({ airline: { name: 'Airline 1' }, source: { name: 'Airport 2' }, destination: null });
    expect(deleted).toEqual({ source: { id: '2' }, planes: { totalCount: 0 } });
  });
});

describe('aggregates across shards', () => {
  const planesOf = (airlineId: number, id: number) =>
    ROUTES.find((route) => route.airlineId === airlineId && route.id === id)!.planes;

  it('are exact for many-to-many relations, with the filter, whatever the page', async () => {
    const { routes, planes } = await cluster.data(`{
      routes(first: 100) { nodes { airlineId id
        planes(where: { code: { gt: "B" } }, first: 1) {
          totalCount
          nodes { code }
          aggregate { count countDistinct { name } min { code } max { code } }
          groupBy(by: { field: NAME }, orderBy: { keys: { name: DESC } }) { keys { name } count }
        }
      } }
      planes(first: 100) { nodes { code
        routes { aggregate { count countDistinct { airlineId } sum { stops } avg { stops } }
                 groupBy(by: { field: STOPS }) { keys { stops } count countDistinct { airlineId } } }
        usages { aggregate { count countDistinct { airlineId } } }
      } }
    }`);
    for (const { airlineId, id, planes: page } of routes.nodes) {
      const codes = planesOf(Number(airlineId), Number(id)).filter((code) => code > 'B');
      expect(page).toEqual({
        totalCount: codes.length,
        nodes: codes.slice(0, 1).map((code) => ({ code })),
        aggregate: {
          count: codes.length,
          countDistinct: { name: codes.length },
          min: { code: codes[0] ?? null },
          max: { code: codes.at(-1) ?? null },
        },
        groupBy: codes.toReversed().map((code) => ({ keys: { name: `Plane ${code}` }, count: 1 })),
      });
    }
    for (const { code, routes: flown, usages } of planes.nodes) {
      const own = ROUTES.filter((route) => route.planes.includes(code));
      const airlines = (rows: typeof own) => new Set(rows.map((route) => route.airlineId)).size;
      const sum = own.reduce((total, route) => total + route.stops, 0);
      expect(flown.aggregate).toEqual({
        count: own.length,
        countDistinct: { airlineId: airlines(own) },
        sum: { stops: own.length > 0 ? sum : null },
        avg: { stops: own.length > 0 ? sum / own.length : null },
      });
      expect(flown.groupBy).toEqual(
        [...Map.groupBy(own, (route) => route.stops)]
          .sort(([a], [b]) => a - b)
          .map(([stops, rows]) => ({
            keys: { stops },
            count: rows.length,
            countDistinct: { airlineId: airlines(rows) },
          })),
      );
      expect(usages.aggregate).toEqual({ count: own.length, countDistinct: { airlineId: airlines(own) } });
    }
  });

  it('take no more calls than the lists they belong to', async () => {
    const list = await cluster.run('{ routes { nodes { planes { totalCount } } } }');
    const aggregates = await cluster.run(
      '{ routes { nodes { planes { totalCount aggregate { countDistinct { name } } groupBy(by: { field: NAME }) { count } } } } }',
    );
    expect(aggregates.errors).toEqual([]);
    expect(aggregates.trace.rpcs).toBe(list.trace.rpcs);
  });
});

describe('a search', () => {
  const HIT = { rank: expect.any(Number) };

  it('goes through relations across shards, and join tables that lie elsewhere', async () => {
    const { routes } = await cluster.data(`{ routes(first: 100) { nodes {
      airlineId id
      planes(search: "a OR c OR e", first: 2) { totalCount edges { rank highlights { text } node { code } } }
    } } }`);
    for (const row of routes.nodes) {
      const route = ROUTES.find(({ airlineId, id }) => `${airlineId}` === row.airlineId && `${id}` === row.id)!;
      const found = route.planes.filter((code) => 'ACE'.includes(code));
      expect(row.planes.totalCount).toBe(found.length);
      expect(row.planes.edges).toHaveLength(Math.min(2, found.length));
      for (const edge of row.planes.edges) {
        const { code } = edge.node;
        expect(found).toContain(code);
        expect(edge).toEqual({ ...HIT, highlights: [{ text: `Plane <mark>${code}</mark>` }], node: { code } });
      }
      const ranks = row.planes.edges.map(({ rank }: { rank: number }) => rank);
      expect(ranks).toEqual(ranks.toSorted((a: number, b: number) => b - a));
    }
  });

  it('finds the rows of each parent where keys name no shard key', async () => {
    const { airlines } = await cluster.data(`{ airlines(first: 8) { nodes {
      id sources(search: "airport 3") { totalCount edges { rank node { name } } }
    } } }`);
    for (const { id, sources } of airlines.nodes) {
      const isServed = ROUTES.some((route) => `${route.airlineId}` === id && route.sourceAirportId === 3);
      expect(sources.edges).toEqual(isServed ? [{ ...HIT, node: { name: 'Airport 3' } }] : []);
      expect(sources.totalCount).toBe(isServed ? 1 : 0);
    }
  });
});
