/**
 * Misuse: each request is refused with its typed code at its exact path, writes nothing, shows no internals, and
 * leaves the server and the request's other fields as they were. The same on 1 and on 4 shards.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorSummary, type GraphQLAnswer } from '../support/graphql.ts';
import { type Server, startServer } from '../support/server.ts';

/** Rows that the refused requests work on: two tenants, a customer and an order each. */
const SETUP = `mutation {
  t1: createTenant(data: { id: "t1", name: "One", plan: FREE, settings: {} }) { id }
  t2: createTenant(data: { id: "t2", name: "Two", plan: PRO, settings: {} }) { id }
  c1: createCustomer(data: { tenantId: "t1", id: "c1", name: "Ann", email: "ann@one.test", attributes: {} }) { id }
  c1b: createCustomer(data: { tenantId: "t1", id: "c1b", name: "Bea", email: "bea@one.test", attributes: {} }) { id }
  c2: createCustomer(data: { tenantId: "t2", id: "c2", name: "Cid", email: "ann@one.test", attributes: {} }) { id }
  same: createCustomer(data: { tenantId: "t2", id: "c1", name: "Dan", email: "dan@two.test", attributes: {} }) { id }
  p1: createProduct(data: { tenantId: "t1", id: "p1", sku: "S1", name: "Pot", priceCents: 100 }) { id }
  o1: createOrder(data: { tenantId: "t1", id: "o1", customerId: "c1", totalCents: 5, shipping: {} }) { id }
  o2: createOrder(data: { tenantId: "t2", id: "o2", customerId: "c2", totalCents: 7, shipping: {} }) { id }
}`;

/** Everything there is, with versions: equal before and after means that nothing was written. */
const STATE = `{
  tenants(first: 100) { totalCount nodes { nodeId version name plan settings } }
  customers(first: 100) { totalCount nodes { nodeId version name email phone attributes } }
  products(first: 100) { totalCount nodes { nodeId version name priceCents } }
  orders(first: 100) { totalCount nodes { nodeId version status totalCents note customer { nodeId } } }
  orderItems { totalCount } reviews { totalCount }
}`;

interface Refusal {
  readonly name: string;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** `path CODE` of each error; the path is empty where nothing was executed. */
  readonly errors: readonly string[];
}

const refusal = (
  name: string,
  query: string,
  errors: string | readonly string[],
  variables?: Readonly<Record<string, unknown>>,
): Refusal => ({ name, query, variables, errors: typeof errors === 'string' ? [errors] : errors });

const bad = (name: string, query: string, path: string, variables?: Readonly<Record<string, unknown>>) =>
  refusal(name, query, `${path} BAD_USER_INPUT`, variables);

const invalid = (name: string, query: string) => refusal(name, query, 'GRAPHQL_VALIDATION_FAILED');

const customer = (fields: string) => `mutation { createCustomer(data: { ${fields} }) { id } }`;
const CUSTOMER = 'mutation ($data: CustomerCreateInput!) { createCustomer(data: $data) { id } }';

const DOCUMENTS: readonly Refusal[] = [
  refusal('a document that does not parse', '{ customers { ', 'GRAPHQL_PARSE_FAILED'),
  refusal('an empty document', '', 'GRAPHQL_PARSE_FAILED'),
  invalid('an unknown field', '{ customers { nodes { nope } } }'),
  invalid('an unknown root field', '{ nope }'),
  invalid('an unknown argument', '{ customers(nope: 1) { totalCount } }'),
  invalid('an unknown column in a filter', '{ customers(where: { nope: { eq: 1 } }) { totalCount } }'),
  invalid('an unknown operator', '{ customers(where: { name: { regex: "a" } }) { totalCount } }'),
  invalid('a text operator on a number', '{ orders(where: { totalCents: { contains: 1 } }) { totalCount } }'),
  invalid('an unknown order column', '{ customers(orderBy: [{ nope: ASC }]) { totalCount } }'),
  invalid('an unknown direction', '{ customers(orderBy: [{ name: SIDEWAYS }]) { totalCount } }'),
  invalid('an unknown enum value', '{ orders(where: { status: { eq: LOST } }) { totalCount } }'),
  invalid('text where a number is meant', '{ orders(where: { totalCents: { eq: "5" } }) { totalCount } }'),
  invalid('a fraction where an integer is meant', '{ orders(where: { totalCents: { eq: 5.5 } }) { totalCount } }'),
  invalid('an integer beyond 32 bits', '{ orders(where: { totalCents: { eq: 2147483648 } }) { totalCount } }'),
  invalid(
    'an unknown column in a create',
    customer('tenantId: "t1", name: "X", email: "x@x.test", attributes: {}, nope: 1'),
  ),
  invalid('a missing required column', customer('tenantId: "t1", email: "x@x.test", attributes: {}')),
  invalid('null in a required column', customer('tenantId: "t1", name: null, email: "x@x.test", attributes: {}')),
  refusal('a subscription', 'subscription { customers { totalCount } }', 'BAD_USER_INPUT'),
  invalid('no key at all', '{ customer(by: {}) { id } }'),
  invalid('two keys at once', '{ customer(by: { id: "c1", email: "ann@one.test" }) { id } }'),
];

const VARIABLES: readonly Refusal[] = [
  refusal(
    'an unknown operator in a variable',
    'query ($where: CustomerWhere) { customers(where: $where) { totalCount } }',
    'BAD_USER_INPUT',
    { where: { name: { regex: 'a' } } },
  ),
  refusal(
    'text where a number is meant in a variable',
    'query ($where: OrderWhere) { orders(where: $where) { totalCount } }',
    'BAD_USER_INPUT',
    { where: { totalCents: { eq: '5' } } },
  ),
  refusal('a missing variable', 'query ($id: ID!) { customer(by: { id: $id }) { id } }', 'BAD_USER_INPUT'),
];

const FILTERS: readonly Refusal[] = [
  bad('null as an operand', '{ customers(where: { name: { eq: null } }) { totalCount } }', 'customers'),
  bad('null as an operand of "ne"', '{ customers(where: { phone: { ne: null } }) { totalCount } }', 'customers'),
  bad("null as a column's operators", '{ customers(where: { name: null }) { totalCount } }', 'customers'),
  bad('null as "isNull"', '{ customers(where: { phone: { isNull: null } }) { totalCount } }', 'customers'),
  bad('null inside a filter', '{ customers(where: { name: null }) { totalCount } }', 'customers'),
  bad('null as "in"', '{ customers(where: { name: { in: null } }) { totalCount } }', 'customers'),
  bad('null as "NOT"', '{ customers(where: { NOT: null }) { totalCount } }', 'customers'),
  bad('null as "OR"', '{ customers(where: { OR: null }) { totalCount } }', 'customers'),
  bad(
    'null as an operand in a variable',
    'query ($where: CustomerWhere) { c: customers(where: $where) { totalCount } }',
    'c',
    { where: { AND: [{ name: { eq: null } }] } },
  ),
  bad(
    'an operand whose variable is null',
    'query ($name: String) { c: customers(where: { name: { eq: $name } }) { totalCount } }',
    'c',
    { name: null },
  ),
  bad('one bound of two', '{ orders(where: { totalCents: { between: [1] } }) { totalCount } }', 'orders'),
  bad(
    'a lone surrogate in a filter',
    'query ($name: String!) { customers(where: { name: { eq: $name } }) { totalCount } }',
    'customers',
    { name: 'a\ud800' },
  ),
  bad(
    'a lone surrogate in a list of a filter',
    'query ($names: [String!]!) { customers(where: { name: { in: $names } }) { totalCount } }',
    'customers',
    { names: ['a', '\udfff'] },
  ),
  bad(
    'a lone surrogate in a key',
    'query ($id: ID!) { customer(by: { id: $id }, shardKey: "t1") { id } }',
    'customer',
    { id: '\ud83d' },
  ),
  bad(
    'a lone surrogate in a shard key',
    'query ($id: ID!) { customer(by: { id: "c1" }, shardKey: $id) { id } }',
    'customer',
    { id: '\ud83d' },
  ),
];

const PAGES: readonly Refusal[] = [
  bad('first: -1', '{ customers(first: -1) { totalCount } }', 'customers'),
  bad('first: 101', '{ customers(first: 101) { totalCount } }', 'customers'),
  bad('last: -1', '{ customers(last: -1) { totalCount } }', 'customers'),
  bad('last: 101', '{ customers(last: 101) { totalCount } }', 'customers'),
  bad('first with last', '{ customers(first: 1, last: 1) { totalCount } }', 'customers'),
  bad('a negative offset', '{ customers(offset: -1) { totalCount } }', 'customers'),
  bad(
    'first: 101 in a nested list',
    '{ t: tenant(by: { id: "t1" }) { name customers(first: 101) { totalCount } } }',
    't.customers',
  ),
  bad('a cursor that is none', '{ customers(after: "nonsense") { totalCount } }', 'customers'),
  bad('an empty cursor', '{ customers(after: "") { totalCount } }', 'customers'),
  bad('a node id that is none', '{ node(nodeId: "nonsense") { nodeId } }', 'node'),
];

const LOOKUPS: readonly Refusal[] = [
  bad('a key that several shard keys have', '{ customer(by: { id: "c1" }) { name } }', 'customer'),
  bad('a unique key that several shard keys have', '{ c: customer(by: { email: "ann@one.test" }) { name } }', 'c'),
];

const WRITES: readonly Refusal[] = [
  refusal(
    'a missing reference',
    'mutation { createOrder(data: { tenantId: "t1", totalCents: 1, shipping: {} }) { id } }',
    'createOrder NOT_NULL_VIOLATION',
  ),
  refusal('a missing shard key', customer('name: "X", email: "x@x.test", attributes: {}'), [
    'createCustomer NOT_NULL_VIOLATION',
  ]),
  refusal(
    'null in a column with a default',
    customer('tenantId: "t1", id: null, name: "X", email: "x@x.test", attributes: {}'),
    'createCustomer NOT_NULL_VIOLATION',
  ),
  refusal(
    'null for a required column in an update',
    'mutation { updateCustomer(by: { id: "c1" }, shardKey: "t1", data: { name: null }) { id } }',
    'updateCustomer NOT_NULL_VIOLATION',
  ),
  refusal(
    'a duplicate primary key',
    customer('tenantId: "t1", id: "c1", name: "X", email: "x@x.test", attributes: {}'),
    'createCustomer UNIQUE_VIOLATION',
  ),
  refusal(
    'a duplicate unique key',
    customer('tenantId: "t1", id: "new", name: "X", email: "ann@one.test", attributes: {}'),
    'createCustomer UNIQUE_VIOLATION',
  ),
  refusal(
    'an update to a duplicate unique key',
    'mutation { u: updateCustomer(by: { id: "c1b" }, shardKey: "t1", data: { email: "ann@one.test" }) { id } }',
    'u UNIQUE_VIOLATION',
  ),
  refusal(
    'a foreign key to nothing',
    'mutation { createOrder(data: { tenantId: "t1", customerId: "none", totalCents: 1, shipping: {} }) { id } }',
    'createOrder FOREIGN_KEY_VIOLATION',
  ),
  refusal(
    "a foreign key to another tenant's row",
    'mutation { createOrder(data: { tenantId: "t1", customerId: "c2", totalCents: 1, shipping: {} }) { id } }',
    'createOrder FOREIGN_KEY_VIOLATION',
  ),
  refusal(
    'a row of a tenant that does not exist',
    customer('tenantId: "none", name: "X", email: "x@x.test", attributes: {}'),
    'createCustomer FOREIGN_KEY_VIOLATION',
  ),
  refusal(
    "an update to another tenant's row",
    'mutation { updateOrder(by: { id: "o1" }, shardKey: "t1", data: { customerId: "c2" }) { id } }',
    'updateOrder FOREIGN_KEY_VIOLATION',
  ),
  refusal(
    'a delete of a row that others refer to',
    'mutation { deleteCustomer(by: { id: "c1" }, shardKey: "t1") { id } }',
    'deleteCustomer FOREIGN_KEY_VIOLATION',
  ),
  refusal(
    'a value outside its check',
    'mutation { createReview(data: { tenantId: "t1", productId: "p1", customerId: "c1", rating: 6, body: "" }) { id } }',
    'createReview CHECK_VIOLATION',
  ),
  refusal(
    'an update of a row that is not there',
    'mutation { updateCustomer(by: { id: "none" }, shardKey: "t1", data: { name: "X" }) { id } }',
    'updateCustomer NOT_FOUND',
  ),
  refusal(
    'a delete of a row that is not there',
    'mutation { deleteCustomer(by: { id: "none" }, shardKey: "t1") { id } }',
    'deleteCustomer NOT_FOUND',
  ),
  refusal(
    'an update of a version long gone',
    'mutation { updateCustomer(by: { id: "c1" }, shardKey: "t1", data: { name: "X" }, expectedVersion: "1") { id } }',
    'updateCustomer CONFLICT',
  ),
  refusal(
    'a delete of a version long gone',
    'mutation { deleteOrder(by: { id: "o1" }, shardKey: "t1", expectedVersion: "1") { id } }',
    'deleteOrder CONFLICT',
  ),
  refusal('a lone surrogate in a column', CUSTOMER, 'createCustomer BAD_USER_INPUT', {
    data: { tenantId: 't1', name: '\udc00', email: 'x@x.test', attributes: {} },
  }),
  refusal('a lone surrogate inside JSON', CUSTOMER, 'createCustomer BAD_USER_INPUT', {
    data: { tenantId: 't1', name: 'X', email: 'x@x.test', attributes: { deep: ['\ud800'] } },
  }),
  refusal('a lone surrogate in a name inside JSON', CUSTOMER, 'createCustomer BAD_USER_INPUT', {
    data: { tenantId: 't1', name: 'X', email: 'x@x.test', attributes: { '\ud800': 1 } },
  }),
  refusal(
    'a date that is none',
    customer('tenantId: "t1", name: "X", email: "x@x.test", attributes: {}, createdAt: "2025-02-30T00:00:00Z"'),
    'GRAPHQL_VALIDATION_FAILED',
  ),
  refusal('one byte more than a row may hold', CUSTOMER, 'createCustomer VALUE_TOO_LARGE', {
    data: { tenantId: 't1', id: 'big', name: 'x'.repeat(2_000_001), email: 'x@x.test', attributes: {} },
  }),
  refusal(
    'one byte more than a row may hold, in an update',
    'mutation ($name: String!) { updateCustomer(by: { id: "c1" }, shardKey: "t1", data: { name: $name }) { id } }',
    'updateCustomer VALUE_TOO_LARGE',
    { name: 'x'.repeat(2_000_001) },
  ),
  refusal(
    'a row whose columns are too large together',
    'mutation ($data: ProductCreateInput!) { createProduct(data: $data) { id } }',
    'createProduct VALUE_TOO_LARGE',
    {
      data: {
        tenantId: 't1',
        sku: 'big',
        priceCents: 1,
        name: 'x'.repeat(1_000_000),
        description: 'é'.repeat(500_001),
      },
    },
  ),
];

const INTERNALS =
  /sqlite|select |insert |update "|constraint failed|\.ts\b|\.js\b|at \w+ \(|durable|undefined|\[object/i;

describe.each([{ shards: 1 }, { shards: 4 }])('on $shards shards', ({ shards }) => {
  let server: Server;
  let before: unknown;
  beforeAll(async () => {
    server = await startServer({ shards });
    expect((await server.graphql(SETUP)).errors).toEqual([]);
    before = (await server.graphql(STATE)).data;
  });
  afterAll(() => server?.stop());

  const expectRefusal = async (answer: GraphQLAnswer, errors: readonly string[]) => {
    expect(errorSummary(answer)).toEqual(errors);
    for (const error of answer.errors) {
      expect(error.message).not.toMatch(INTERNALS);
      expect(error.extensions?.requestId).toEqual(expect.any(String));
      expect(error.extensions?.requestId).toBe(answer.headers.get('x-request-id'));
      expect(error.extensions?.code).not.toBe('INTERNAL_SERVER_ERROR');
      expect(JSON.stringify(error)).not.toMatch(/stack/i);
    }
    expect((await server.graphql(STATE)).data).toEqual(before);
  };

  describe.each([
    ['documents', DOCUMENTS],
    ['variables', VARIABLES],
    ['filters', FILTERS],
    ['pages', PAGES],
    ['lookups', LOOKUPS],
    ['writes', WRITES],
  ] as const)('%s', (_, refusals) => {
    it.each(refusals.map((one) => [one.name, one] as const))('refuses %s', async (_name, one) => {
      const answer = await server.graphql(one.query, one.variables);
      await expectRefusal(answer, one.errors);
      const [path] = one.errors[0]!.split(' ');
      const isExecuted = one.errors[0]!.includes(' ');
      if (isExecuted && !path!.includes('.')) expect(answer.data).toEqual({ [path!]: null });
      if (!isExecuted) expect(answer.data ?? null).toBeNull();
    });
  });

  it('tells the current version of a row in conflict', async () => {
    const current = await server.graphql('{ customer(by: { id: "c1" }, shardKey: "t1") { version } }');
    const answer = await server.graphql(
      'mutation { updateCustomer(by: { id: "c1" }, shardKey: "t1", data: { name: "X" }, expectedVersion: "1") { id } }',
    );
    expect(answer.errors[0]!.extensions?.currentVersion).toBe(current.data.customer.version);
  });

  it('names the column that is missing, and the key or reference that is violated', async () => {
    const missing = await server.graphql(
      'mutation { createOrder(data: { tenantId: "t1", totalCents: 1, shipping: {} }) { id } }',
    );
    expect(missing.errors[0]!.extensions).toMatchObject({ table: 'Order', field: 'customerId' });
    const duplicate = await server.graphql(
      customer('tenantId: "t1", id: "new", name: "X", email: "ann@one.test", attributes: {}'),
    );
    expect(duplicate.errors[0]!.extensions).toMatchObject({ table: 'Customer' });
  });

  it('keeps the data of fields beside a refused one', async () => {
    const answer = await server.graphql(`{
      good: customer(by: { id: "c1" }, shardKey: "t1") { name }
      wrong: customers(first: 101) { totalCount }
      tenant(by: { id: "t1" }) { name orders(first: -1) { totalCount } customers { totalCount } }
    }`);
    expect(errorSummary(answer).sort()).toEqual(['tenant.orders BAD_USER_INPUT', 'wrong BAD_USER_INPUT']);
    expect(answer.data).toEqual({
      good: { name: 'Ann' },
      wrong: null,
      tenant: { name: 'One', orders: null, customers: { totalCount: 2 } },
    });
  });

  it('keeps a write that happened beside one that was refused', async () => {
    const answer = await server.graphql(`mutation {
      made: createCustomer(data: { tenantId: "t1", id: "tmp", name: "T", email: "t@t.test", attributes: {} }) { id }
      refused: createCustomer(data: { tenantId: "t1", id: "tmp", name: "U", email: "u@t.test", attributes: {} }) { id }
      gone: deleteCustomer(by: { id: "tmp" }, shardKey: "t1") { name }
    }`);
    expect(errorSummary(answer)).toEqual(['refused UNIQUE_VIOLATION']);
    expect(answer.data).toEqual({ made: { id: 'tmp' }, refused: null, gone: { name: 'T' } });
  });

  describe('cursors', () => {
    let cursor: string;
    beforeAll(async () => {
      const answer = await server.graphql('{ customers(orderBy: [{ name: ASC }], first: 1) { edges { cursor } } }');
      cursor = answer.data.customers.edges[0].cursor;
    });

    const use = (query: string, text: string) => server.graphql(query, { cursor: text });
    const SAME = 'query ($cursor: String!) { customers(orderBy: [{ name: ASC }], after: $cursor) { nodes { name } } }';

    it('work in the list and order they come from, with another filter too', async () => {
      const answer = await use(SAME, cursor);
      expect(answer.errors).toEqual([]);
      expect(answer.data.customers.nodes.map(({ name }: { name: string }) => name)).toEqual(['Bea', 'Cid', 'Dan']);
    });

    it.each([
      ['order', 'query ($cursor: String!) { it: customers(orderBy: [{ name: DESC }], after: $cursor) { totalCount } }'],
      ['default order', 'query ($cursor: String!) { it: customers(after: $cursor) { totalCount } }'],
      [
        'longer order',
        'query ($cursor: String!) { it: customers(orderBy: [{ name: ASC }, { email: ASC }], after: $cursor) { totalCount } }',
      ],
      ['table', 'query ($cursor: String!) { it: products(orderBy: [{ name: ASC }], after: $cursor) { totalCount } }'],
      ['table with other columns', 'query ($cursor: String!) { it: orders(before: $cursor, last: 3) { totalCount } }'],
    ])('of another %s are refused', async (_, query) => {
      await expectRefusal(await use(query, cursor), ['it BAD_USER_INPUT']);
    });

    it('of another list of the same table are refused', async () => {
      const query = `query ($cursor: String!) {
        tenant(by: { id: "t1" }) { customers(orderBy: [{ name: ASC }], after: $cursor) { totalCount } }
      }`;
      await expectRefusal(await use(query, cursor), ['tenant.customers BAD_USER_INPUT']);
    });

    it('with an offset are refused', async () => {
      const query =
        'query ($cursor: String!) { customers(orderBy: [{ name: ASC }], after: $cursor, offset: 1) { totalCount } }';
      await expectRefusal(await use(query, cursor), ['customers BAD_USER_INPUT']);
    });

    it('cut short at any place are refused', async () => {
      for (let length = 0; length < cursor.length; length++) {
        const answer = await use(SAME, cursor.slice(0, length));
        expect(errorSummary(answer), `${length} of ${cursor.length}`).toEqual(['customers BAD_USER_INPUT']);
      }
    });

    it('with any one bit flipped are refused, but for those that name another position of the order', async () => {
      const namesOf = ({ data }: GraphQLAnswer): string[] =>
        data.customers.nodes.map(({ name }: { name: string }) => name);
      const whole = namesOf(await server.graphql('{ customers(orderBy: [{ name: ASC }]) { nodes { name } } }'));
      // Before its values stand the list and a hash of the order.
      const text = Buffer.from(cursor, 'hex').toString();
      const head = Buffer.byteLength(text.slice(0, text.indexOf(',', text.indexOf(',') + 1))) * 2;
      expect(head).toBeGreaterThan(20);
      for (let index = 0; index < cursor.length; index++) {
        for (const bit of [1, 2, 4, 8, 16, 32, 64]) {
          const flipped = String.fromCharCode(cursor.charCodeAt(index) ^ bit);
          const answer = await use(SAME, cursor.slice(0, index) + flipped + cursor.slice(index + 1));
          const at = `bit ${bit} of character ${index}`;
          if (index >= head && answer.errors.length === 0) {
            const names = namesOf(answer);
            expect(names, at).toEqual(whole.slice(whole.length - names.length));
          } else expect(errorSummary(answer), at).toEqual(['customers BAD_USER_INPUT']);
        }
      }
    }, 60_000);
  });

  describe('requests', () => {
    const JSON_BODY = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
    const post = (body: string, headers: Record<string, string> = JSON_BODY) =>
      fetch(server.url, { method: 'POST', headers, body });
    const good = JSON.stringify({ query: '{ __typename }' });
    const numbers = (value: string) =>
      `{"query":${JSON.stringify(CUSTOMER)},"variables":{"data":{"tenantId":"t1","name":"X","email":"x@x.test","attributes":${value}}}}`;

    it.each<[string, () => Promise<Response>, number, string]>([
      ['a body that is no JSON', () => post('{'), 400, 'BAD_USER_INPUT'],
      ['an empty body', () => post(''), 400, 'BAD_USER_INPUT'],
      ['a body without a query', () => post('{}'), 400, 'BAD_USER_INPUT'],
      ['a body that is an array', () => post(`[${good}]`), 400, 'BAD_USER_INPUT'],
      ['a body that is null', () => post('null'), 400, 'BAD_USER_INPUT'],
      ['a query that is no text', () => post('{"query":1}'), 400, 'BAD_USER_INPUT'],
      ['variables that are no object', () => post('{"query":"{ __typename }","variables":"x"}'), 400, 'BAD_USER_INPUT'],
      ['a wrong content type', () => post(good, { 'content-type': 'text/plain' }), 415, 'BAD_USER_INPUT'],
      [
        'a form',
        () => post('query=%7B__typename%7D', { 'content-type': 'application/x-www-form-urlencoded' }),
        415,
        'BAD_USER_INPUT',
      ],
      ['another method', () => fetch(server.url, { method: 'PUT', body: good }), 405, 'BAD_USER_INPUT'],
      ['an unknown path', () => fetch(`${server.origin}/nope`), 404, 'NOT_FOUND'],
      [
        'an oversized body',
        () => post(JSON.stringify({ query: '{ __typename }', pad: 'x'.repeat(40_000_000) })),
        413,
        'REQUEST_TOO_LARGE',
      ],
    ])('answer to %s with a typed error', async (_, send, status, code) => {
      const response = await send();
      const text = await response.text();
      expect({ status: response.status, text: text.slice(0, 300) }).toEqual({
        status,
        text: expect.stringContaining(code),
      });
      const answer = JSON.parse(text);
      expect(answer.errors).toHaveLength(1);
      expect(answer.errors[0].extensions.code).toBe(code);
      expect(answer.errors[0].message).not.toMatch(INTERNALS);
      expect((await server.graphql(STATE)).data).toEqual(before);
    });

    it('that mutate by GET are refused', async () => {
      const query = encodeURIComponent(customer('tenantId: "t1", name: "X", email: "x@x.test", attributes: {}'));
      const response = await fetch(`${server.url}?query=${query}`);
      expect(response.status).toBe(405);
      expect((await server.graphql(STATE)).data).toEqual(before);
    });

    it.each([
      ['infinity', '{"a":1e999}'],
      ['minus infinity', '[-1e999]'],
      ['infinity at the top', '1e999'],
    ])('with %s inside JSON are refused', async (_, value) => {
      const response = await post(numbers(value));
      const answer = (await response.json()) as GraphQLAnswer;
      expect(answer.errors.map(({ extensions }) => extensions?.code)).toEqual(['BAD_USER_INPUT']);
      expect((await server.graphql(STATE)).data).toEqual(before);
    });
  });

  it('is still up', async () => {
    expect((await server.graphql('{ tenants { totalCount } }')).data).toEqual({ tenants: { totalCount: 2 } });
  });
});
