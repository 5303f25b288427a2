/** Own mutations read what they then write: over isolates with caches of their own, at one location and at two. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { createWorker, defineExtensions, type Env } from '../../../src/index.ts';
import { systemTimers } from '../../../src/lib/timers.ts';
import { bundle } from '../../../src/schema/migrations/index.ts';
import shop from '../../../src/schema/model.ts';
import { SimulatedKv } from '../../support/cache/simulated-kv.ts';

/** Everything is read from the cache where nobody asks. */
const tables = shop.tables.map((table) => ({
  ...table,
  cache: { ...table.cache, mode: 'CACHED', strongest: 'BOUNDED', weakest: 'CACHED', strongColumns: [] } as const,
}));
const model = { ...shop, tables, tableByType: new Map(tables.map((table) => [table.typeName, table])) };

const TENANT = `mutations-${crypto.randomUUID()}`;
const PRODUCT = { by: { id: 'p' }, shardKey: TENANT };
const LIST = { where: { id: { eq: 'p' } }, shardKey: TENANT };

const extensions = defineExtensions(model, ({ builder, computed, row, connection }) => {
  const increment = (name: string, read: (context: never) => Promise<{ priceCents: number } | null | undefined>) =>
    builder.mutationField(name, (t) =>
      t.field({
        type: row('Product'),
        resolve: async (_root, _args, context) => {
          const priceCents = (await read(context as never))!.priceCents + 1;
          return await context.update('Product', { ...PRODUCT, data: { priceCents } });
        },
      }),
    );
  // biome-ignore lint/suspicious/noExplicitAny: the type of a context is that of its model, which is made here.
  increment('byLoad', (context: any) => context.load('Product', PRODUCT));
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  increment('byList', async (context: any) => (await context.list('Product', LIST))[0]);
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  increment('byCached', (context: any) => context.load('Product', { ...PRODUCT, consistency: { mode: 'CACHED' } }));
  for (const [name, consistency] of [
    ['seen', undefined],
    ['seenCached', { mode: 'CACHED' as const }],
    ['seenStrong', { mode: 'STRONG' as const }],
    ['seenWrong', { mode: 'FRESH' as never }],
    ['seenAbsurd', { mode: 'BOUNDED' as const, maxStalenessMs: 0 }],
  ] as const) {
    const list = (t: never) =>
      // biome-ignore lint/suspicious/noExplicitAny: for queries and mutations alike.
      (t as any).field({
        type: connection('Product'),
        // biome-ignore lint/suspicious/noExplicitAny: as above.
        resolve: (_root: unknown, _args: unknown, context: any) =>
          context.connection('Product', { ...LIST, consistency }),
      });
    builder.queryField(name, list as never);
    builder.mutationField(name, list as never);
  }
  builder.mutationField('named', (t) =>
    t.field({ type: row('Product'), resolve: () => ({ tenantId: TENANT, id: 'p' }) as never }),
  );
  computed('Product', 'priceNow', {
    type: 'Int',
    needs: ['id'],
    resolve: async (_row, _args, context) => (await context.load('Product', PRODUCT))?.priceCents,
  });
});

const kv = new SimulatedKv({ clock: systemTimers });

function openIsolate() {
  const { handlers } = createWorker({
    model,
    migrations: bundle,
    extensions,
    cache: { kvFillReads: 1, kvDistanceMs: 0 },
  });
  const { SHARD, CATALOG } = env;
  const isolateEnv = { SHARDQL_DEVELOPMENT: 'true', SHARD, CATALOG, KV: { ...kv.location() } } as unknown as Env;
  return async (query: string) => {
    const execution = createExecutionContext();
    const headers = { 'content-type': 'application/json' };
    const request = new Request('http://127.0.0.1/graphql', {
      method: 'POST',
      headers,
      body: JSON.stringify({ query }),
    });
    const response = await handlers.fetch(request as never, isolateEnv, execution);
    await waitOnExecutionContext(execution);
    // biome-ignore lint/suspicious/noExplicitAny: answers are as free as queries.
    return await response.json<any>();
  };
}

const isolates = [openIsolate(), openIsolate()] as const;
const [here, there] = isolates;
const PRICE = `product(by: { id: "p" }, shardKey: "${TENANT}")`;
const set = (priceCents: number) =>
  there(
    `mutation { updateProduct(by: { id: "p" }, shardKey: "${TENANT}", data: { priceCents: ${priceCents} }) { id } }`,
  );
/** Another isolate has changed what this one has cached. */
async function change(before: number, after: number) {
  await set(before);
  for (const query of [
    `{ ${PRICE} @consistency(mode: BOUNDED, maxStalenessMs: 1) { priceCents } }`,
    `{ ${PRICE} { priceCents } }`,
  ])
    await here(query);
  await here('{ seen { nodes { priceCents } } }');
  await set(after);
  expect((await here(`{ ${PRICE} { priceCents } }`)).data.product.priceCents).toBe(before);
}

beforeAll(async () => {
  const { errors } = await there(`mutation {
    createTenant(data: { id: "${TENANT}", name: "T", plan: FREE, settings: {} }) { id }
    createProduct(data: { tenantId: "${TENANT}", id: "p", sku: "s", name: "P", priceCents: 0 }) { id }
  }`);
  expect(errors).toBeUndefined();
});

describe('mutations written by hand', () => {
  it.each(['byLoad', 'byList'])('lose no increment over two isolates: %s', async (field) => {
    await change(7, 0);
    for (const isolate of isolates) await isolate(`{ ${PRICE} { priceCents } }`);
    for (let time = 0; time < 20; time++) {
      expect(await isolates[time % 2]!(`mutation { ${field} { priceCents } }`)).toMatchObject({
        data: { [field]: { priceCents: time + 1 } },
      });
    }
  });

  it('read as their author says, who knows what depends on it', async () => {
    await change(100, 200);
    expect((await here('mutation { byCached { priceCents } }')).data.byCached.priceCents).toBe(101);
    await change(100, 200);
    const cached = await here('mutation { seenCached { nodes { priceCents } } }');
    expect(cached.data.seenCached.nodes).toEqual([{ priceCents: 100 }]);
  });

  it.each([
    ['lists that are named', 'mutation { seen { nodes { priceCents } } }'],
    ['rows that are named', 'mutation { named { priceCents } }'],
    ['whatever the client asks', 'mutation { seen @consistency(mode: CACHED) { nodes { priceCents } } }'],
  ])('read STRONG what they show: %s', async (_, query) => {
    await change(100, 200);
    const { data, errors } = await here(query);
    expect(errors).toBeUndefined();
    expect(JSON.stringify(data)).toContain('"priceCents":200');
  });

  it('read STRONG below generated mutations too', async () => {
    await change(100, 200);
    const other = `createProduct(data: { tenantId: "${TENANT}", id: "q${Date.now()}", sku: "${Date.now()}", name: "Q", priceCents: 1 })`;
    expect((await here(`mutation { ${other} { priceNow } }`)).data.createProduct.priceNow).toBe(200);
  });
});

describe('queries written by hand', () => {
  it('read as the client asks, unless their author says otherwise', async () => {
    await change(100, 200);
    const priceOf = async (field: string, directive = '') =>
      (await here(`{ ${field} ${directive} { nodes { priceCents } } }`)).data[field].nodes[0].priceCents;
    expect(await priceOf('seen')).toBe(100);
    expect(await priceOf('seenCached', '@consistency(mode: BOUNDED, maxStalenessMs: 1)')).toBe(100);
    expect(await priceOf('seenStrong', '@consistency(mode: CACHED)')).toBe(200);
    await change(100, 200);
    expect(await priceOf('seen', '@consistency(mode: BOUNDED, maxStalenessMs: 1)')).toBe(200);
  });

  it.each([
    ['seenWrong', 'Expected a mode of consistency (STRONG, BOUNDED, SESSION, CACHED), but got FRESH.'],
    ['seenAbsurd', 'Expected maxStalenessMs to be from 1 to 3600000 milliseconds, but got 0.'],
  ])('are told what a consistency can be: %s', async (field, message) => {
    const { errors } = await here(`{ ${field} { nodes { id } } }`);
    expect(errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});
