/** Requests that are made to read, write or hold much, by kind, with what must become of each. */
import type { Attack } from './query-shapes.ts';

const many = (count: number, make: (at: number) => string, separator = ' '): string =>
  Array.from({ length: count }, (_, at) => make(at)).join(separator);
const list = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));

const q = (query: string, variables?: unknown) => (variables === undefined ? { query } : { query, variables });
const orders = (args: string, inner = 'nodes { id }'): string => `{ orders(shardKey: "t"${args}) { ${inner} } }`;
const WHERE = 'query ($where: OrderWhere) { orders(shardKey: "t", where: $where) { totalCount } }';

const COST = 'COST_LIMIT_EXCEEDED';
const DEPTH = 'DEPTH_LIMIT_EXCEEDED';
const INPUT = 'BAD_USER_INPUT';
const INVALID = 'GRAPHQL_VALIDATION_FAILED';
const OPERATIONS = 'OPERATION_LIMIT_EXCEEDED';

const pages = (first: string, levels: number): string =>
  levels === 0
    ? 'id'
    : `orderItems(first: ${first}) { nodes { order { id } product { ${pages(first, levels - 1)} } } }`;

export const PAGES: readonly Attack[] = [
  [
    'a hundred rows of a hundred of a hundred',
    COST,
    q(
      '{ customers(shardKey: "t", first: 100) { nodes { orders(first: 100) { nodes { items(first: 100) { nodes { id } } } } } } }',
    ),
  ],
  [
    'the same by edges',
    COST,
    q(
      '{ customers(shardKey: "t", first: 100) { edges { node { orders(first: 100) { edges { node { items(first: 100) { edges { node { id } } } } } } } } } }',
    ),
  ],
  [
    'the same from the end',
    COST,
    q(
      '{ customers(shardKey: "t", last: 100) { nodes { orders(last: 100) { nodes { items(last: 100) { nodes { id } } } } } } }',
    ),
  ],
  [
    'the same by variables',
    COST,
    q(
      'query ($n: Int) { customers(shardKey: "t", first: $n) { nodes { orders(first: $n) { nodes { items(first: $n) { nodes { id } } } } } } }',
      { n: 100 },
    ),
  ],
  [
    'the same by a default',
    COST,
    q(
      'query ($n: Int = 100) { customers(shardKey: "t", first: $n) { nodes { orders(first: $n) { nodes { items(first: $n) { nodes { id } } } } } } }',
    ),
  ],
  [
    'pages as they are by default',
    COST,
    q(
      '{ products { nodes { orderItems { nodes { order { items { nodes { product { reviews { nodes { customer { orders { nodes { id } } } } } } } } } } } } } }',
    ),
  ],
  [
    'pages of all shards',
    COST,
    q('{ customers(first: 100) { nodes { orders(first: 50) { nodes { items(first: 20) { nodes { id } } } } } } }'),
  ],
  ['many levels of few rows', COST, q(`{ products(shardKey: "t", first: 2) { nodes { ${pages('2', 30)} } } }`)],
  ['levels without end', COST, q(`{ products(shardKey: "t", first: 100) { nodes { ${pages('100', 48)} } } }`)],
  [
    'many lists of a hundred rows of a hundred',
    COST,
    q(
      `{ ${many(100, (at) => `a${at}: customers(shardKey: "t", first: 100) { nodes { orders(first: 100) { nodes { id } } } }`)} }`,
    ),
  ],
  [
    'many rows by nodes and by edges',
    COST,
    q(
      `{ customers(shardKey: "t", first: 100) { nodes { orders(first: 100) { ${many(30, (at) => `a${at}: nodes { id } b${at}: edges { node { id } }`)} } } } }`,
    ),
  ],
  ['a page of 101', INPUT, q(orders(', first: 101'))],
  ['a page of two thousand million', INPUT, q(orders(', first: 2147483647'))],
  ['a page of more than an integer', INVALID, q(orders(', first: 2147483648'))],
  ['a page of −1', INPUT, q(orders(', first: -1'))],
  ['first and last', INPUT, q(orders(', first: 100, last: 100'))],
  [
    'a page of 1e9, as a variable',
    INPUT,
    q('query ($n: Int) { orders(shardKey: "t", first: $n) { totalCount } }', { n: 1e9 }),
  ],
  ['an offset of 10,001', INPUT, q(orders(', offset: 10001'))],
  ['the greatest offset', INPUT, q(orders(', offset: 2147483647'))],
  ['1,001 ids', INPUT, q('query ($ids: [ID!]!) { nodes(nodeIds: $ids) { nodeId } }', { ids: list(1_001, () => 'x') })],
  [
    '100 lists of 1,000 ids',
    COST,
    q(
      `query ($ids: [ID!]!) { ${many(100, (at) => `a${at}: nodes(nodeIds: $ids) { ... on Product { orderItems { nodes { id } } } }`)} }`,
      { ids: list(1_000, () => 'x') },
    ),
  ],
  [
    'a cursor of a megabyte',
    INPUT,
    q('query ($after: String) { orders(shardKey: "t", after: $after) { totalCount } }', {
      after: 'x'.repeat(1_000_000),
    }),
  ],
  ['a cursor of noughts', INPUT, q(orders(', after: "AAAAAAAA"'))],
  ['an id of a megabyte', INPUT, q('query ($id: ID!) { node(nodeId: $id) { nodeId } }', { id: 'x'.repeat(1_000_000) })],
];

const throughProducts = (levels: number, quantifier: string): string =>
  levels === 0 ? '{}' : `{ ${quantifier}: { product: { orderItems: ${throughProducts(levels - 1, quantifier)} } } }`;
const aggregates = (levels: number): string =>
  levels === 0
    ? 'count: { gt: 0 }'
    : `where: { product: { orderItemsAggregate: { ${aggregates(levels - 1)} } } }, count: { gt: 0 }`;
const conditions = (count: number) => list(count, (at) => ({ totalCents: { eq: at } }));

export const FILTERS: readonly Attack[] = [
  ['251 comparisons', COST, q(orders(`, where: { OR: [${many(251, (at) => `{ totalCents: { eq: ${at} } }`)}] }`))],
  ['251 comparisons in a variable', COST, q(WHERE, { where: { OR: conditions(251) } })],
  ['250 comparisons', 'answered', q(WHERE, { where: { OR: conditions(250) } })],
  [
    '250 comparisons in each of two lists of a field',
    COST,
    q(
      'query ($where: OrderWhere) { customers(shardKey: "t") { nodes { a: orders(where: $where) { totalCount } b: orders(where: $where) { totalCount } } } }',
      { where: { OR: conditions(150) } },
    ),
  ],
  ['10,000 empty conditions', COST, q(WHERE, { where: { AND: list(10_000, () => ({})) } })],
  ['four levels of some', 'answered', q(orders(`, where: { items: ${throughProducts(4, 'some')} }`))],
  ['four levels of every', 'answered', q(orders(`, where: { items: ${throughProducts(4, 'every')} }`))],
  ['four levels of none', 'answered', q(orders(`, where: { items: ${throughProducts(4, 'none')} }`))],
  ['aggregates within aggregates', 'answered', q(orders(`, where: { itemsAggregate: { ${aggregates(3)} } }`))],
  [
    'aggregates within aggregates, deeper than SQLite goes',
    DEPTH,
    q(orders(`, where: { itemsAggregate: { ${aggregates(9)} } }`)),
  ],
  [
    '200 steps to related rows',
    'answered',
    q(orders(`, where: { OR: [${many(200, () => '{ items: { some: {} } }')}] }`, 'totalCount')),
  ],
  [
    '200 steps to related rows, a hundred times',
    COST,
    q(
      `query ($where: OrderWhere) { ${many(100, (at) => `a${at}: orders(shardKey: "t", where: $where) { totalCount }`)} }`,
      { where: { OR: list(200, () => ({ items: { some: {} } })) } },
    ),
  ],
  [
    '200 steps to related rows of all shards',
    'answered',
    q('query ($where: OrderWhere) { orders(where: $where) { totalCount } }', {
      where: { OR: list(200, () => ({ customer: {} })) },
    }),
  ],
  ['10,001 values of in', INPUT, q(WHERE, { where: { id: { in: list(10_001, String) } } })],
  ['10,001 values of notIn', INPUT, q(WHERE, { where: { id: { notIn: list(10_001, String) } } })],
  ['a list for one value', INPUT, q(WHERE, { where: { id: { eq: list(10_000, String) } } })],
  ['a pattern of 1,001 characters', INPUT, q(WHERE, { where: { note: { like: '%a'.repeat(501) } } })],
  ['a pattern with 400 gaps', 'answered', q(WHERE, { where: { note: { like: '%a'.repeat(400) } } })],
  ['a pattern with 400 gaps, of any case', 'answered', q(WHERE, { where: { note: { ilike: '%a'.repeat(400) } } })],
  ['a text of 1,001 characters to look for', INPUT, q(WHERE, { where: { note: { contains: 'a'.repeat(1_001) } } })],
  [
    'a text of letters that grow when they are folded',
    'answered',
    q(WHERE, { where: { note: { icontains: 'İ'.repeat(1_000) } } }),
  ],
  ['a value of two megabytes', INPUT, q(WHERE, { where: { note: { eq: 'x'.repeat(2_000_001) } } })],
  ['a path of 101 steps', INPUT, q(WHERE, { where: { shipping: { path: many(101, () => 'a', '.'), eq: 1 } } })],
  [
    'a search of 1,001 characters',
    INPUT,
    q(`{ products(shardKey: "t", search: "${'a'.repeat(1_001)}") { totalCount } }`),
  ],
  [
    'a search of 33 words',
    INPUT,
    q(`{ products(shardKey: "t", search: "${many(33, (at) => `w${at}`)}") { totalCount } }`),
  ],
  [
    'a search of operators',
    'answered',
    q('{ products(shardKey: "t", search: "NEAR(a OR b) AND NOT c* ^d {e}: f") { totalCount } }'),
  ],
  ['a search that is quoted', 'answered', q('{ products(shardKey: "t", search: "a \\"b* c") { totalCount } }')],
];

export const ORDERS: readonly Attack[] = [
  ['a column twice', INPUT, q(orders(', orderBy: [{ id: ASC }, { id: DESC }]'))],
  ['a column 1,000 times', INPUT, q(orders(`, orderBy: [${many(1_000, () => '{ id: ASC }')}]`))],
  ['two columns in an entry', INVALID, q(orders(', orderBy: [{ id: ASC, note: ASC }]'))],
  [
    'nine entries of relations',
    INPUT,
    q(
      orders(
        `, orderBy: [${many(9, (at) => `{ itemsAggregate: { ${['sum', 'min', 'max', 'avg', 'countDistinct'][at % 5]}: { ${at < 5 ? 'quantity' : 'unitPriceCents'}: ASC } } }`)}]`,
      ),
    ),
  ],
  [
    'eight entries of relations',
    'answered',
    q(
      orders(
        `, orderBy: [${many(8, (at) => `{ itemsAggregate: { ${['sum', 'min', 'max', 'avg', 'countDistinct'][at % 5]}: { ${at < 5 ? 'quantity' : 'unitPriceCents'}: ASC } } }`)}]`,
      ),
    ),
  ],
  [
    'aggregates of rows that many share',
    'answered',
    q(
      '{ orderItems(shardKey: "t", orderBy: [{ product: { orderItemsAggregate: { count: DESC } } }, { order: { customer: { ordersAggregate: { count: ASC } } } }]) { nodes { id } } }',
    ),
  ],
  [
    'relations, in a hundred lists of a hundred entries',
    COST,
    q(
      `query ($o: [OrderItemOrderBy!]) { ${many(20, (at) => `a${at}: orderItems(shardKey: "t", orderBy: $o) { totalCount }`)} }`,
      { o: list(100, () => ({ order: { customer: { name: 'ASC' } } })) },
    ),
  ],
  [
    'nine columns of groups',
    INPUT,
    q(
      orders(
        '',
        `groupBy(by: [${many(9, (at) => `{ field: ${['ID', 'TENANT_ID', 'CUSTOMER_ID', 'STATUS', 'TOTAL_CENTS', 'NOTE', 'CREATED_AT', 'ID', 'NOTE'][at]} }`)}]) { count }`,
      ),
    ),
  ],
  ['a column of groups twice', INPUT, q(orders('', 'groupBy(by: [{ field: ID }, { field: ID }]) { count }'))],
  [
    '21 groupings',
    INPUT,
    q(
      orders(
        '',
        many(21, (at) => `a${at}: groupBy(by: [{ field: STATUS }]) { count }`),
      ),
    ),
  ],
  ['1,001 groups', INPUT, q(orders('', 'groupBy(by: [{ field: STATUS }], first: 1001) { count }'))],
  [
    'a time zone that there is not',
    INPUT,
    q(orders('', `groupBy(by: [{ field: CREATED_AT, trunc: DAY, timeZone: "${'x'.repeat(10_000)}" }]) { count }`)),
  ],
  [
    '251 conditions on groups',
    COST,
    q(`query ($h: OrderHaving) { orders(shardKey: "t") { groupBy(by: [{ field: STATUS }], having: $h) { count } } }`, {
      h: { OR: list(251, (at) => ({ count: { eq: at } })) },
    }),
  ],
  [
    'conditions on groups within each other',
    DEPTH,
    q(`query ($h: OrderHaving) { orders(shardKey: "t") { groupBy(by: [{ field: STATUS }], having: $h) { count } } }`, {
      h: list(17, () => 0).reduce<object>((NOT) => ({ NOT }), {}),
    }),
  ],
  [
    'aggregates and groups of a hundred lists',
    'answered',
    q(
      `{ ${many(20, (at) => `a${at}: orders(shardKey: "t") { aggregate { count sum { totalCents } } groupBy(by: [{ field: CUSTOMER_ID }]) { count } }`)} }`,
    ),
  ],
];

const tenant = (at: number) => ({ name: `T${at}`, plan: 'PRO', settings: {} });
const item = (at: number) => ({ productId: `p${at}`, quantity: 1, unitPriceCents: 1 });

export const WRITES: readonly Attack[] = [
  ['101 of them', COST, q(`mutation { ${many(101, (at) => `a${at}: deleteTenant(by: { id: "none" }) { id }`)} }`)],
  [
    '10,001 rows',
    OPERATIONS,
    q('mutation ($data: [TenantCreateInput!]!) { createTenants(data: $data, dryRun: true) { affectedCount } }', {
      data: list(10_001, tenant),
    }),
  ],
  [
    '10,000 rows, ten times',
    COST,
    q(
      `mutation ($data: [TenantCreateInput!]!) { ${many(10, (at) => `a${at}: createTenants(data: $data, dryRun: true) { affectedCount }`)} }`,
      { data: list(10_000, tenant) },
    ),
  ],
  [
    '10,001 rows of one',
    OPERATIONS,
    q(
      'mutation ($create: [OrderItemCreateInput!]) { createOrder(data: { tenantId: "t", customerId: "c", totalCents: 1, shipping: {}, items: { create: $create } }) { id } }',
      { create: list(10_001, item) },
    ),
  ],
  [
    'at most 10,001 rows',
    INPUT,
    q(
      'mutation { deleteOrders(shardKey: "t", where: { note: { eq: "none" } }, atMost: 10001, dryRun: true) { affectedCount } }',
    ),
  ],
  [
    'at most 10,000 rows, ten times',
    COST,
    q(
      `mutation { ${many(10, (at) => `a${at}: deleteOrders(shardKey: "t", where: { note: { eq: "none" } }, atMost: 10000, dryRun: true) { affectedCount }`)} }`,
    ),
  ],
  [
    'every row',
    INPUT,
    q('mutation { deleteOrders(shardKey: "t", where: {}, atMost: 1, dryRun: true) { affectedCount } }'),
  ],
  [
    'a transaction of 10,001',
    OPERATIONS,
    q('mutation ($o: [OperationInput!]!) { transaction(operations: $o) { results { affectedCount } } }', {
      o: list(10_001, () => ({ deleteOrder: { by: { id: 'none' }, shardKey: 't' } })),
    }),
  ],
  ['a transaction of nothing', INVALID, q('mutation { transaction(operations: [{}]) { results { affectedCount } } }')],
  [
    'a key of 256 characters',
    INPUT,
    q(`mutation { deleteTenant(by: { id: "none" }) @idempotent(key: "${'k'.repeat(256)}") { id } }`),
  ],
  [
    'a value of two megabytes',
    'VALUE_TOO_LARGE',
    q('mutation ($name: String!) { createTenant(data: { name: $name, plan: PRO, settings: {} }) { id } }', {
      name: 'x'.repeat(2_000_001),
    }),
  ],
  [
    'a filter of related rows at four levels',
    'answered',
    q(
      `mutation { updateOrders(shardKey: "t", where: { note: { eq: "none" }, items: ${throughProducts(4, 'some').replace('orderItems: {}', 'orderItems: { some: { quantity: { gt: 0 } } }')} }, data: { note: "x" }, atMost: 1, dryRun: true) { affectedCount } }`,
    ),
  ],
  [
    'a payload of pages',
    COST,
    q(
      'mutation { createTenant(data: { id: "never", name: "T", plan: PRO, settings: {} }) { customers(first: 100) { nodes { orders(first: 100) { nodes { items(first: 100) { nodes { id } } } } } } } }',
    ),
  ],
];

export const VARIABLES: readonly Attack[] = [
  [
    'a number beyond doubles',
    INPUT,
    { body: '{"query":"query ($n: Int) { orders(first: $n) { totalCount } }","variables":{"n":1e999}}' },
  ],
  [
    'a number of a million digits',
    INPUT,
    {
      body: `{"query":"query ($n: Int) { orders(first: $n) { totalCount } }","variables":{"n":${'9'.repeat(1_000_000)}}}`,
    },
  ],
  [
    '__proto__',
    'answered',
    {
      body: '{"query":"query ($where: OrderWhere) { orders(shardKey: \\"t\\", where: $where) { totalCount } }","variables":{"__proto__":{"where":1},"where":{}}}',
    },
  ],
  [
    '__proto__ in a filter',
    INPUT,
    {
      body: '{"query":"query ($where: OrderWhere) { orders(shardKey: \\"t\\", where: $where) { totalCount } }","variables":{"where":{"__proto__":{"eq":1}}}}',
    },
  ],
  ['constructor in a filter', INPUT, q(WHERE, { where: { constructor: { eq: 1 } } })],
  ['20,000 unknown names', INPUT, q(WHERE, { where: Object.fromEntries(list(20_000, (at) => [`a${at}`, at])) })],
  [
    '50,000 that the document does not have',
    'answered',
    q('{ __typename }', Object.fromEntries(list(50_000, (at) => [`a${at}`, at]))),
  ],
  ['that are a list', INPUT, q('{ __typename }', [1, 2, 3])],
  ['a list as a scalar', INPUT, q('query ($id: ID!) { tenant(by: { id: $id }) { id } }', { id: list(10_000, String) })],
  ['an object as a scalar', INPUT, q('query ($id: ID!) { tenant(by: { id: $id }) { id } }', { id: { toString: 'x' } })],
  [
    'a text of two megabytes',
    'answered',
    q('query ($id: ID!) { tenant(by: { id: $id }) { id } }', { id: 'x'.repeat(500_000) }),
  ],
];

const TYPENAME = { query: '{ __typename }' };

export const REQUESTS: readonly Attack[] = [
  ['a list of ten', INPUT, { body: JSON.stringify(list(10, () => TYPENAME)) }],
  ['a list of 10,000', INPUT, { body: JSON.stringify(list(10_000, () => TYPENAME)) }],
  [
    'a list of mutations',
    INPUT,
    { body: JSON.stringify(list(100, () => q('mutation { deleteTenant(by: { id: "none" }) { id } }'))) },
  ],
  ['an empty list', INPUT, { body: '[]' }],
  ['lists of lists', INPUT, { body: `${'['.repeat(1_000)}${']'.repeat(1_000)}` }],
  ['two objects', INPUT, { body: `${JSON.stringify(TYPENAME)}\n${JSON.stringify(TYPENAME)}` }],
  ['brackets without end', INPUT, { body: '['.repeat(1_000_000) }],
  ['null', INPUT, { body: 'null' }],
  ['a text', INPUT, { body: '"{ __typename }"' }],
  [
    'a body beyond ten million bytes',
    'REQUEST_TOO_LARGE',
    { body: JSON.stringify({ query: `{ __typename } #${' '.repeat(10_000_000)}` }) },
  ],
  ['an operation that there is not', INPUT, { query: 'query A { __typename }', operationName: 'B'.repeat(100_000) }],
  ['none of 300 operations', INPUT, q(many(300, (at) => `query q${at} { __typename }`))],
  ['a subscription', INPUT, q('subscription { totalCount }')],
  ['a hash that is none', INPUT, { extensions: { persistedQuery: { version: 1, sha256Hash: 'x'.repeat(100_000) } } }],
  [
    'a hash of another text',
    INPUT,
    { query: '{ __typename }', extensions: { persistedQuery: { version: 1, sha256Hash: '0'.repeat(64) } } },
  ],
  [
    'a hash that is not known',
    'PERSISTED_QUERY_NOT_FOUND',
    { extensions: { persistedQuery: { version: 1, sha256Hash: '0'.repeat(64) } } },
  ],
  ['a document and the id of one', INPUT, { query: '{ __typename }', documentId: 'x' }],
  ['an explanation', 'FORBIDDEN', { query: '{ orders { totalCount } }', extensions: { explain: true } }],
];
