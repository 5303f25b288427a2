/**
 * F44: pages are walked while rows are written and slots move. Each row that stays, and whose place in the order stays,
 * is seen exactly once, in order; whatever else comes and goes.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { createRouter, currentMap, isInside, moveSlots, slotOfTenant } from '../support/in-process-router.ts';
import { below, createRandom, pick, seedOfRun } from '../support/random.ts';

const random = createRandom(seedOfRun());
const router = createRouter();
const TENANTS = ['walk-a', 'walk-b', 'walk-c', 'walk-d'];
const NAMES = ['Ada', 'Bob', 'bob', 'Éva', '😀'];

async function write(mutation: string): Promise<void> {
  const { errors } = await router.graphql(`mutation { ${mutation} }`);
  expect(errors).toEqual([]);
}

interface Order {
  readonly tenant: string;
  readonly id: string;
}

let made = 0;
/** An order with some items of a customer of its own, whose name and items come and go with it. */
async function createOrder(prefix: string): Promise<Order> {
  const [tenant, id] = [pick(random, TENANTS), `${prefix}${String(made++).padStart(4, '0')}`];
  const note = below(random, 2) === 0 ? 'null' : JSON.stringify(pick(random, NAMES));
  const items = Array.from({ length: below(random, 4) }, () => createItem({ tenant, id }));
  await write(`
    customer: createCustomer(data: { tenantId: "${tenant}", id: "${id}", name: "${pick(random, NAMES)}", email: "${id}@x.test", attributes: {} }) { id }
    order: createOrder(data: { tenantId: "${tenant}", id: "${id}", customerId: "${id}", status: PAID, totalCents: ${below(random, 3)}, note: ${note}, shipping: {} }) { id }
    ${items.join('\n')}`);
  return { tenant, id };
}

const createItem = ({ tenant, id }: Order): string =>
  `i${made++}: createOrderItem(data: { tenantId: "${tenant}", id: "${id}-${made}", orderId: "${id}", productId: "p", quantity: ${1 + below(random, 3)}, unitPriceCents: 1 }) { id }`;

let staying: readonly Order[];
let churning: Order[] = [];

beforeAll(async () => {
  for (const id of TENANTS) {
    await write(`createTenant(data: { id: "${id}", name: "N", plan: FREE, settings: {} }) { id }`);
    await write(`createProduct(data: { tenantId: "${id}", id: "p", sku: "s", name: "P", priceCents: 1 }) { id }`);
  }
  const orders: Order[] = [];
  for (let index = 0; index < 20; index++) orders.push(await createOrder('stay'));
  staying = orders;
  for (let index = 0; index < 8; index++) churning.push(await createOrder('churn'));
}, 60_000);

/** Creates, deletes or changes rows that no row that stays is ordered by. */
async function churn(): Promise<void> {
  const victim = pick(random, churning);
  const by = ({ tenant, id }: Order) => `by: { id: "${id}" }, shardKey: "${tenant}"`;
  switch (below(random, 4)) {
    case 0:
      churning.push(await createOrder('churn'));
      break;
    case 1: {
      churning = churning.filter((order) => order !== victim);
      await write(`a: deleteOrder(${by(victim)}) { id } b: deleteCustomer(${by(victim)}) { id }`);
      break;
    }
    case 2:
      await write(`updateCustomer(${by(victim)}, data: { name: "${pick(random, NAMES)}" }) { id }`);
      break;
    default:
      await write(createItem(victim));
  }
  if (churning.length === 0) churning.push(await createOrder('churn'));
}

/** Gives a stretch of slots without tenants to another shard. */
async function moveEmptySlots(): Promise<void> {
  const map = await currentMap();
  const taken = TENANTS.map(slotOfTenant);
  const ranges = map.shards.flatMap((shard) => shard.ranges.map((range) => ({ shard: shard.name, range })));
  const { shard, range } = pick(random, ranges);
  const first = range[0] + below(random, range[1] - range[0] + 1);
  const slots = [first, Math.min(first + 40, range[1])] as const;
  if (taken.some((slot) => isInside(slot, slots))) return;
  await moveSlots(
    slots,
    pick(
      random,
      map.shards.filter(({ name }) => name !== shard),
    ).name,
  );
}

const DIRECTIONS = ['ASC', 'DESC', 'ASC_NULLS_FIRST', 'ASC_NULLS_LAST', 'DESC_NULLS_FIRST', 'DESC_NULLS_LAST'];
const ENTRIES = ['{ note: # }', '{ totalCents: # }', '{ customer: { name: # } }', '{ customer: { phone: # } }'].concat(
  ['count: #', 'sum: { quantity: # }', 'avg: { quantity: # }', 'max: { id: # }', 'countDistinct: { quantity: # }'].map(
    (entry) => `{ itemsAggregate: { ${entry} } }`,
  ),
);

/** One to three entries; none twice, which is refused. */
function randomOrder(): string {
  const entries = new Set(Array.from({ length: 1 + below(random, 3) }, () => pick(random, ENTRIES)));
  return [...entries].map((entry) => entry.replace('#', pick(random, DIRECTIONS))).join(', ');
}

/** All rows of a list, page by page, with something done between the pages. */
async function walk(orderBy: string, way: 'forward' | 'backward', between: () => Promise<void>): Promise<string[]> {
  const seen: string[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < 60; pages++) {
    const size = 2 + below(random, 4);
    const page = way === 'forward' ? `first: ${size}, after: $cursor` : `last: ${size}, before: $cursor`;
    const { data, errors } = await router.graphql(
      `query ($cursor: String) { orders(orderBy: [${orderBy}], ${page}) {
        nodes { tenantId id } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } }`,
      { cursor },
    );
    expect(errors).toEqual([]);
    const { nodes, pageInfo } = data.orders;
    const ids = nodes.map(({ id }: Order) => id);
    if (way === 'forward') seen.push(...ids);
    else seen.unshift(...ids);
    if (!(way === 'forward' ? pageInfo.hasNextPage : pageInfo.hasPreviousPage)) return seen;
    cursor = way === 'forward' ? pageInfo.endCursor : pageInfo.startCursor;
    await between();
  }
  throw new Error('Expected the walk to end.');
}

const rowsThatStay = (ids: readonly string[]) => ids.filter((id) => id.startsWith('stay'));

describe('a walk over all shards by', () => {
  it.each(Array.from({ length: 5 }, () => [randomOrder()]))('%s sees each row that stays once', async (orderBy) => {
    const still = rowsThatStay(await walk(orderBy, 'forward', async () => {}));
    expect([...still].sort()).toEqual(staying.map(({ id }) => id).sort());
    for (const way of ['forward', 'backward'] as const) {
      const seen = await walk(orderBy, way, async () => {
        await churn();
        if (below(random, 3) === 0) await moveEmptySlots();
      });
      expect(rowsThatStay(seen)).toEqual(still);
    }
  });
});
