import { Random } from '../../demo/random.ts';
import { makeShop, type Shop } from '../../demo/shop.ts';

/** One GraphQL request. */
export interface DemoRequest {
  /** Of the operation. */
  readonly name: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The part of the requests that go to the first tenant: hot tenants are what a shard's figures are looked at for. */
const HOT_SHARE = 0.4;

/** The part of the reads that ask for what somebody has asked for just now: people reload, and look at what others look at. */
const REPEATED_SHARE = 0.25;
/** Of so many reads, the latest ones. */
const RECENT = 20;

/** What a shop is asked, with how often each is among a hundred requests. */
const MIX: readonly (readonly [count: number, make: (at: Moment) => DemoRequest])[] = [
  [30, profile],
  [18, productPage],
  [14, newestOrders],
  [8, ordersByStatus],
  [5, findProducts],
  [3, revenue],
  [2, newestReviews],
  [9, changePhone],
  [7, takeStock],
  [4, review],
];
const HUNDRED = MIX.flatMap(([count, make]) => Array.from({ length: count }, () => make));

/** Rows of one tenant, of whom a request is made. */
interface Moment {
  readonly random: Random;
  readonly tenant: string;
  readonly customers: Shop['customers'];
  readonly products: Shop['products'];
}

/** Requests as the users of the demo's shops would make them: the same ones for the same seed. */
export class DemoTraffic {
  readonly #random: Random;
  readonly #recent: DemoRequest[] = [];
  readonly #tenants: readonly Omit<Moment, 'random'>[];

  constructor(seed: number) {
    this.#random = new Random(seed);
    const { tenants, customers, products } = makeShop();
    this.#tenants = tenants.map(({ id }) => ({
      tenant: id,
      customers: customers.filter(({ tenant_id }) => tenant_id === id),
      products: products.filter(({ tenant_id }) => tenant_id === id),
    }));
  }

  next(): DemoRequest {
    const random = this.#random;
    const [hot] = this.#tenants;
    const tenant = random.chance(HOT_SHARE) ? hot! : random.pick(this.#tenants);
    const made = random.pick(HUNDRED)({ ...tenant, random });
    if (made.query.startsWith('mutation')) return made;
    if (this.#recent.length > 0 && random.chance(REPEATED_SHARE)) return random.pick(this.#recent);
    this.#recent.push(made);
    if (this.#recent.length > RECENT) this.#recent.shift();
    return made;
  }
}

/** A few are asked for again and again, and most hardly ever: by Zipf's law, the one of rank k as often as 1 / k. */
const popular = <Row>(random: Random, rows: readonly Row[]): Row =>
  rows[Math.min(rows.length, Math.floor((rows.length + 1) ** random.next())) - 1]!;

function profile({ random, tenant, customers }: Moment): DemoRequest {
  return {
    name: 'Profile',
    query: `query Profile($tenant: ID!, $id: ID!) @consistency(mode: CACHED) {
  customer(by: { id: $id }, shardKey: $tenant) { id name email }
}`,
    variables: { tenant, id: popular(random, customers).id },
  };
}

function productPage({ random, tenant, products }: Moment): DemoRequest {
  return {
    name: 'ProductPage',
    query: `query ProductPage($tenant: ID!, $id: ID!) @consistency(mode: CACHED) {
  product(by: { id: $id }, shardKey: $tenant) {
    id name sku description
    reviews(first: 5) { nodes { id rating title } }
  }
}`,
    variables: { tenant, id: popular(random, products).id },
  };
}

function newestOrders({ tenant }: Moment): DemoRequest {
  return {
    name: 'NewestOrders',
    query: `query NewestOrders($tenant: ID!) {
  orders(shardKey: $tenant, orderBy: [{ createdAt: DESC }], first: 20) {
    nodes { id status totalCents customer { name } items { nodes { quantity product { name } } } }
  }
}`,
    variables: { tenant },
  };
}

function ordersByStatus({ random, tenant }: Moment): DemoRequest {
  return {
    name: 'OrdersByStatus',
    query: `query OrdersByStatus($tenant: ID!, $status: OrderStatus!) {
  orders(shardKey: $tenant, where: { status: { eq: $status } }, first: 20) { totalCount nodes { id totalCents } }
}`,
    variables: { tenant, status: random.pick(['PENDING', 'PAID', 'SHIPPED', 'DELIVERED']) },
  };
}

function findProducts({ random, tenant, products }: Moment): DemoRequest {
  const [word = ''] = random.pick(products).name.split(' ');
  return {
    name: 'FindProducts',
    query: `query FindProducts($tenant: ID!, $search: String!) {
  products(shardKey: $tenant, search: $search, first: 10) { totalCount nodes { id name } }
}`,
    variables: { tenant, search: word },
  };
}

function revenue({ tenant }: Moment): DemoRequest {
  return {
    name: 'Revenue',
    query: `query Revenue($tenant: ID!) {
  orders(shardKey: $tenant) { groupBy(by: [{ field: STATUS }]) { keys { status } count sum { totalCents } } }
}`,
    variables: { tenant },
  };
}

function newestReviews(): DemoRequest {
  return {
    name: 'NewestReviews',
    query: `query NewestReviews { reviews(orderBy: [{ createdAt: DESC }], first: 10) { nodes { id rating product { name } } } }`,
    variables: {},
  };
}

function changePhone({ random, tenant, customers }: Moment): DemoRequest {
  return {
    name: 'ChangePhone',
    query: `mutation ChangePhone($tenant: ID!, $id: ID!, $phone: String!) {
  updateCustomer(by: { id: $id }, shardKey: $tenant, data: { phone: $phone }) { id phone }
}`,
    variables: { tenant, id: popular(random, customers).id, phone: `+1555${random.integer(1_000_000, 9_999_999)}` },
  };
}

/** Puts back as much as it takes, on average. */
function takeStock({ random, tenant, products }: Moment): DemoRequest {
  return {
    name: 'TakeStock',
    query: `mutation TakeStock($tenant: ID!, $id: ID!, $count: Int!) {
  updateProduct(by: { id: $id }, shardKey: $tenant, atomic: { stock: { increment: $count } }) { id stock }
}`,
    variables: { tenant, id: popular(random, products).id, count: random.pick([-1, 1]) },
  };
}

function review({ random, tenant, customers, products }: Moment): DemoRequest {
  return {
    name: 'Review',
    query: `mutation Review($data: ReviewCreateInput!) { createReview(data: $data) { id } }`,
    variables: {
      data: {
        tenantId: tenant,
        productId: popular(random, products).id,
        customerId: popular(random, customers).id,
        rating: random.integer(1, 5),
        body: random.pick(['As described.', 'Came a day late.', 'Would buy it again.']),
      },
    },
  };
}
