/** GraphiQL's first tabs, for models of all kinds. */
import { buildClientSchema, type GraphQLSchema, introspectionFromSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import flightsModel from '../../examples/openflights/model.ts';
import { modelTabs, type SampleRow, sampleQuery, shownTable } from '../../scripts/graphiql/model-tabs.ts';
import { defineModel } from '../../src/index.ts';
import { buildSchema } from '../../src/schema/build-schema.ts';
import extensions from '../../src/schema/extensions.ts';
import shopModel, { tenants } from '../../src/schema/model.ts';
import { graphql, shopWorker } from '../http/support.ts';
import allTypesModel from '../models/all-types/model.ts';
import globalIdsModel from '../models/global-ids/model.ts';
import thirtyModel from '../models/thirty/model.ts';

/** As a page gets it. */
const asServed = (schema: GraphQLSchema): GraphQLSchema => buildClientSchema(introspectionFromSchema(schema));

const SCHEMAS: Readonly<Record<string, GraphQLSchema>> = {
  'the demo': asServed(buildSchema(shopModel, extensions)),
  OpenFlights: asServed(buildSchema(flightsModel)),
  'thirty tables': asServed(buildSchema(thirtyModel)),
  'every type': asServed(buildSchema(allTypesModel)),
  'one table': asServed(buildSchema(defineModel({ Tenant: { table: tenants, shardKey: 'id' } }))),
  'global ids called id': asServed(buildSchema(globalIdsModel)),
};

describe.each(Object.entries(SCHEMAS))('tabs of %s', (_, schema) => {
  const table = shownTable(schema)!;

  it.each([
    ['without rows', {}],
    ['with a row of nulls', Object.fromEntries(Object.keys(table.type.getFields()).map((name) => [name, null]))],
  ] as [string, SampleRow][])('are valid documents %s', (_case, row) => {
    expect(validate(schema, parse(sampleQuery(table)))).toEqual([]);
    const tabs = modelTabs(table, row);
    expect(tabs.length).toBeGreaterThanOrEqual(3);
    for (const { query } of tabs) expect(validate(schema, parse(query)), query).toEqual([]);
    const names = tabs.map(({ query }) => /^(?:query|mutation) (\w+)/m.exec(query)![1]);
    expect(new Set(names).size).toBe(tabs.length);
  });
});

describe('over rows', () => {
  const schema = SCHEMAS['the demo']!;
  const table = shownTable(schema)!;
  const send = shopWorker();
  const ask = async (query: string) => {
    const answer = await send('/graphql', graphql(query));
    return await answer.json<{ data: Record<string, unknown>; errors?: unknown }>();
  };

  it('each runs as it stands, and the change changes nothing', async () => {
    const customers = Array.from(
      { length: 3 },
      (_, at) => `{ id: "c${at}", tenantId: "t", email: "${at}@x", name: "N", attributes: {} }`,
    );
    await ask('mutation { createTenant(data: { id: "t", name: "T", plan: FREE, settings: {} }) { id } }');
    const { errors } = await ask(`mutation { createCustomers(data: [${customers}]) { affectedCount } }`);
    expect(errors).toBeUndefined();
    const created = await ask(
      'mutation { createOrder(data: { id: "o", tenantId: "t", customerId: "c1", status: PAID, totalCents: 5, shipping: {}, createdAt: "2026-01-01T00:00:00Z" }) { id version } }',
    );
    expect(created.errors).toBeUndefined();
    const sample = await ask(sampleQuery(table));
    const [row] = (sample.data[table.list] as { nodes: SampleRow[] }).nodes;
    expect(row).toBeDefined();
    const tabs = modelTabs(table, row!);
    expect(tabs).toHaveLength(6);
    for (const { query } of tabs) {
      const { data, errors: failures } = await ask(query);
      expect(failures, query).toBeUndefined();
      expect(JSON.stringify(data), query).toContain(JSON.stringify(row!.id));
    }
    const again = await ask(sampleQuery(table));
    const [same] = (again.data[table.list] as { nodes: SampleRow[] }).nodes;
    // Only that it was written shows.
    expect({ ...same, version: null }).toEqual({ ...row, version: null });
  });
});
