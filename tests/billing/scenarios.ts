import {
  CACHED_CUSTOMER_BY_ID,
  CREATE_ORDER,
  CREATE_REVIEWS,
  CUSTOMER_BY_ID,
  customersByAlias,
  FILTERED_ORDERS,
  NEWEST_ORDERS_OF_TENANT,
  UPDATE_PHONE,
} from '../../bench/workloads/queries.ts';
import { makeShop } from '../../scripts/demo/shop.ts';
import type { MeteredApp } from './metered-app.ts';
import type { OperationName } from './operations.ts';
import { sum, times, type Usage } from './usage.ts';

const shop = makeShop({ tenants: 4, customers: 50, products: 10, orders: 60, reviews: 20 });
const tenant = shop.tenants[0]!.id;
const ofTenant = <Row extends { readonly tenant_id: string }>(rows: readonly Row[]): Row[] =>
  rows.filter(({ tenant_id }) => tenant_id === tenant);
const customers = ofTenant(shop.customers);
const orders = ofTenant(shop.orders);
const products = ofTenant(shop.products);
const idOf = (rows: readonly { readonly id: string }[], at: number) => rows[at % rows.length]!.id;

/** Between the writes of a shard that is busy: too short to fall asleep. */
const PACE_MS = 9_000;
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Days that the log is kept, and more. */
const LOG_LIFE_MS = 9 * DAY_MS;
/** Its oldest commits are trimmed by then, and their rows wait for others to be written. */
const TRIMMED_MS = 7.5 * DAY_MS;
/** After so many writes at that pace nothing of the shard's start counts any more. */
const BUSY_WRITES = 50;
/** What is done once in so many writes is among them. */
const MEASURED_WRITES = 32;
/** The second one has its shard put stamps, the third one is put into KV. */
const FILL_READS = 3;
/** Between them: memory does not answer, and the location has forgotten by the third that there were no stamps. */
const FILL_PACE_MS = 31 * SECOND_MS;

const BULK = 100;
/** The newest one stays. */
const TRIMMED_COMMITS = 5;
const ALIASES = 50;

const LIST = 'query @consistency(mode: STRONG) { customers(first: 20) { nodes { id name } } }';
const DELETE_ORDER = `mutation ($tenant: ID!, $id: ID!) { deleteOrder(by: { id: $id }, shardKey: $tenant) { id } }`;

type Scenario = (app: MeteredApp) => Promise<Usage>;

const readCustomer = (app: MeteredApp, at = 0) => app.ask(CUSTOMER_BY_ID, { tenant, id: idOf(customers, at) });
const readCached = (app: MeteredApp, at = 0) => app.ask(CACHED_CUSTOMER_BY_ID, { tenant, id: idOf(customers, at) });
let phones = 0;
const updatePhone = (app: MeteredApp, at = 0) =>
  app.ask(UPDATE_PHONE, { tenant, id: idOf(customers, at), phone: `+1${1_000_000 + phones++}` });

/** Isolate and shard have done such work before. */
async function warm(app: MeteredApp, { isFar = false } = {}): Promise<void> {
  await app.sleep();
  app.startIsolate({ isFar });
  await readCustomer(app, 1);
}

const warmRead =
  (query: string, variables: Readonly<Record<string, unknown>> = {}): Scenario =>
  async (app) => {
    await warm(app);
    await app.ask(query, variables);
    return await app.measure(() => app.ask(query, variables));
  };

/** A customer of a shard that is far, that the isolate has read so often that it is in KV too. */
async function fill(app: MeteredApp): Promise<void> {
  await warm(app, { isFar: true });
  for (let read = 0; read < FILL_READS; read++) {
    await readCached(app);
    await app.advance(FILL_PACE_MS);
  }
}

/** Writes without a pause long enough to sleep, of which the last ones are measured: the mean of one. */
const busy =
  (write: (app: MeteredApp, at: number) => Promise<unknown>): Scenario =>
  async (app) => {
    await warm(app);
    for (let at = 0; at < BUSY_WRITES; at++) {
      await updatePhone(app, at);
      await app.advance(PACE_MS);
    }
    const each: Usage[] = [];
    for (let at = 0; at < MEASURED_WRITES; at++) each.push(await app.measure(() => write(app, at), PACE_MS));
    return times(sum(each), 1 / MEASURED_WRITES);
  };

const review = (at: number) => ({
  tenantId: tenant,
  productId: idOf(products, at),
  customerId: idOf(customers, at),
  rating: 5,
  title: `Review ${at}`,
  body: 'Does what it should.',
});

/** How each operation is done, so that nothing but itself is counted. What it leads to later is. */
export const SCENARIOS: Readonly<Record<OperationName, Scenario>> = {
  W1: warmRead(CUSTOMER_BY_ID, { tenant, id: idOf(customers, 0) }),
  W3: warmRead(NEWEST_ORDERS_OF_TENANT, { tenant }),
  W4: warmRead(FILTERED_ORDERS, { tenant, status: 'PAID', above: 0 }),
  W9: warmRead(
    customersByAlias(ALIASES),
    Object.fromEntries(
      Array.from({ length: ALIASES }, (_, at) => [
        [`tenant${at}`, tenant],
        [`id${at}`, idOf(customers, at)],
      ]).flat(),
    ),
  ),
  S4: warmRead(LIST),
  wake: async (app) => {
    await app.sleep();
    return await app.measure(() => readCustomer(app));
  },
  isolate: async (app) => {
    await warm(app);
    app.startIsolate();
    return await app.measure(() => readCustomer(app));
  },
  C1: async (app) => {
    await warm(app);
    return await app.measure(() => readCached(app));
  },
  'C1-far': async (app) => {
    await warm(app, { isFar: true });
    return await app.measure(() => readCached(app));
  },
  'C1-fill': async (app) => {
    await warm(app, { isFar: true });
    for (let read = 1; read < FILL_READS; read++) {
      await readCached(app);
      await app.advance(FILL_PACE_MS);
    }
    await readCustomer(app, 1);
    return await app.measure(() => readCached(app));
  },
  'C1-memory': async (app) => {
    await fill(app);
    await readCached(app);
    return await app.measure(() => readCached(app));
  },
  'C1-recheck': async (app) => {
    await fill(app);
    await app.advance(3 * SECOND_MS);
    return await app.measure(() => readCached(app));
  },
  'C1-kv': async (app) => {
    await fill(app);
    app.startIsolate({ isFar: true });
    await readCustomer(app, 1);
    return await app.measure(() => readCached(app));
  },
  W6: busy(updatePhone),
  trim: async (app) => {
    // What is old already goes first.
    await app.advance(LOG_LIFE_MS);
    for (let round = 0; round < TRIMMED_COMMITS; round++) {
      await app.ask(CREATE_REVIEWS, { data: Array.from({ length: BULK }, (_, at) => review(at)) });
    }
    const trimmed = await app.measure(() => app.advance(TRIMMED_MS));
    await app.advance(LOG_LIFE_MS);
    return times(trimmed, 1 / ((TRIMMED_COMMITS - 1) * BULK));
  },
  'W6-lone': async (app) => {
    // The one before was a write of the same kind, an hour ago.
    await updatePhone(app);
    await app.advance(HOUR_MS);
    return await app.measure(() => updatePhone(app), HOUR_MS);
  },
  'W6-cached': async (app) => {
    await fill(app);
    // Of another customer: whose stamps are those of the tenant.
    const each: Usage[] = [];
    for (let at = 0; at < MEASURED_WRITES; at++) {
      each.push(await app.measure(() => updatePhone(app, 2), PACE_MS));
      await readCached(app);
    }
    return times(sum(each.slice(MEASURED_WRITES / 2)), 2 / MEASURED_WRITES);
  },
  'W6-cached-lone': async (app) => {
    await fill(app);
    await app.advance(MINUTE_MS);
    return await app.measure(() => updatePhone(app), HOUR_MS);
  },
  W11: busy((app, at) =>
    app.ask(CREATE_ORDER, {
      tenant,
      customer: idOf(customers, at),
      totalCents: 500,
      note: `Order ${at}`,
      items: Array.from({ length: 5 }, (_, item) => ({
        productId: idOf(products, item),
        quantity: 1,
        unitPriceCents: 100,
      })),
    }),
  ),
  W7: async (app) => {
    const bulk = busy((_, round) =>
      app.ask(CREATE_REVIEWS, { data: Array.from({ length: BULK }, (_, at) => review(round * BULK + at)) }),
    );
    return times(await bulk(app), 1 / BULK);
  },
  delete: busy((app, at) => app.ask(DELETE_ORDER, { tenant, id: idOf(orders, at) })),
  import: async (app) => {
    const rows = shop.customers.map((customer, at) => ({
      ...customer,
      id: `imported-${at}`,
      email: `imported-${at}@example.com`,
    }));
    await warm(app);
    // All shards are awake.
    await app.ask(LIST);
    return times(await app.measure(() => app.importRows('customers', rows), HOUR_MS), 1 / rows.length);
  },
  ready: async (app) => {
    await app.sleep();
    return await app.measure(() => app.get('/ready'));
  },
  metrics: async (app) => {
    await app.sleep();
    return await app.measure(() => app.get('/metrics'));
  },
  'idle-hour': async (app) => {
    await updatePhone(app);
    await app.sleep();
    return await app.measure(() => app.advance(HOUR_MS));
  },
  'idle-day': async (app) => {
    await fill(app);
    await updatePhone(app);
    await app.sleep();
    return await app.measure(() => app.advance(DAY_MS));
  },
};

export const readRow = (app: MeteredApp) => readCustomer(app);
export const updateRow = (app: MeteredApp) => updatePhone(app);

/** The rows that the scenarios are about. */
export async function loadShop(app: MeteredApp): Promise<void> {
  for (const [table, rows] of Object.entries(shop)) await app.importRows(table, rows);
}
