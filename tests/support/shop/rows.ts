/**
 * Random shop rows with values that tend to break things. Ids repeat across tenants, timestamps and names repeat, and
 * text holds whatever SQL, JSON, LIKE or a sort order could stumble over.
 */
import { below, pick, type Random } from '../random.ts';
import { TABLES, type Table, type TypeName } from './tables.ts';

/** Values by SQL name; JSON columns hold JSON text. */
export type Row = Readonly<Record<string, string | number | null>>;
export type Rows = Readonly<Record<TypeName, readonly Row[]>>;

/** U+FF5E sorts before U+1F600 by code point, but after it by UTF-16 code unit. */
const NASTY_TEXTS = [
  '',
  ' ',
  "O'Hara",
  '"quoted"',
  'back\\slash',
  '100%',
  'under_score',
  '%_%',
  '\u{1F600}',
  '\uFF5E',
  '\uFF5Ez',
  '\u{1F600}a',
  'Ünïcödé',
  'ünïcödé',
  'ÀÉÎ',
  'İstanbul',
  'straße',
  'STRASSE',
  'ΣΊΣΥΦΟΣ',
  'null',
  'NaN',
  '0',
  '-1',
  '1e3',
  'a\u0000b',
  'tab\tnew\nline',
  '{"a":1}',
  "'; DROP TABLE orders; --",
  'e\u0301',
  '\u00e9',
  'zebra',
  'Zebra',
  'apple',
  'Apple pie',
  'x'.repeat(300),
];

const TENANT_IDS = [
  'acme',
  'Acme',
  'globex',
  't\'quote"',
  '\u{1F600}',
  '\uFF5E',
  '10',
  '9',
  `long-${'k'.repeat(4096)}`,
];

const PLANS = ['free', 'pro', 'scale'];
const STATUSES = ['pending', 'paid', 'shipped', 'delivered', 'cancelled'];

const JSON_VALUES = [
  '{}',
  '[]',
  'true',
  '0',
  '-1.5',
  '"text"',
  '{"a":{"b":[1,2,{"c":null}]},"quote\\"":"\\u0000"}',
  '{"city":"Gdańsk","express":false,"weight":4442}',
  '["\u{1F600}",1e3,""]',
];

export interface RowCounts {
  readonly perTenant: Readonly<Record<Exclude<TypeName, 'Tenant'>, number>>;
}

const DEFAULT_COUNTS: RowCounts = {
  perTenant: { Customer: 14, Product: 8, Order: 30, OrderItem: 45, Review: 20 },
};

export function randomRows(random: Random, counts: RowCounts = DEFAULT_COUNTS): Rows {
  const text = () => (random() < 0.6 ? pick(random, NASTY_TEXTS) : `${pick(random, NASTY_TEXTS)}${below(random, 50)}`);
  const maybe = <T>(value: () => T): T | null => (random() < 0.35 ? null : value());
  const money = () => pick(random, [0, 1, -1, 100, 2_147_483_647, -2_147_483_648, below(random, 1000)]);
  // A handful of instants, so that orders by time must fall back on their tie-breaker.
  const instant = () => new Date(Date.UTC(2025, 0, 1 + below(random, 4), 0, 0, 0, below(random, 3))).toISOString();
  const json = () => pick(random, JSON_VALUES);
  // The same ids in every tenant: only the key pair is unique.
  const id = (kind: string, index: number) =>
    index < NASTY_TEXTS.length - 1 && index % 2 === 1
      ? `${NASTY_TEXTS[index]}${kind}`
      : index === 4
        ? `${kind}-${'i'.repeat(4096)}`
        : `${kind}${index}`;

  const rows: Record<TypeName, Row[]> = { Tenant: [], Customer: [], Product: [], Order: [], OrderItem: [], Review: [] };
  for (const tenantId of TENANT_IDS) {
    rows.Tenant.push({
      id: tenantId,
      name: text(),
      plan: pick(random, PLANS),
      settings: json(),
      created_at: instant(),
    });
    const of = (type: Exclude<TypeName, 'Tenant'>, make: (index: number) => Row): Row[] => {
      const made = Array.from({ length: counts.perTenant[type] }, (_, index) => ({
        tenant_id: tenantId,
        ...make(index),
      }));
      rows[type].push(...made);
      return made;
    };
    const customers = of('Customer', (index) => ({
      id: id('c', index),
      name: text(),
      email: `${index % 3 === 0 ? pick(random, NASTY_TEXTS) : 'user'}${index}@example.test`,
      phone: maybe(text),
      attributes: json(),
      created_at: instant(),
    }));
    const products = of('Product', (index) => ({
      id: id('p', index),
      sku: `SKU-${index}`,
      name: text(),
      price_cents: money(),
      description: maybe(text),
      stock: below(random, 100),
      created_at: instant(),
    }));
    const orders = of('Order', (index) => ({
      id: id('o', index),
      customer_id: pick(random, customers).id!,
      status: pick(random, STATUSES),
      total_cents: money(),
      note: maybe(text),
      shipping: json(),
      created_at: instant(),
    }));
    of('OrderItem', (index) => ({
      id: id('i', index),
      order_id: pick(random, orders).id!,
      product_id: pick(random, products).id!,
      quantity: below(random, 4),
      unit_price_cents: money(),
    }));
    of('Review', (index) => ({
      id: id('r', index),
      product_id: pick(random, products).id!,
      customer_id: pick(random, customers).id!,
      rating: 1 + below(random, 5),
      title: maybe(text),
      body: text(),
      created_at: instant(),
    }));
  }
  return rows;
}

/** A row as GraphQL sees it: field names, enum names, parsed JSON. */
export function rowToGraphQL(of: Table, row: Row): Record<string, unknown> {
  return Object.fromEntries(of.columns.map((column) => [column.name, toGraphQL(column.kind, row[column.sql]!)]));
}

export function toGraphQL(kind: string, value: string | number | null): unknown {
  if (value === null) return null;
  if (kind === 'json') return JSON.parse(String(value));
  return kind === 'enum' ? String(value).toUpperCase() : value;
}

/** Writes the rows with `createX` mutations, parents first, many to a request. */
export async function createRows(
  rows: Rows,
  graphql: (query: string, variables: Record<string, unknown>) => Promise<{ errors: readonly unknown[] }>,
  perRequest = 40,
): Promise<void> {
  for (const of of TABLES) {
    const all = rows[of.type];
    for (let start = 0; start < all.length; start += perRequest) {
      const chunk = all.slice(start, start + perRequest);
      const declared = chunk.map((_, index) => `$d${index}: ${of.type}CreateInput!`).join(', ');
      const fields = chunk.map((_, index) => `m${index}: create${of.type}(data: $d${index}) { id }`).join('\n');
      const variables = Object.fromEntries(chunk.map((row, index) => [`d${index}`, rowToGraphQL(of, row)]));
      const { errors } = await graphql(`mutation (${declared}) {\n${fields}\n}`, variables);
      if (errors.length > 0) throw new Error(`Expected ${of.list} to be created, but got ${JSON.stringify(errors[0])}`);
    }
  }
}
