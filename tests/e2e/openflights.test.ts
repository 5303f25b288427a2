/** The example with a model of its own: its loader, and its relations across shards against joins of plain SQLite. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFlights, writeFlights } from '../support/flights.ts';
import { createRandom, seedOfRun } from '../support/random.ts';
import { runScript } from '../support/run-script.ts';
import { type Server, startServer } from '../support/server.ts';

const flights = makeFlights(createRandom(seedOfRun()));
const folder = mkdtempSync(join(tmpdir(), 'shardql-flights-'));
const oracle = openOracle();
let server: Server;
let firstLoad: Load;

beforeAll(async () => {
  writeFlights(folder, flights);
  server = await startServer({ config: 'examples/openflights/wrangler.toml' });
  firstLoad = await load();
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Load {
  readonly status: number | null;
  /** `table: counts` of each table. */
  readonly output: string;
  readonly reports: readonly string[];
}

async function load(): Promise<Load> {
  const { status, stdout, stderr } = await runScript('examples/openflights/load.ts', folder, '--url', server.origin);
  return { status, output: stdout, reports: stderr.split('\n').filter((line) => line !== '') };
}

/** Plain SQLite, with the files' rows as they are: missing values NULL, and of equal countries the first. */
function openOracle(): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  for (const [table, rows] of Object.entries(flights)) {
    const names = Object.keys(rows[0]!);
    const columns = names.map((name) => (/(^|_)id$|stops/.test(name) ? `${name} INTEGER` : `${name} TEXT`));
    database.exec(`CREATE TABLE ${table} (${columns.join(', ')})`);
    const insert = database.prepare(`INSERT INTO ${table} VALUES (${names.map(() => '?').join(', ')})`);
    for (const row of rows) insert.run(...names.map((name) => row[name] || null));
  }
  database.exec('DELETE FROM countries WHERE rowid NOT IN (SELECT min(rowid) FROM countries GROUP BY name)');
  return database;
}

const rowsOf = (sql: string, ...values: (string | number)[]) =>
  oracle
    .prepare(sql)
    .all(...values)
    .map((row) => ({ ...row }));
const numberOf = (sql: string): number => Number(Object.values(oracle.prepare(sql).get()!)[0]);

/** Rows of the join table: each code of a route's equipment with each plane that has it. */
const ROUTE_PLANES = `SELECT DISTINCT r.id AS route, p.name AS plane FROM routes r
  JOIN planes p ON instr(' ' || r.equipment || ' ', ' ' || p.iata || ' ') > 0`;

/** All nodes of a list, page by page. */
async function nodes(list: string, selection: string) {
  const all = [];
  for (let after: string | null = null; ; ) {
    const query = `query ($after: String) { page: ${list}(first: 100, after: $after) { nodes { ${selection} } pageInfo { hasNextPage endCursor } } }`;
    const { data, errors } = await server.graphql(query, { after });
    expect(errors).toEqual([]);
    all.push(...data.page.nodes);
    if (!data.page.pageInfo.hasNextPage) return all;
    after = data.page.pageInfo.endCursor;
  }
}

describe('the loader', () => {
  it('loads every row, and tells those whose key another row has', () => {
    expect(firstLoad.reports).toEqual([
      expect.stringMatching(/countries\.csv:10: .*"Iceland".*: line 2 has it already\./),
      expect.stringMatching(/countries\.csv:11: .*"Bonaire, Saba".*: line 5 has it already\./),
    ]);
    expect(firstLoad.status).toBe(0);
    for (const table of ['countries', 'airports', 'airlines', 'planes', 'routes']) {
      const rows = numberOf(`SELECT count(*) FROM ${table}`);
      expect(firstLoad.output).toContain(`${table}: ${rows} inserted, 0 updated, 0 unchanged, 0 failed\n`);
    }
    expect(firstLoad.output).toContain(`route_planes: ${numberOf(`SELECT count(*) FROM (${ROUTE_PLANES})`)} inserted,`);
    const unknown = numberOf("SELECT count(*) FROM routes WHERE equipment LIKE '%ZZZ%'");
    expect(firstLoad.output).toContain(`${unknown} codes in routes' equipment name no plane.`);
  });

  it('changes nothing when it loads again', async () => {
    const versions = () => nodes('routes', 'id version');
    const before = await versions();
    const again = await load();
    expect(again.output).not.toMatch(/[1-9]\d* (inserted|updated|failed)/);
    expect(await versions()).toEqual(before);
  });

  it.each([
    ['a folder that is not there', ['nowhere'], /nowhere/],
    ['no folder', [], /Expected the folder of the CSV files as argument, but got none/],
    ['an API that is not there', [folder, '--url', 'http://127.0.0.1:1'], /Cannot reach http:\/\/127\.0\.0\.1:1/],
  ])('says what is wrong in one line: %s', async (_, args, message) => {
    const url = args.includes('--url') ? [] : ['--url', server.origin];
    const { status, stderr } = await runScript('examples/openflights/load.ts', ...args, ...url);
    expect(stderr.trim()).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(status).toBe(2);
  });
});

it('stores a missing country as an empty text, a missing airline as 0, a missing airport as null', async () => {
  const { data, errors } = await server.graphql(`{
    airlines(shardKey: "") { totalCount }
    routes(shardKey: 0) { totalCount }
    noSource: routes(where: { sourceAirportId: { isNull: true } }) { totalCount }
    noDestination: routes(where: { destinationAirportId: { isNull: true } }) { totalCount }
  }`);
  expect(errors).toEqual([]);
  const missing = (table: string, column: string) => ({
    totalCount: numberOf(`SELECT count(*) FROM ${table} WHERE ${column} IS NULL`),
  });
  expect(data).toEqual({
    airlines: missing('airlines', 'country'),
    routes: missing('routes', 'airline_id'),
    noSource: missing('routes', 'source_airport_id'),
    noDestination: missing('routes', 'destination_airport_id'),
  });
});

it('keeps quotes, commas, line breaks and fractions of the files', async () => {
  const airports = await nodes('airports', 'id name country latitude utcOffsetHours dst');
  const expected = flights.airports.map(({ id, name, country, latitude, utc_offset_hours: offset, dst }) => ({
    id,
    name,
    country,
    latitude: Number(latitude),
    utcOffsetHours: offset === '' ? null : Number(offset),
    dst: dst || null,
  }));
  const byId = (a: { id: string }, b: { id: string }) => Number(a.id) - Number(b.id);
  expect(airports.sort(byId)).toEqual(expected);
});

describe('relations across shards equal joins', () => {
  it('route → source → departures → destination', async () => {
    const routes = await nodes(
      'routes',
      `id source { id departures(first: 100, orderBy: [{ id: ASC }]) { totalCount nodes { id destination { name country } } } }`,
    );
    expect(routes).toHaveLength(flights.routes.length);
    for (const { id, source } of routes) {
      const departures = rowsOf(
        `SELECT o.id, d.name, d.country FROM routes r JOIN airports s ON s.id = r.source_airport_id
         JOIN routes o ON o.source_airport_id = s.id LEFT JOIN airports d ON d.id = o.destination_airport_id
         WHERE r.id = ? ORDER BY o.id`,
        id,
      );
      const expected = departures.map(({ id, name, country }) => ({
        id: String(id),
        destination: name === null ? null : { name, country },
      }));
      expect(source?.departures.nodes ?? []).toEqual(expected);
      expect(source?.departures.totalCount ?? 0).toBe(expected.length);
    }
  });

  it('airline and country, also where there is none', async () => {
    const airlines = await nodes('airlines', 'id routes(first: 0) { totalCount }');
    expect(airlines).toHaveLength(flights.airlines.length);
    for (const { id, routes } of airlines) {
      expect(routes.totalCount).toBe(rowsOf('SELECT 1 FROM routes WHERE airline_id = ?', id).length);
    }
    for (const { id, airline } of await nodes('routes', 'id airline { name country }')) {
      const [expected] = rowsOf(
        `SELECT a.name, coalesce(a.country, '') AS country FROM routes r JOIN airlines a ON a.id = r.airline_id WHERE r.id = ?`,
        id,
      );
      expect(airline).toEqual(expected ?? null);
    }
    for (const { name, airports } of await nodes('countries', 'name airports(first: 100) { nodes { id } }')) {
      const expected = rowsOf('SELECT id FROM airports WHERE country = ? ORDER BY id', name);
      expect(airports.nodes).toEqual(expected.map(({ id }) => ({ id: String(id) })));
    }
  });

  it('planes of routes and routes of planes', async () => {
    for (const { id, planes } of await nodes('routes', 'id planes { nodes { name } totalCount }')) {
      const expected = rowsOf(`SELECT plane AS name FROM (${ROUTE_PLANES}) WHERE route = ? ORDER BY plane`, id);
      expect(planes).toEqual({ nodes: expected, totalCount: expected.length });
    }
    const planes = await nodes(
      'planes',
      'name routes(first: 5, orderBy: [{ id: DESC }]) { nodes { id } totalCount pageInfo { hasNextPage } }',
    );
    expect(planes).toHaveLength(flights.planes.length);
    for (const { name, routes } of planes) {
      const expected = rowsOf(`SELECT route AS id FROM (${ROUTE_PLANES}) WHERE plane = ? ORDER BY route DESC`, name);
      expect(routes).toEqual({
        nodes: expected.slice(0, 5).map(({ id }) => ({ id: String(id) })),
        totalCount: expected.length,
        pageInfo: { hasNextPage: expected.length > 5 },
      });
    }
  });
});

it('creates rows without the shard key where the model has a default for it', async () => {
  const { data, errors } = await server.graphql(
    'mutation { createAirline(data: { id: 99, name: "Nowhere Air", active: "N" }) { country nodeId } }',
  );
  expect(errors).toEqual([]);
  expect(data.createAirline.country).toBe('');
  const read = await server.graphql('query ($id: ID!) { node(nodeId: $id) { ... on Airline { name } } }', {
    id: data.createAirline.nodeId,
  });
  expect(read.data.node).toEqual({ name: 'Nowhere Air' });
});
