/**
 * Texts that break out of their place in SQL, full-text queries, patterns, JSON paths, GraphQL, JavaScript objects or headers, put into
 * every argument that takes a text: each is taken literally, or refused with a typed error, and nothing else happens.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../../src/shards/errors.ts';
import { shopWorker } from '../support.ts';

const PAYLOADS: readonly (readonly [what: string, text: string])[] = [
  ['a quote', "'"],
  ['a doubled quote', '"'],
  ['a true condition', "' OR '1'='1"],
  ['a true condition, commented', "x' OR 1=1 --"],
  ['a second statement', "x'; DROP TABLE products; --"],
  ['a second statement in double quotes', 'x"; DELETE FROM products; --'],
  ['a union', "x' UNION SELECT sql FROM sqlite_schema --"],
  ['a block comment', "x'/*"],
  ['a column', 'name'],
  ['a quoted column', '"products"."price_cents"'],
  ['a bound parameter', '?1 :name @name $name'],
  ['a concatenation', "x' || (SELECT group_concat(name) FROM products) || '"],
  ['a function call', "x', load_extension('evil'))--"],
  ['a pragma', "x'; PRAGMA writable_schema=1; --"],
  ['an attached database', "x'; ATTACH 'evil.db' AS e; --"],
  ['wildcards', '%_%'],
  ['an escaped wildcard', '\\%'],
  ['a glob', '*?[a-z]'],
  ['a backslash', '\\'],
  ['an operator of full-text queries', '" OR * NEAR(a b) NOT'],
  ['a column of full-text queries', 'name: x AND {name description}: y'],
  ['a JSON path', '$.a[0]."b"'],
  ['a step of a JSON path', '$[#-1]'],
  ['the end of a JSON text', '"}, {"a": "b'],
  ['the end of a selection', 'x" }) { id } } mutation { deleteProducts(where: {}) { affectedCount } } #'],
  ['a template', '{{7*7}} <%= 7*7 %> #{7*7}'],
  ['a prototype', '__proto__'],
  ['a constructor', 'constructor.prototype.polluted'],
  ['a line break and a header', 'x\r\nSet-Cookie: a=b'],
  ['markup', '<script>alert(1)</script>'],
  ['a NUL', 'x\0y'],
  ['a direction mark', '\u202egnp.exe'],
  ['a full-width quote', '\uff07 OR 1=1'],
  ['an emoji and a combining mark', '👩‍👩‍👧‍👦e\u0301'],
  ['a number', '1e999'],
  ['a path', '../../etc/passwd'],
];

const LONGEST_FIRST = PAYLOADS.map(([, text]) => text).sort((a, b) => b.length - a.length);

const TENANT = `inject-${Date.now().toString(36)}`;
const PLAIN = 'plain words';
const send = shopWorker();

interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes.
  readonly data?: any;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

/** What no answer says, whatever is asked: words of SQLite, of our tables beyond the schema, of stacks. */
const LEAKS =
  /SQLITE|sqlite_|near "|no such (?:table|column)|unrecognized token|fts5|_version|\.ts:\d|\bat \w+ \(|node_modules/;

async function ask(
  query: string,
  variables: object,
  { headers = {}, ...others }: { headers?: Record<string, string> } & Record<string, unknown> = {},
): Promise<Answer> {
  const response = await send('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables, ...others }),
  });
  const text = await response.text();
  expect(response.status, text).toBeLessThan(500);
  expect(response.headers.get('set-cookie')).toBeNull();
  const answer = JSON.parse(text) as Answer;
  for (const { message, extensions } of answer.errors ?? []) {
    expect(ERROR_CODES).toContain(extensions.code);
    expect(extensions.code).not.toBe('INTERNAL_SERVER_ERROR');
    // A message may quote what was sent, and no more.
    expect(LONGEST_FIRST.reduce((left, payload) => left.replaceAll(payload, ''), message)).not.toMatch(LEAKS);
  }
  return answer;
}

const names = async (where: object): Promise<string[]> => {
  const query =
    'query ($t: ID!, $where: ProductWhere!) { products(shardKey: $t, where: $where, first: 100) { nodes { name } } }';
  const { data, errors } = await ask(query, { t: TENANT, where });
  expect(errors).toBeUndefined();
  return data.products.nodes.map(({ name }: { name: string }) => name).sort();
};

const all = [PLAIN, ...PAYLOADS.map(([, text]) => text)];
const among = (test: (name: string) => boolean): string[] => all.filter(test).sort();

const countAll = async (): Promise<unknown> => {
  const { data } = await ask(
    'query ($t: ID!) { products(shardKey: $t) { totalCount } customers(shardKey: $t) { totalCount } tenants(where: { id: { eq: $t } }) { totalCount } }',
    { t: TENANT },
  );
  return data;
};
const COUNTS = { products: { totalCount: all.length }, customers: { totalCount: 1 }, tenants: { totalCount: 1 } };

beforeAll(async () => {
  const { errors } = await ask(
    `mutation ($t: TenantCreateInput!, $c: CustomerCreateInput!, $p: [ProductCreateInput!]!) {
      createTenant(data: $t) { id } createCustomer(data: $c) { id } createProducts(data: $p) { affectedCount } }`,
    {
      t: { id: TENANT, name: 'T', plan: 'FREE', settings: {} },
      c: { tenantId: TENANT, id: 'c', name: PLAIN, email: 'a@b.example', attributes: {} },
      p: all.map((name, at) => ({
        tenantId: TENANT,
        id: `p${at}`,
        sku: `s${at}`,
        name,
        priceCents: 1,
        description: name,
      })),
    },
  );
  expect(errors).toBeUndefined();
});

afterAll(async () => {
  expect(await countAll()).toEqual(COUNTS);
});

/** Arguments whose text has a meaning that JavaScript can tell. */
const LITERAL: Readonly<Record<string, (text: string) => Promise<void>>> = {
  'data of a create, and eq': async (text) => expect(await names({ name: { eq: text } })).toEqual([text]),
  ne: async (text) => expect(await names({ name: { ne: text } })).toEqual(among((name) => name !== text)),
  in: async (text) => expect(await names({ name: { in: [text, 'x'] } })).toEqual([text]),
  contains: async (text) =>
    expect(await names({ name: { contains: text } })).toEqual(among((name) => name.includes(text))),
  startsWith: async (text) =>
    expect(await names({ name: { startsWith: text } })).toEqual(among((name) => name.startsWith(text))),
  endsWith: async (text) =>
    expect(await names({ name: { endsWith: text } })).toEqual(among((name) => name.endsWith(text))),
  icontains: async (text) =>
    expect(await names({ name: { icontains: text } })).toEqual(
      among((name) => name.toLowerCase().includes(text.toLowerCase())),
    ),
  ieq: async (text) =>
    expect(await names({ name: { ieq: text } })).toEqual(among((name) => name.toLowerCase() === text.toLowerCase())),
  'a filter on related rows': async (text) => {
    const query =
      'query ($t: ID!, $x: String!) { reviews(shardKey: $t, where: { product: { name: { eq: $x } } }) { totalCount } }';
    expect((await ask(query, { t: TENANT, x: text })).data).toEqual({ reviews: { totalCount: 0 } });
  },
  'a key': async (text) => {
    const query =
      'query ($t: ID!, $x: ID!, $e: String!) { product(by: { id: $x }, shardKey: $t) { id } customer(by: { email: $e }, shardKey: $t) { id } }';
    expect((await ask(query, { t: TENANT, x: text, e: text })).data).toEqual({ product: null, customer: null });
  },
  'a shard key': async (text) => {
    const query =
      'query ($x: ID!) { products(shardKey: $x) { totalCount } product(by: { id: "p0" }, shardKey: $x) { id } }';
    expect((await ask(query, { x: text })).data).toEqual({ products: { totalCount: 0 }, product: null });
  },
  'a change in place': async (text) => {
    const query = `mutation ($t: ID!, $x: String!, $to: String) {
      updateCustomer(by: { id: "c" }, shardKey: $t, atomic: { name: { append: $x } }) { name }
      back: updateCustomer(by: { id: "c" }, shardKey: $t, data: { name: $to }) { name } }`;
    const { data } = await ask(query, { t: TENANT, x: text, to: PLAIN });
    expect(data).toEqual({ updateCustomer: { name: PLAIN + text }, back: { name: PLAIN } });
  },
  'names and values of JSON': async (text) => {
    const query =
      'mutation ($t: ID!, $x: JSON) { updateCustomer(by: { id: "c" }, shardKey: $t, data: { attributes: $x }) { attributes } }';
    const attributes = JSON.parse(`{${JSON.stringify(text)}: [${JSON.stringify(text)}]}`);
    const { data } = await ask(query, { t: TENANT, x: attributes });
    expect(JSON.stringify(data.updateCustomer.attributes)).toBe(JSON.stringify(attributes));
  },
  'where of a bulk write': async (text) => {
    const query =
      'mutation ($t: ID!, $x: String!) { updateProducts(shardKey: $t, where: { name: { eq: $x } }, data: { priceCents: 2 }, atMost: 5) { affectedCount } }';
    expect((await ask(query, { t: TENANT, x: text })).data).toEqual({ updateProducts: { affectedCount: 1 } });
  },
  'an argument in the document itself': async (text) => {
    const query = `{ products(shardKey: ${JSON.stringify(TENANT)}, where: { name: { eq: ${JSON.stringify(text)} } }) { nodes { name } } }`;
    expect((await ask(query, {})).data).toEqual({ products: { nodes: [{ name: text }] } });
  },
};

/** Arguments that may refuse a text. */
const REFUSING: Readonly<Record<string, (text: string) => Promise<Answer>>> = {
  like: (text) =>
    ask('query ($t: ID!, $x: String!) { products(shardKey: $t, where: { name: { like: $x } }) { totalCount } }', {
      t: TENANT,
      x: text,
    }),
  search: (text) =>
    ask('query ($t: ID!, $x: String!) { products(shardKey: $t, search: $x) { totalCount nodes { id } } }', {
      t: TENANT,
      x: text,
    }),
  'a cursor': (text) =>
    ask(
      'query ($t: ID!, $x: String!) { a: products(shardKey: $t, after: $x) { nodes { id } } b: products(shardKey: $t, before: $x) { nodes { id } } }',
      { t: TENANT, x: text },
    ),
  'a global id': (text) =>
    ask('query ($x: ID!) { node(nodeId: $x) { nodeId } nodes(nodeIds: [$x]) { nodeId } }', { x: text }),
  'a path into JSON': (text) =>
    ask('query ($t: ID!, $x: String!) { customers(shardKey: $t) { nodes { attributes(path: $x) } } }', {
      t: TENANT,
      x: text,
    }),
  'a path in a filter on JSON': (text) =>
    ask(
      'query ($t: ID!, $x: String!) { customers(shardKey: $t, where: { attributes: { path: $x, eq: "x" } }) { totalCount } }',
      { t: TENANT, x: text },
    ),
  'a path that is changed in place': (text) =>
    ask(
      'mutation ($t: ID!, $x: String!) { updateCustomer(by: { id: "c" }, shardKey: $t, atomic: { attributes: { set: [{ path: $x, value: 1 }] } }) { id } }',
      { t: TENANT, x: text },
    ),
  'a time zone': (text) =>
    ask(
      'query ($t: ID!, $x: String!) { products(shardKey: $t) { groupBy(by: [{ field: CREATED_AT, trunc: DAY, timeZone: $x }]) { count } } }',
      { t: TENANT, x: text },
    ),
  'a moment': (text) =>
    ask('query ($t: ID!, $x: DateTime!) { products(shardKey: $t, where: { createdAt: { gt: $x } }) { totalCount } }', {
      t: TENANT,
      x: text,
    }),
  'a number': (text) =>
    ask(
      'query ($t: ID!, $x: Int!) { products(shardKey: $t, where: { priceCents: { gt: $x } }, first: $x) { totalCount } }',
      { t: TENANT, x: text },
    ),
  'an enum': (text) =>
    ask('query ($t: ID!, $x: OrderStatus!) { orders(shardKey: $t, where: { status: { eq: $x } }) { totalCount } }', {
      t: TENANT,
      x: text,
    }),
  'a version': (text) =>
    ask(
      'mutation ($t: ID!, $x: Version!) { updateCustomer(by: { id: "c" }, shardKey: $t, expectedVersion: $x, data: { phone: "1" }) { id } }',
      { t: TENANT, x: text },
    ),
  'an idempotency key': (text) =>
    ask(
      'mutation ($t: ID!, $x: String!) { updateCustomer(by: { id: "c" }, shardKey: $t, data: { phone: "1" }) @idempotent(key: $x) { id } }',
      { t: TENANT, x: text },
    ),
  'a name of an operation': (text) => ask('query A { __typename }', {}, { operationName: text }),
  'a name of a variable': (text) =>
    ask(
      'query ($a: ID) { products(shardKey: $a, first: 1) { nodes { id } } }',
      JSON.parse(`{${JSON.stringify(text)}: 1}`),
    ),
  'a name in an input object': (text) =>
    ask('query ($x: ProductWhere) { products(where: $x) { totalCount } }', {
      x: JSON.parse(`{${JSON.stringify(text)}: { "eq": 1 }}`),
    }),
  'the document': (text) => ask(text, {}),
  'a field': (text) => ask(`{ products { ${text} } }`, {}),
  'a persisted document': (text) => ask(undefined as never, {}, { documentId: text }),
  extensions: (text) =>
    ask('{ __typename }', {}, { extensions: JSON.parse(`{${JSON.stringify(text)}: ${JSON.stringify(text)}}`) }),
  'a session token': (text) => ask('{ __typename }', {}, header('x-shardql-token', text)),
  'a caller to be': (text) => ask('{ __typename }', {}, header('x-shardql-as', text)),
  'a credential': (text) => ask('{ __typename }', {}, header('authorization', `Bearer ${text}`)),
  'a key in a header': (text) => ask('{ __typename }', {}, header('idempotency-key', text)),
};

/** Headers cannot hold the others at all. */
const header = (name: string, text: string) => ({
  headers: { [name]: text.replace(/[^\x20-\x7e]/g, '') || 'x' },
});

describe.each(Object.entries(LITERAL))('a text is taken literally: %s', (_, attempt) => {
  it.each(PAYLOADS)('%s', async (_what, text) => attempt(text));
});

describe.each(Object.entries(REFUSING))('a text is understood or refused, and does nothing else: %s', (_, attempt) => {
  it.each(PAYLOADS)('%s', async (_what, text) => {
    const answer = await attempt(text);
    expect('data' in answer || 'errors' in answer).toBe(true);
  });
});

it('are more than 200, and leave everything as it was', async () => {
  expect(PAYLOADS.length * (Object.keys(LITERAL).length + Object.keys(REFUSING).length)).toBeGreaterThan(200);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  expect(await countAll()).toEqual(COUNTS);
});
