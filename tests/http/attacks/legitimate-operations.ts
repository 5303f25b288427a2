/** What the screens of a shop send, as the documents of the usual clients. */
import { type DocumentNode, type FieldNode, Kind, parse, print, type SelectionSetNode, visit } from 'graphql';

interface Table {
  readonly type: string;
  readonly single: string;
  readonly list: string;
  readonly fields: string;
  readonly relations: string;
  readonly where: string;
  readonly related: string;
  readonly orderBy: string;
  readonly group: string;
  readonly update: string;
  readonly create: (id: string) => Readonly<Record<string, unknown>>;
}

const page = (fields: string) => `nodes { ${fields} } pageInfo { hasNextPage endCursor }`;
const of = { tenantId: 't' };

const TABLES: readonly Table[] = [
  {
    type: 'Tenant',
    single: 'tenant',
    list: 'tenants',
    fields: 'nodeId id name plan settings createdAt version',
    relations: `customers(first: 10) { totalCount ${page('id name email')} } products(first: 10, orderBy: [{ name: ASC }]) { ${page('id sku name priceCents')} } orders(first: 10, orderBy: [{ createdAt: DESC }]) { ${page('id status customer { name } items { totalCount }')} }`,
    where: 'plan: { in: [PRO, FREE] }, name: { istartsWith: "t" }',
    related: 'customers: { some: { email: { endsWith: ".test" } } }',
    orderBy: '{ name: ASC }',
    group: 'PLAN',
    update: 'name: "New"',
    create: (id) => ({ id, name: 'T', plan: 'PRO', settings: { theme: 'dark', features: ['a', 'b'] } }),
  },
  {
    type: 'Customer',
    single: 'customer',
    list: 'customers',
    fields: 'nodeId id tenantId name email phone attributes createdAt version',
    relations: `orders(first: 20, orderBy: [{ createdAt: DESC }]) { totalCount edges { cursor node { id status totalCents items(first: 10) { nodes { quantity unitPriceCents product { name } } } } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } reviews(first: 5) { ${page('rating title product { name }')} }`,
    where: 'email: { icontains: "x.test" }, createdAt: { gte: "2020-01-01" }, phone: { isNull: true }',
    related:
      'orders: { some: { status: { eq: PAID }, items: { some: { product: { priceCents: { gt: 100 } } } } } }, reviews: { none: { rating: { lt: 2 } } }',
    orderBy: '{ ordersAggregate: { sum: { totalCents: DESC } } }, { name: ASC }',
    group: 'NAME',
    update: 'phone: "+1555"',
    create: (id) => ({ ...of, id, name: 'C', email: `${id}@x.test`, attributes: { vip: true } }),
  },
  {
    type: 'Product',
    single: 'product',
    list: 'products',
    fields: 'nodeId id tenantId sku name priceCents description stock createdAt version',
    relations: `reviews(first: 10, orderBy: [{ createdAt: DESC }]) { totalCount aggregate { avg { rating } } ${page('rating title body customer { name }')} } orderItems(first: 10) { totalCount nodes { quantity order { id status customer { name } } } }`,
    where: 'OR: [{ priceCents: { between: [1, 1000] } }, { stock: { gt: 0 } }], NOT: { name: { eq: "x" } }',
    related:
      'reviewsAggregate: { avg: { rating: { gte: 3 } }, count: { gt: 1 } }, orderItems: { some: { order: { status: { ne: CANCELLED } } } }',
    orderBy: '{ priceCents: DESC }, { name: ASC }',
    group: 'STOCK',
    update: 'priceCents: 5',
    create: (id) => ({ ...of, id, sku: id, name: 'P', priceCents: 100 }),
  },
  {
    type: 'Order',
    single: 'order',
    list: 'orders',
    fields:
      'nodeId id tenantId customerId status totalCents note shipping createdAt version city: shipping(path: "city")',
    relations: `customer { id name email orders(first: 3) { nodes { id } } } items(first: 50) { totalCount aggregate { sum { quantity } } ${page('id quantity unitPriceCents product { id name sku priceCents reviews(first: 1) { aggregate { avg { rating } } } }')} }`,
    where:
      'status: { in: [PAID, SHIPPED] }, totalCents: { gte: 0, lt: 100000 }, shipping: { path: "city", eq: "Lisboa" }',
    related: 'customer: { email: { eq: "c@x.test" } }, items: { every: { quantity: { gt: 0 } } }',
    orderBy: '{ createdAt: DESC }, { customer: { name: ASC } }',
    group: 'STATUS',
    update: 'status: SHIPPED',
    create: (id) => ({
      ...of,
      id,
      customerId: 'c',
      totalCents: 100,
      shipping: { city: 'Lisboa' },
      items: { create: [{ id, productId: 'p0', quantity: 1, unitPriceCents: 100 }] },
    }),
  },
  {
    type: 'OrderItem',
    single: 'orderItem',
    list: 'orderItems',
    fields: 'nodeId id tenantId orderId productId quantity unitPriceCents version',
    relations: 'order { id status customer { id name } } product { id name sku }',
    where: 'quantity: { gte: 1 }, unitPriceCents: { notIn: [7] }',
    related:
      'product: { orderItemsAggregate: { count: { gt: 1 } } }, order: { customer: { name: { startsWith: "C" } } }',
    orderBy: '{ product: { name: ASC } }, { quantity: DESC }',
    group: 'PRODUCT_ID',
    update: 'quantity: 3',
    create: (id) => ({ ...of, id, orderId: 'o0', productId: 'p0', quantity: 1, unitPriceCents: 1 }),
  },
  {
    type: 'Review',
    single: 'review',
    list: 'reviews',
    fields: 'nodeId id tenantId productId customerId rating title body createdAt version',
    relations: 'product { id name reviews { totalCount aggregate { avg { rating } } } } customer { id name }',
    where: 'rating: { gte: 1 }, OR: [{ title: { isNull: true } }, { body: { contains: "x" } }]',
    related: 'customer: { orders: { some: { items: { some: { product: { stock: { gte: 0 } } } } } } }',
    orderBy: '{ createdAt: DESC_NULLS_LAST }, { rating: ASC }',
    group: 'RATING',
    update: 'title: "x"',
    create: (id) => ({ ...of, id, productId: 'p0', customerId: 'c', rating: 5, body: 'x' }),
  },
];

const PAGE_INFO = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';

export interface Operation {
  readonly name: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** @param run makes new rows' ids differ. */
function operationsOf(table: Table, run: string): Operation[] {
  const { type, single, list, fields, relations, where, related, orderBy, group, update, create } = table;
  const isTenant = type === 'Tenant';
  const key = isTenant ? '' : ', shardKey: $tenant';
  const decl = isTenant ? '' : '$tenant: ID, ';
  const existing = { Tenant: 't', Customer: 'c', Product: 'p0', Order: 'o0', OrderItem: 'i0', Review: 'r0' }[type];
  const tenant = isTenant ? {} : { tenant: 't' };
  const id = (what: string) => `${run}-${type}-${what}`;
  const several = Array.from({ length: 25 }, (_, at) => create(id(`many${at}`)));
  const ops: [name: string, query: string, variables?: Readonly<Record<string, unknown>>][] = [
    [
      'List',
      `query ($first: Int = 20, $after: String, $where: ${type}Where, $orderBy: [${type}OrderBy!], ${decl}) { ${list}(first: $first, after: $after, where: $where, orderBy: $orderBy${key}) { totalCount edges { cursor node { ${fields} } } ${PAGE_INFO} } }`,
      { first: 50, after: null },
    ],
    [
      'Back',
      `query ($last: Int, $before: String, ${decl}) { ${list}(last: $last, before: $before${key}) { nodes { ${fields} } ${PAGE_INFO} } }`,
      { last: 20 },
    ],
    [
      'Grid',
      `query ($skip: Int!, ${decl}) { ${list}(first: 100, offset: $skip${key}) { totalCount nodes { ${fields} } } }`,
      { skip: 100 },
    ],
    [
      'Detail',
      `query ($id: ID!, ${decl}) { ${single}(by: { id: $id }${key}) { ${fields} ${relations} } }`,
      { id: existing },
    ],
    ['Lists', `query (${decl} $n: Int = 10) { ${list}(first: $n${key}) { nodes { ${fields} ${relations} } } }`],
    [
      'Picker',
      `query (${decl} $text: String) { ${list}(first: 100, where: { id: { istartsWith: $text } }${key}) { nodes { id nodeId } } }`,
      { text: '' },
    ],
    [
      'Filtered',
      `query (${decl} $n: Int) { ${list}(first: $n, where: { ${where} }, orderBy: [${orderBy}]${key}) { totalCount nodes { ${fields} } ${PAGE_INFO} } }`,
      { n: 25 },
    ],
    [
      'Related',
      `query (${decl} $where: ${type}Where!) { ${list}(where: { AND: [{ ${related} }, $where] }${key}) { totalCount nodes { id } } }`,
      { where: {} },
    ],
    ['Everywhere', `query { ${list}(first: 10, orderBy: [${orderBy.split(', {')[0]}]) { nodes { ${fields} } } }`],
    [
      'Stats',
      `query ${isTenant ? '' : '($tenant: ID)'} { ${list}${isTenant ? '' : '(shardKey: $tenant)'} { totalCount aggregate { count } groupBy(by: [{ field: ${group} }], orderBy: [{ count: DESC }], first: 20) { count } } }`,
    ],
    [
      'Several',
      `query (${decl} $a: ID!, $b: ID!) { a: ${single}(by: { id: $a }${key}) { ${fields} } b: ${single}(by: { id: $b }${key}) { ${fields} } more: ${list}(first: 5${isTenant ? '' : key}) { nodes { id } } }`,
      { a: existing, b: 'none' },
    ],
    [
      'Create',
      `mutation ($data: ${type}CreateInput!) { create${type}(data: $data) { ${fields} } }`,
      { data: create(id('one')) },
    ],
    [
      'CreateMany',
      `mutation ($data: [${type}CreateInput!]!) { create${list[0]!.toUpperCase()}${list.slice(1)}(data: $data) { affectedCount nodes { id } } }`,
      { data: several },
    ],
    [
      'Update',
      `mutation ($id: ID!, ${decl}) { update${type}(by: { id: $id }, data: { ${update} }${key}) { ${fields} ${relations} } }`,
      { id: isTenant ? id('one') : id('one') },
    ],
    [
      'UpdateMany',
      `mutation (${decl} $ids: [ID!]) { update${list[0]!.toUpperCase()}${list.slice(1)}(where: { id: { in: $ids } }, data: { ${update} }, atMost: 100, shardKey: ${isTenant ? `"${id('one')}"` : '$tenant'}) { affectedCount } }`,
      { ids: [id('one')] },
    ],
  ];
  return ops.map(([name, query, variables = {}]) => ({ name: `${type}${name}`, query: query.replace(/, \)/, ')').replace(/\(\s*\)/, ''), variables: { ...(query.includes('$tenant') && tenant), ...variables } })); // biome-ignore format: one line
}

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/** As Apollo's and urql's caches ask: `__typename` in every selection below the root. */
const withTypenames = (document: DocumentNode): DocumentNode =>
  visit(document, {
    SelectionSet: (set, _key, parent) =>
      (parent as { kind?: string }).kind === Kind.OPERATION_DEFINITION
        ? undefined
        : { ...set, selections: [...set.selections, TYPENAME] },
  });

/** As Relay's compiler writes: what components need of rows are fragments, and `nodes`’ rows are fragments too. */
function withFragments(
  document: DocumentNode,
  name: string,
  typeOf: (field: string) => string | undefined,
): DocumentNode {
  const fragments: string[] = [];
  const hoisted: DocumentNode = visit(document, {
    Field: {
      leave(field): FieldNode | undefined {
        const type = typeOf(field.name.value);
        if (!field.selectionSet || type === undefined) return undefined;
        const fragment = `${name}_${type}_${fragments.length}`;
        fragments.push(`fragment ${fragment} on ${type} ${print(field.selectionSet)}`);
        const selections = (parse(`{ __typename ...${fragment} }`).definitions[0] as unknown as { selectionSet: SelectionSetNode }).selectionSet.selections; // biome-ignore format: one line
        return { ...field, selectionSet: { kind: Kind.SELECTION_SET, selections } };
      },
    },
  });
  return parse(`${print(hoisted)}\n${fragments.join('\n')}`);
}

const ROWS: Readonly<Record<string, string>> = { customer: 'Customer', product: 'Product', order: 'Order' };
const named = (document: DocumentNode, name: string): DocumentNode =>
  visit(document, { OperationDefinition: (node) => ({ ...node, name: { kind: Kind.NAME, value: name } }) });

type Client = (document: DocumentNode, name: string) => DocumentNode;
const CLIENTS: Readonly<Record<string, Client>> = {
  fetch: (document) => document,
  apollo: (document, name) => withTypenames(named(document, name)),
  relay: (document, name) => withFragments(named(document, name), name, (field) => ROWS[field]),
  urql: (document, name) => withTypenames(named(document, `${name}_urql`)),
};

/** By client. */
export const LEGITIMATE_OPERATIONS: readonly Operation[] = Object.entries(CLIENTS).flatMap(([client, write]) =>
  TABLES.flatMap((table) =>
    operationsOf(table, client).map(({ name, query, variables }) => ({
      name: `${client}: ${name}`,
      query: client === 'fetch' ? query : print(write(parse(query), name)),
      variables,
    })),
  ),
);
