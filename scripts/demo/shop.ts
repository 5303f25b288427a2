import { ulid } from 'ulid';
import { Random } from './random.ts';

/** The demo shop's rows, columns by SQL name, made from a seed: the same rows on every machine. */
export interface Shop {
  readonly tenants: readonly Tenant[];
  readonly customers: readonly Customer[];
  readonly products: readonly Product[];
  readonly orders: readonly Order[];
  readonly order_items: readonly OrderItem[];
  readonly reviews: readonly Review[];
}

/** Number of tenants, and of the rows of each; an order has 1 to 4 items. */
export interface ShopSize {
  readonly tenants: number;
  readonly customers: number;
  readonly products: number;
  readonly orders: number;
  readonly reviews: number;
}

type Tenant = { id: string; name: string; plan: string; settings: object; created_at: string };
type OfTenant = { id: string; tenant_id: string };
type Customer = OfTenant & {
  name: string;
  email: string;
  phone: string | null;
  attributes: object;
  created_at: string;
};
type Product = OfTenant & {
  sku: string;
  name: string;
  price_cents: number;
  description: string | null;
  stock: number;
  created_at: string;
};
type Order = OfTenant & {
  customer_id: string;
  status: string;
  total_cents: number;
  note: string | null;
  shipping: object;
  created_at: string;
};
type OrderItem = OfTenant & { order_id: string; product_id: string; quantity: number; unit_price_cents: number };
type Review = OfTenant & {
  product_id: string;
  customer_id: string;
  rating: number;
  title: string | null;
  body: string;
  created_at: string;
};

/** Changes with the generator, so that a data folder knows which demo it holds. */
export const SHOP_VERSION = '2';

const SEED = 20_260_101;
const DEMO_SIZE: ShopSize = { tenants: 8, customers: 100, products: 40, orders: 300, reviews: 150 };
const MAX_ITEMS_PER_ORDER = 4;
/** Stocks differ, and are not random: all other values stay as they were before products had one. */
const [MIN_STOCK, MAX_STOCK, STOCK_STEP] = [20, 60, 7] as const;
const START = Date.UTC(2025, 0, 1);
const YEAR_MS = 365 * 24 * 3600 * 1000;

const GIVEN_NAMES = [
  'Ada',
  'Björn',
  'Chiara',
  'Dmitri',
  'Élodie',
  'Farid',
  'Grace',
  'Hana',
  'Ines',
  'José',
  'Kwame',
  'Léa',
];
const FAMILY_NAMES = [
  'Almeida',
  'Brown',
  'Çelik',
  'Dupont',
  'Eriksen',
  'Fischer',
  'García',
  'Haddad',
  'Ito',
  'Kowalska',
];
const MATERIALS = ['Oak', 'Linen', 'Steel', 'Ceramic', 'Wool', 'Cork', 'Glass', 'Bamboo'];
const THINGS = ['Lamp', 'Chair', 'Kettle', 'Blanket', 'Notebook', 'Bowl', 'Clock', 'Shelf', 'Mug', 'Basket'];
const TRADES = ['Supply', 'Goods', 'Outfitters', 'Workshop', 'Market', 'Home'];
const CITIES = ['Berlin', 'Lisboa', 'Kraków', '東京', 'Montréal', 'Nairobi'];
const OPINIONS = [
  'Does what it should.',
  'Better than the picture.',
  'Arrived late, but well packed.',
  'Would buy again.',
];
const STATUSES = ['pending', 'paid', 'shipped', 'delivered', 'cancelled'];
const PLANS = ['free', 'pro', 'scale'];

export function makeShop(size: ShopSize = DEMO_SIZE): Shop {
  const random = new Random(SEED);
  const tenants = times(size.tenants, (index) => makeTenant(random, index));
  const parts = tenants.map((tenant) => makeTenantRows(random, tenant, size));
  return {
    tenants,
    customers: parts.flatMap(({ customers }) => customers),
    products: parts.flatMap(({ products }) => products),
    orders: parts.flatMap(({ orders }) => orders.map(({ order }) => order)),
    order_items: parts.flatMap(({ orders }) => orders.flatMap(({ items }) => items)),
    reviews: parts.flatMap(({ reviews }) => reviews),
  };
}

function makeTenantRows(random: Random, { id }: Tenant, size: ShopSize) {
  const customers = times(size.customers, (index) => makeCustomer(random, id, index));
  const products = times(size.products, (index) => makeProduct(random, id, index));
  const orders = times(size.orders, () => makeOrder(random, id, customers, products));
  const reviews = times(size.reviews, () => makeReview(random, id, customers, products));
  return { customers, products, orders, reviews };
}

function makeTenant(random: Random, index: number): Tenant {
  return {
    ...stamp(random),
    name: `${MATERIALS[index % MATERIALS.length]} & ${THINGS[index % THINGS.length]} ${random.pick(TRADES)}`,
    plan: random.pick(PLANS),
    settings: {
      locale: random.pick(['de', 'en', 'fr']),
      features: { reviews: true, maxItems: random.integer(1, 9) * 10 },
    },
  };
}

function makeCustomer(random: Random, tenantId: string, index: number): Customer {
  const name = `${random.pick(GIVEN_NAMES)} ${random.pick(FAMILY_NAMES)}`;
  return {
    ...stamp(random),
    tenant_id: tenantId,
    name,
    email: `${asciiWord(name)}.${index}@example.com`,
    phone: random.chance(0.3) ? null : `+1555${random.integer(1_000_000, 9_999_999)}`,
    attributes: { city: random.pick(CITIES), newsletter: random.chance(0.5) },
  };
}

function makeProduct(random: Random, tenantId: string, index: number): Product {
  const name = `${random.pick(MATERIALS)} ${random.pick(THINGS)}`;
  return {
    ...stamp(random),
    tenant_id: tenantId,
    sku: `${asciiWord(name).toUpperCase()}-${String(index).padStart(3, '0')}`,
    name,
    price_cents: random.integer(5, 250) * 100 - 1,
    description: random.chance(0.2) ? null : `${name} for every day, made in ${random.pick(CITIES)}.`,
    stock: MIN_STOCK + ((index * STOCK_STEP) % (MAX_STOCK - MIN_STOCK + 1)),
  };
}

function makeOrder(random: Random, tenantId: string, customers: readonly Customer[], products: readonly Product[]) {
  const { id, created_at } = stamp(random);
  const items = times(random.integer(1, MAX_ITEMS_PER_ORDER), () =>
    makeItem(random, tenantId, id, random.pick(products)),
  );
  const order: Order = {
    id,
    tenant_id: tenantId,
    customer_id: random.pick(customers).id,
    status: random.pick(STATUSES),
    total_cents: items.reduce((total, item) => total + item.quantity * item.unit_price_cents, 0),
    note: random.chance(0.8) ? null : 'Please ring twice.',
    shipping: { city: random.pick(CITIES), express: random.chance(0.2) },
    created_at,
  };
  return { order, items };
}

function makeItem(random: Random, tenantId: string, orderId: string, product: Product): OrderItem {
  return {
    id: stamp(random).id,
    tenant_id: tenantId,
    order_id: orderId,
    product_id: product.id,
    quantity: random.integer(1, 3),
    unit_price_cents: product.price_cents,
  };
}

function makeReview(
  random: Random,
  tenantId: string,
  customers: readonly Customer[],
  products: readonly Product[],
): Review {
  return {
    ...stamp(random),
    tenant_id: tenantId,
    product_id: random.pick(products).id,
    customer_id: random.pick(customers).id,
    rating: random.integer(1, 5),
    title: random.chance(0.4) ? null : random.pick(['Good', 'Fine', 'Hm', 'Lovely']),
    body: random.pick(OPINIONS),
  };
}

/** A ULID and the creation time it encodes. */
function stamp(random: Random): { id: string; created_at: string } {
  const time = START + random.integer(0, YEAR_MS);
  return { id: ulid(time, () => random.next()), created_at: new Date(time).toISOString() };
}

/** `Éva Çelik` → `eva.celik`. */
const asciiWord = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/[^A-Za-z ]/g, '')
    .toLowerCase()
    .replaceAll(' ', '.');

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
