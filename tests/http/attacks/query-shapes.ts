/** Documents and variables that are made to cost much, by kind, with what must become of each. */

interface Request {
  readonly query?: string;
  readonly variables?: unknown;
  readonly operationName?: string;
  readonly extensions?: unknown;
  readonly documentId?: string;
}

/** `answered`: within the bounds of the test. Else the code of all errors. */
type Outcome = 'answered' | string;

export type Attack = readonly [name: string, outcome: Outcome, request: Request | { readonly body: string }];

const many = (count: number, make: (at: number) => string, separator = ' '): string =>
  Array.from({ length: count }, (_, at) => make(at)).join(separator);

const within = (levels: number, open: string, inner: string, close: string): string =>
  open.repeat(levels) + inner + close.repeat(levels);

const q = (query: string, variables?: unknown): Request => (variables === undefined ? { query } : { query, variables });

/** A field of one shard. */
const orders = (args: string, inner = 'nodes { id }'): string => `{ orders(shardKey: "t"${args}) { ${inner} } }`;
const WHERE = 'query ($where: OrderWhere) { orders(shardKey: "t", where: $where) { totalCount } }';
const nested = (levels: number, leaf: unknown, wrap: (inner: unknown) => unknown): unknown =>
  levels === 0 ? leaf : wrap(nested(levels - 1, leaf, wrap));

const COST = 'COST_LIMIT_EXCEEDED';
const DEPTH = 'DEPTH_LIMIT_EXCEEDED';
const INPUT = 'BAD_USER_INPUT';
const INVALID = 'GRAPHQL_VALIDATION_FAILED';
const PARSE = 'GRAPHQL_PARSE_FAILED';

const circle = (levels: number, first: number, inner = 'id'): string =>
  levels === 0 ? inner : `customer { orders(first: ${first}) { nodes { ${circle(levels - 1, first, inner)} } } }`;
const throughProducts = (levels: number, quantifier = 'some'): string =>
  levels === 0 ? '{}' : `{ ${quantifier}: { product: { orderItems: ${throughProducts(levels - 1, quantifier)} } } }`;

export const DEEP: readonly Attack[] = [
  ['selections that end nowhere', DEPTH, q('{ '.repeat(10_000))],
  ['601 selections', DEPTH, q(within(601, '{ a ', '', '}'))],
  ['brackets of a list', DEPTH, q(`{ a(b: ${within(601, '[', '', ']')}) }`)],
  ['objects in an argument', DEPTH, q(`{ a(b: ${within(601, '{ a: ', '1', ' }')}) }`)],
  ['parentheses', DEPTH, q(`{ a${'('.repeat(700)} }`)],
  ['brackets of a type', DEPTH, q(`query ($a: ${within(601, '[', 'Int', ']')}) { a }`)],
  ['inline fragments', DEPTH, q(`{ ${within(610, '... { ', '__typename', ' }')} }`)],
  [
    'fragments in a chain, each with selections',
    DEPTH,
    q(
      `{ ...F0 } ${many(250, (at) => `fragment F${at} on Query { a { b { ...F${at + 1} } } }`)} fragment F250 on Query { a }`,
    ),
  ],
  ['fields under no type', INVALID, q(`{ ${within(500, 'a { ', 'a', ' }')} }`)],
  ['relations in a circle, of a row each', 'answered', q(orders(', first: 1', `nodes { ${circle(20, 1)} }`))],
  ['relations in a circle, more than a plan may have', DEPTH, q(orders(', first: 1', `nodes { ${circle(55, 1)} }`))],
  ['NOT within NOT', DEPTH, q(orders(`, where: ${within(17, '{ NOT: ', '{}', ' }')}`))],
  ['AND within AND', DEPTH, q(orders(`, where: ${within(17, '{ AND: [', '{}', '] }')}`))],
  ['OR within OR', DEPTH, q(orders(`, where: ${within(590, '{ OR: ', '{}', ' }')}`))],
  ['relations in a filter', DEPTH, q(orders(`, where: { items: ${throughProducts(9)} }`))],
  ['NOT within NOT, in a variable', DEPTH, q(WHERE, { where: nested(500, {}, (NOT) => ({ NOT })) })],
  ['lists in a variable', DEPTH, q(WHERE, { where: nested(601, [], (inner) => [inner]) })],
  ['objects in a variable', DEPTH, q(WHERE, { where: nested(5_000, {}, (a) => ({ a })) })],
  ['objects in a variable that is not used', DEPTH, q('{ __typename }', { a: nested(601, {}, (a) => ({ a })) })],
  ['steps of a JSON path', INPUT, q(orders('', `nodes { shipping(path: "${many(101, () => 'a', '.')}") }`))],
  [
    'a JSON value that is written',
    INPUT,
    q('mutation ($s: JSON!) { createTenant(data: { name: "x", plan: PRO, settings: $s }) { id } }', {
      s: nested(550, {}, (a) => ({ a })),
    }),
  ],
  [
    'rows within rows that are written',
    DEPTH,
    q('mutation ($d: OrderItemCreateInput!) { createOrderItem(data: $d) { id } }', {
      d: nested(300, { quantity: 1 }, (create) => ({ order: { create: { items: { create } } } })),
    }),
  ],
];

export const WIDE: readonly Attack[] = [
  ['101 root fields', COST, q(`{ ${many(101, (at) => `a${at}: __typename`)} }`)],
  ['101 lists of one shard', COST, q(`{ ${many(101, (at) => `a${at}: orders(shardKey: "t") { totalCount }`)} }`)],
  [
    'root fields of a fragment that is spread',
    COST,
    q(`{ ...F ...F ...F } fragment F on Query { ${many(40, (at) => `a${at}: __typename`)} }`),
  ],
  ['501 aliases', COST, q(orders('', `nodes { ${many(501, (at) => `a${at}: id`)} }`))],
  [
    '501 aliases of fragments',
    COST,
    q(
      orders('', `nodes { ${many(6, () => '...F')} } `).concat(
        `fragment F on Order { ${many(90, (at) => `a${at}: id`)} }`,
      ),
    ),
  ],
  ['an alias of 501 characters', COST, q(`{ ${'a'.repeat(501)}: __typename }`)],
  ['a field that is repeated', COST, q(orders('', `nodes { ${many(200, () => 'id')} }`))],
  ['a field that is repeated in inline fragments', COST, q(orders('', `nodes { ${many(600, () => '... { id }')} }`))],
  [
    'fields with arguments that cannot be merged',
    INVALID,
    q(`{ ${many(90, (at) => `orders(first: ${at}) { totalCount }`)} }`),
  ],
  [
    'fields that fragments make conflict',
    INVALID,
    q(
      `{ ...A ...B } fragment A on Query { ${many(40, (at) => `a${at}: __typename`)} } fragment B on Query { ${many(40, (at) => `a${at}: node(nodeId: "x") { nodeId }`)} }`,
    ),
  ],
  ['15,001 tokens', 'TOKEN_LIMIT_EXCEEDED', q(`{ ${many(15_000, () => 'a')} }`)],
  ['punctuation alone', 'TOKEN_LIMIT_EXCEEDED', q('!'.repeat(20_000))],
  ['spreads of nothing', 'TOKEN_LIMIT_EXCEEDED', q('...'.repeat(20_000))],
  ['301 operations', COST, q(many(301, (at) => `query q${at} { __typename }`))],
  ['301 fragments', COST, q(`{ __typename } ${many(301, (at) => `fragment F${at} on Query { __typename }`)}`)],
  [
    '299 fragments that nothing spreads',
    INVALID,
    q(`{ __typename } ${many(299, (at) => `fragment F${at} on Query { __typename }`)}`),
  ],
  ['operations without a name', INPUT, { query: many(300, () => '{ __typename }'), operationName: 'x' }],
  ['3,000 variables that nothing uses', INVALID, q(`query (${many(3_000, (at) => `$v${at}: Int`)}) { __typename }`)],
  [
    '1,000 variables that are not defined',
    INVALID,
    q(`{ ${many(90, (at) => `a${at}: orders(first: $v${at}) { totalCount }`)} }`),
  ],
  ['5,000 fields that do not exist', COST, q(`{ ${many(5_000, (at) => `f${at}`)} }`)],
  ['100 arguments that do not exist', INVALID, q(`{ orders(${many(100, (at) => `a${at}: 1`)}) { totalCount } }`)],
  ['an argument 100 times', INVALID, q(`{ orders(${many(100, () => 'first: 1')}) { totalCount } }`)],
  [
    'a field of an input object 1,000 times',
    INVALID,
    q(orders(`, where: { ${many(1_000, () => 'id: { eq: "x" }')} }`)),
  ],
  ['types', INVALID, q(`{ __typename } ${many(200, (at) => `type T${at} { a: Int }`)}`)],
  ['members of a union', INVALID, q(`{ __typename } union U = ${many(5_000, (at) => `T${at}`, ' | ')}`)],
  ['extensions of the schema', INVALID, q(`{ __typename } ${many(200, () => 'extend type Query { a: Int }')}`)],
  ['comments', 'answered', q(`${'# a comment\n'.repeat(50_000)}{ __typename }`)],
  ['commas', 'answered', q(`{ ${','.repeat(500_000)} __typename }`)],
  ['blanks', 'answered', q(`{ ${' \t\n'.repeat(200_000)} __typename }`)],
  ['byte order marks', 'answered', q(`{ ${'\ufeff'.repeat(200_000)} __typename }`)],
  ['a name of a megabyte', COST, q(`{ ${'a'.repeat(1_000_000)} }`)],
  ['an operation with a name of a megabyte', COST, q(`query ${'a'.repeat(1_000_000)} { __typename }`)],
  ['a text of a megabyte', 'answered', q(orders(`, where: { note: { eq: "${'x'.repeat(1_000_000)}" } }`))],
  ['a block text of many lines', 'answered', q(orders(`, where: { note: { eq: """${' \n'.repeat(300_000)}""" } }`))],
  ['a text that does not end', PARSE, q(`{ a(b: "${'x'.repeat(1_000_000)}`)],
  ['a block text that does not end', PARSE, q(`{ a(b: """${'x"'.repeat(300_000)}`)],
  ['escapes', 'answered', q(orders(`, where: { note: { eq: "${'\\u0041'.repeat(100_000)}" } }`))],
  ['a number of 500,000 digits', INVALID, q(`{ orders(first: ${'9'.repeat(500_000)}) { totalCount } }`)],
  ['NUL', PARSE, q('{ a\u0000 }')],
  ['half a character', PARSE, q('{ \ud800 }')],
];

export const DIRECTIVES: readonly Attack[] = [
  ['501 of one field', COST, q(`{ __typename ${'@skip(if: false) '.repeat(501)} }`)],
  ['500 of one field, of which each may stand once', INVALID, q(`{ __typename ${'@skip(if: false) '.repeat(500)} }`)],
  ['that are unknown', INVALID, q(`{ __typename ${many(500, (at) => `@a${at}`)} }`)],
  ['of an operation', COST, q(`query ${'@a '.repeat(501)} { __typename }`)],
  ['of variables', COST, q(`query (${many(501, (at) => `$v${at}: Int @a`)}) { __typename }`)],
  ['of fragments', COST, q(`{ ...F } fragment F on Query ${'@a '.repeat(501)} { __typename }`)],
  ['of inline fragments', COST, q(`{ ${many(501, () => '... @include(if: true) { __typename }')} }`)],
  ['of spreads', COST, q(`{ ${many(501, () => '...F @skip(if: true)')} } fragment F on Query { __typename }`)],
  [
    'that ask for freshness twice',
    INVALID,
    q('{ orders(shardKey: "t") @consistency(mode: STRONG) @consistency(mode: CACHED) { totalCount } }'),
  ],
  [
    'that name a key twice',
    INVALID,
    q('mutation { deleteTenant(by: { id: "none" }) @idempotent(key: "a") @idempotent(key: "b") { id } }'),
  ],
  ['@defer', INVALID, q('{ ... @defer { __typename } }')],
  ['@defer, a hundred times', INVALID, q(`{ ${many(100, (at) => `... @defer(label: "${at}") { __typename }`)} }`)],
  ['@stream', INVALID, q('{ nodes(nodeIds: []) @stream(initialCount: 0) { nodeId } }')],
  ['@live', INVALID, q('query @live { __typename }')],
  ['@export', INVALID, q('query ($a: ID) { tenant(by: { id: "t" }) { id @export(as: "a") } }')],
  ['@specifiedBy', INVALID, q('{ __typename @specifiedBy(url: "x") }')],
];

const doubling = (levels: number, leaf: string): string =>
  `{ ...F0 } ${many(levels, (at) => `fragment F${at} on Query { ...F${at + 1} ...F${at + 1} }`)} fragment F${levels} on Query { ${leaf} }`;

export const FRAGMENTS: readonly Attack[] = [
  ['one that spreads itself', INVALID, q('{ ...F } fragment F on Query { ...F }')],
  ['two that spread each other', INVALID, q('{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }')],
  [
    'a circle of 200',
    INVALID,
    q(`{ ...F0 } ${many(200, (at) => `fragment F${at} on Query { ...F${(at + 1) % 200} }`)}`),
  ],
  [
    'a circle that nothing spreads',
    INVALID,
    q('{ __typename } fragment A on Query { ...B } fragment B on Query { ...A }'),
  ],
  [
    'a circle through fields',
    INVALID,
    q('{ orders { nodes { ...F } } } fragment F on Order { customer { orders { nodes { ...F } } } }'),
  ],
  ['a circle through inline fragments', INVALID, q('{ ...F } fragment F on Query { ... { ... on Query { ...F } } }')],
  ['each the next one twice, 20 times', COST, q(doubling(20, '__typename'))],
  ['each the next one twice, 250 times', COST, q(doubling(250, '__typename'))],
  [
    'each the next one twice, with lists',
    COST,
    q(
      doubling(
        6,
        many(2, (at) => `a${at}: orders(shardKey: "t") { totalCount }`),
      ),
    ),
  ],
  [
    'each all later ones',
    COST,
    q(
      `{ ...F0 } ${many(40, (at) => `fragment F${at} on Query { ${many(40 - at, (next) => `...F${at + 1 + next}`)} a }`)} fragment F40 on Query { a }`,
    ),
  ],
  ['101 in a selection', COST, q(`{ ${many(101, () => '...F')} } fragment F on Query { __typename }`)],
  [
    '1,001 in a document',
    COST,
    q(
      `{ ${many(11, (at) => `... { ${many(95, () => '...F')} a${at}: __typename }`)} } fragment F on Query { __typename }`,
    ),
  ],
  ['that do not exist', INVALID, q(`{ ${many(100, (at) => `...F${at}`)} }`)],
  ['of one name', INVALID, q(`{ ...F } ${many(200, () => 'fragment F on Query { __typename }')}`)],
  [
    'of a type that cannot be',
    INVALID,
    q(`{ ${many(90, (at) => `...F${at}`)} } ${many(90, (at) => `fragment F${at} on Order { id }`)}`),
  ],
  ['of a type that does not exist', INVALID, q('{ ...F } fragment F on Nothing { id }')],
  ['of a scalar', INVALID, q('{ ...F } fragment F on String { id }')],
  [
    'of pages',
    COST,
    q(
      `{ customers(shardKey: "t", first: 100) { nodes { ...A } } } fragment A on Customer { orders(first: 100) { nodes { ...B } } } fragment B on Order { items(first: 100) { nodes { id } } }`,
    ),
  ],
  [
    'of pages that are spread twice each',
    COST,
    q(
      `{ customers(shardKey: "t", first: 100) { nodes { ...A a2: id ...A } } } fragment A on Customer { orders(first: 90) { nodes { ...B b2: id ...B } } } fragment B on Order { items(first: 9) { nodes { id } } }`,
    ),
  ],
];

const typeRef = (levels: number): string => (levels === 0 ? 'name' : `name ofType { ${typeRef(levels - 1)} }`);
const fieldsOfFields = (levels: number): string =>
  levels === 0 ? 'name' : `fields { name type { ${fieldsOfFields(levels - 1)} } }`;

/** Of a Worker that shows its schema to nobody. */
export const INTROSPECTION: readonly Attack[] = [
  ['the schema', INVALID, q('{ __schema { types { name } } }')],
  ['a type', INVALID, q('{ __type(name: "Query") { fields { name } } }')],
  ['fields of types of fields', INVALID, q(`{ __schema { types { ${fieldsOfFields(8)} } } }`)],
  ['a fragment of it', INVALID, q('{ ...F } fragment F on Query { __schema { types { name } } }')],
  [
    'a hundred aliases of it',
    INVALID,
    q(`{ ${many(100, (at) => `a${at}: __schema { types { name fields { name } } }`)} }`),
  ],
  ['directives', INVALID, q('{ __schema { directives { name args { name } } } }')],
  ['of mutations', INVALID, q('mutation { __schema { types { name } } }')],
  ['a type reference of 100 levels', INVALID, q(`{ __type(name: "Query") { ${typeRef(100)} } }`)],
  ['__typename, as often as there may be root fields', 'answered', q(`{ ${many(100, (at) => `a${at}: __typename`)} }`)],
  ['a name that is nearly right', INVALID, q('{ order { id } ordrs { totalCount } }')],
];

/** Of a Worker that shows its schema. */
export const SHOWN_SCHEMA: readonly Attack[] = [
  ['fields of types of fields', INVALID, q(`{ __schema { types { ${fieldsOfFields(4)} } } }`)],
  [
    'fields of types of fields, by fragments',
    INVALID,
    q(
      `{ __schema { types { ...A } } } fragment A on __Type { fields { type { ...B } } } fragment B on __Type { fields { type { ...C } } } fragment C on __Type { fields { type { name } } }`,
    ),
  ],
  [
    'possible types of interfaces of possible types',
    INVALID,
    q(
      '{ __type(name: "Node") { possibleTypes { interfaces { possibleTypes { interfaces { possibleTypes { name } } } } } } }',
    ),
  ],
  [
    'the whole of it, a hundred times',
    COST,
    q(
      `{ ${many(100, (at) => `a${at}: __schema { types { name description fields { name description args { name type { ${typeRef(7)} } } type { ${typeRef(7)} } } inputFields { name type { ${typeRef(7)} } } } }`)} }`,
    ),
  ],
  [
    'fields of the types of arguments',
    'answered',
    q('{ __type(name: "Query") { fields { args { type { name } } } } }'),
  ],
];
