/**
 * The ways to an answer: valid documents pass by Yoga's pipeline, all else goes through it. They are held equal, request by
 * request, by an endpoint that leaves everything to Yoga.
 */
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { NO_PRINCIPAL } from '../../../src/http/authentication/identity.ts';
import { DocumentCache } from '../../../src/http/graphql/document-cache.ts';
import { createGraphqlEndpoint } from '../../../src/http/graphql/graphql-endpoint.ts';
import { toRequestLimits } from '../../../src/http/graphql/request-limits.ts';
import { FULL_ACCESS } from '../../../src/plans/access/access-rules.ts';
import { buildSchema } from '../../../src/schema/build-schema.ts';
import model from '../../../src/schema/model.ts';
import { ApiKeys } from '../../../src/shards/client/api-keys.ts';
import { Bookmarks } from '../../../src/shards/client/bookmarks.ts';
import { createRouterState, createShardClient } from '../../../src/shards/client/create-shard-client.ts';
import { Fleet } from '../../../src/shards/client/fleet.ts';
import { KeyPlacements } from '../../../src/shards/client/key-placements.ts';
import { DEVELOPER } from '../../../src/shards/protocol/envelope.ts';
import { openLabReader } from '../../support/cache/lab-reader.ts';
import { noAudit } from '../../support/no-audit.ts';

const schema = buildSchema(model);
const state = createRouterState();
const limits = toRequestLimits({ definitions: 100_000, tokens: 1_000_000 });
const known = new DocumentCache(schema, limits);
const documentsOf = vi.spyOn(known, 'documentOf');
const fast = createGraphqlEndpoint(schema, { limits, documents: known });
const yogaOnly = createGraphqlEndpoint(schema, { limits, isYogaAlone: true });

interface Sent {
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
  readonly isTraced: boolean;
}

const answerOf = (endpoint: typeof fast, { body, headers, isTraced }: Sent) =>
  answerTo(new Request('http://127.0.0.1/graphql', { method: 'POST', headers, body }), endpoint, isTraced);

async function answerTo(request: Request, endpoint: typeof fast, isTraced: boolean) {
  const bindings = { SHARD: env.SHOP_SHARD, CATALOG: env.SHOP_CATALOG };
  const shards = createShardClient({
    model,
    env: bindings,
    state,
    caller: DEVELOPER,
    waitUntil: () => {},
  });
  const scope = {
    requestId: 'the-request',
    model,
    caller: DEVELOPER,
    principal: NO_PRINCIPAL,
    access: FULL_ACCESS,
    isDevelopment: false,
    isTraced,
    shards,
    apiKeys: new ApiKeys(bindings),
    fleet: new Fleet(shards, undefined),
    bookmarks: new Bookmarks(bindings),
    keyPlacements: new KeyPlacements({ env: bindings, state: state, shards }),
    audit: noAudit(bindings),
    operatorAudit: null,
    reader: openLabReader(model, shards),
  };
  try {
    const response = await endpoint(request, scope);
    return { status: response.status, headers: [...response.headers], body: timeless(await response.text()) };
  } catch (error) {
    return { thrown: error };
  }
}

/** Two runs see other versions and take other times. */
const timeless = (body: string): string =>
  body
    .replaceAll(/"ageMs":\d+/g, '"ageMs":0')
    .replaceAll(/"(asOf|token|operationId)":"[\w@.-]+"/g, '"$1":"0"')
    // One in so many writes of a shard forgets old outcomes.
    .replace(/"statements":\d+,"rowsRead":\d+,"rowsWritten":[1-9]\d*/, '"rowsWritten":1');

const MEDIA: readonly (string | null)[] = [
  null,
  '*/*',
  'application/json',
  'application/graphql-response+json',
  'application/graphql-response+json, application/json;q=0.9',
  'application/json,application/graphql-response+json',
  'text/html, application/graphql-response+json',
  'application/graphql-response+json;charset=utf-8',
  'application/json;charset=utf-16, application/graphql-response+json',
  'multipart/mixed, application/json',
  'APPLICATION/JSON',
  'text/html',
];

const CONTENT_TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset=utf-8',
  'application/json ; charset=utf-8',
  'Application/JSON',
];

const ONE = 'query One($id: ID!) { tenant(by: { id: $id }) { id name plan } }';
const TWO = 'query A { tenants { totalCount } } query B($first: Int) { orders(first: $first) { nodes { id } } }';
const MUTATION = `mutation Write($id: ID!, $name: String!) {
  createTenant(data: { id: $id, name: $name, plan: FREE, settings: {} }) { id name }
  updateTenant(by: { id: $id }, data: { name: "changed" }) { id name }
  again: createTenant(data: { id: $id, name: $name, plan: FREE, settings: {} }) { id }
  deleteTenant(by: { id: $id }) { id name }
}`;
const variables = { id: 'nobody' };

/** Bodies that are answered with data or with errors, and bodies that are no GraphQL requests. */
const BODIES: Readonly<Record<string, unknown>> = {
  'a query': { query: ONE, variables },
  'a query with its name': { query: ONE, variables, operationName: 'One' },
  'members that are null': { query: '{ __typename }', variables: null, operationName: null, extensions: null },
  'the same with extensions': { query: ONE, variables, extensions: { client: 'x' } },
  introspection: { query: '{ __schema { queryType { name } } __type(name: "Tenant") { kind } }' },
  'fragments and directives': {
    query: 'query ($no: Boolean!) { ...F } fragment F on Query { __typename tenants @skip(if: $no) { totalCount } }',
    variables: { no: true },
  },
  'writes, one of them refused': { query: MUTATION, variables: { id: 'two-ways', name: 'new' } },
  'a row that is missing': { query: 'mutation { deleteTenant(by: { id: "nobody" }) { id } }' },
  'a failure of one field among others': {
    query: '{ a: tenants(first: 1000) { totalCount } b: tenants { totalCount } node(nodeId: "x") { nodeId } }',
  },
  'a list of failures': { query: '{ nodes(nodeIds: ["x", "y"]) { nodeId } }' },
  'the first of two operations': { query: TWO, operationName: 'A' },
  'the second of two operations': { query: TWO, operationName: 'B', variables: { first: 2 } },
  'two operations and no name': { query: TWO },
  'two operations and an empty name': { query: TWO, operationName: '' },
  'an unknown operation': { query: TWO, operationName: 'C' },
  'an unknown operation of one': { query: ONE, variables, operationName: 'Other' },
  'no operation': { query: 'fragment F on Query { __typename }' },
  'a missing variable': { query: ONE },
  'a variable that is null': { query: ONE, variables: { id: null } },
  'a variable of another type': { query: ONE, variables: { id: { a: 1 } } },
  'many wrong variables': {
    query: 'query ($w: [OrderWhere!]) { orders(where: { AND: $w }) { totalCount } }',
    variables: { w: Array.from({ length: 60 }, () => ({ nope: 1 })) },
  },
  'a variable too many': { query: ONE, variables: { ...variables, other: 1 } },
  'a syntax error': { query: '{ tenant(' },
  'an empty query': { query: '' },
  'an unknown field': { query: '{ nope }' },
  'several validation errors': { query: '{ nope tenants { nope } tenant { id } }' },
  'an unused variable': { query: 'query ($a: Int) { __typename }' },
  'a subscription': { query: 'subscription { x }' },
  'no query': { variables },
  'a query that is null': { query: null },
  'a query that is a number': { query: 5 },
  'a query that is a list': { query: ['{ __typename }'] },
  'variables that are a list': { query: ONE, variables: [variables] },
  'variables that are text': { query: ONE, variables: '{"id":"nobody"}' },
  'an operation name that is a number': { query: ONE, variables, operationName: 5 },
  'an operation name that is an object': { query: ONE, variables, operationName: {} },
  'extensions that are text': { query: ONE, variables, extensions: 'x' },
  'extensions that are a list': { query: ONE, variables, extensions: [] },
  'an unknown member': { query: ONE, variables, id: 1 },
  'the name of a prototype as a member': '{"query":"{ __typename }","__proto__":{}}',
  'a name that objects inherit': '{"query":"{ __typename }","constructor":1}',
  'a member given twice': '{"query":"{ nope }","query":"{ __typename }"}',
  'a batch': [{ query: '{ __typename }' }, { query: '{ __typename }' }],
  'an empty batch': [],
  null: null,
  'a number': 5,
  'a text': '"query"',
  'no body': '',
  'no JSON': '{"query"',
  'more than JSON': '{"query":"{ __typename }"} x',
  'space around JSON': ' \n{"query":"{ __typename }"}\n ',
  'a byte order mark': '\uFEFF{"query":"{ __typename }"}',
  'bytes that are no UTF-8': new Uint8Array([
    ...new TextEncoder().encode('{"query":"{ __typename }","operationName":"'),
    0xff,
    0x22,
    0x7d,
  ]),
  'a lone surrogate': '{"query":"query ($s: ID!) { tenant(by: { id: $s }) { id } }","variables":{"s":"\\ud800"}}',
  'a filter nested too deep': `{"query":"query ($w: OrderWhere) { orders(where: $w) { totalCount } }","variables":{"w":${'{"NOT":'.repeat(200)}{}${'}'.repeat(200)}}}`,
  'a selection nested too deep': { query: `${'{a'.repeat(20_000)}${'}'.repeat(20_000)}` },
  'a literal nested too deep': {
    query: `{ tenants(where: { settings: { path: "a", eq: ${'['.repeat(20_000)}${']'.repeat(20_000)} } }) { totalCount } }`,
  },
  'a chain of fragments': {
    query: `{ ...F0 } ${Array.from({ length: 300 }, (_, at) => `fragment F${at} on Query { ...F${at + 1} }`).join(' ')} fragment F300 on Query { __typename }`,
  },
  'aliases that objects inherit': {
    query: `{ __proto__: tenants(first: 1) { __proto__: totalCount constructor: nodes { __proto__: name toString: customers(first: 1) { __proto__: nodes { __proto__: orders { valueOf: totalCount } } totalCount } } } constructor: tenants { totalCount } hasOwnProperty: tenant(by: { id: "nobody" }) { __proto__: id } }`,
  },
  'a document with types of its own': { query: 'type T { a: Int } { __typename }' },
  'nothing but a comment': { query: '# nothing' },
  'a hash instead of a document': { extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } },
  'explain that is false': { query: '{ __typename }', extensions: { explain: false } },
  'explain that is null': { query: '{ __typename }', extensions: { explain: null } },
  'a prototype in the variables': `{"query":${JSON.stringify(ONE)},"variables":{"__proto__":{"id":"nobody"}}}`,
  'variables that objects inherit': { query: 'query ($toString: ID!) { tenant(by: { id: $toString }) { id } }' },
  'variables nested too deep': `{"query":"query ($w: OrderWhere) { orders(where: $w) { totalCount } }","variables":{"w":${'{"NOT":'.repeat(600)}{}${'}'.repeat(600)}}}`,
};

/** Texts and bytes as they are, everything else as JSON. */
const bodyOf = (value: unknown): Sent['body'] =>
  value instanceof Uint8Array || typeof value === 'string' ? (value as Sent['body']) : JSON.stringify(value);

async function expectEqual(sent: Sent): Promise<void> {
  const wanted = await answerOf(yogaOnly, sent);
  // The first meets a new document, the others a known one.
  for (let time = 1; time <= 3; time++) expect(await answerOf(fast, sent)).toEqual(wanted);
}

const json = (accept: string | null, contentType = 'application/json'): Sent['headers'] => ({
  'content-type': contentType,
  ...(accept !== null && { accept }),
});

describe('both ways to an answer give the same', () => {
  it.each(Object.keys(BODIES))('to %s', async (name) => {
    const body = bodyOf(BODIES[name]);
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      for (const isTraced of [false, true]) await expectEqual({ body, headers: json(accept), isTraced });
    }
  });

  it.each(MEDIA)('to a client that accepts %s', async (accept) => {
    for (const query of ['{ __typename }', '{ nope }', '{ tenants(first: -1) { totalCount } }']) {
      await expectEqual({ body: JSON.stringify({ query }), headers: json(accept), isTraced: false });
    }
  });

  it('to a request without a body', async () => {
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      const post = () => new Request('http://127.0.0.1/graphql', { method: 'POST', headers: json(accept) });
      expect(await answerTo(post(), fast, false)).toEqual(await answerTo(post(), yogaOnly, false));
    }
  });

  it('to a body that is streamed', async () => {
    const bytes = new TextEncoder().encode('{"query":"{ __typename }"}');
    const post = () => {
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(bytes.slice(0, 5));
          controller.enqueue(bytes.slice(5));
          controller.close();
        },
      });
      return new Request('http://127.0.0.1/graphql', { method: 'POST', headers: json(null), body });
    };
    expect(await answerTo(post(), fast, false)).toEqual(await answerTo(post(), yogaOnly, false));
  });

  it.each(CONTENT_TYPES)('to a body of %s', async (contentType) => {
    const body = JSON.stringify({ query: '{ __typename }' });
    await expectEqual({ body, headers: json('application/json', contentType), isTraced: false });
  });
});

describe('a document', () => {
  /** As the endpoint knew it; null: Yoga's pipeline answered. */
  const documentOf = async (query: string, others: object = {}) => {
    documentsOf.mockClear();
    const sent = { body: JSON.stringify({ query, ...others }), headers: json('application/json'), isTraced: false };
    await answerOf(fast, sent);
    const document = documentsOf.mock.results[0]!.value as ReturnType<typeof known.documentOf>;
    return document && known.isValid(document) ? document : null;
  };

  it('is known from its first request on', async () => {
    const document = await documentOf('{ known: __typename }');
    expect(document).not.toBeNull();
    expect(await documentOf('{ known: __typename }')).toBe(document);
    expect(await documentOf('{ known: __typename }', { variables: { any: 1 } })).toBe(document);
  });

  it('never becomes known if it is wrong', async () => {
    for (const query of ['{ wrong }', '{ wrong', 'query A { a: __typename } query A { b: __typename }']) {
      expect([await documentOf(query), await documentOf(query)]).toEqual([null, null]);
    }
  });

  it('is forgotten in favour of others', async () => {
    const padded = (name: string) => `{ ${name}: __typename } ${'#'.repeat(55_000)}`;
    const [a, b, c] = [await documentOf(padded('a')), await documentOf(padded('b')), await documentOf(padded('c'))];
    expect(await documentOf(padded('c'))).toBe(c);
    expect(await documentOf(padded('b'))).toBe(b);
    expect(await documentOf(padded('a'))).not.toBe(a);
  });
});

describe('Yoga', () => {
  const query = (text: string) => ({ body: JSON.stringify({ query: text }), headers: json('application/json') });

  it.each<[string, readonly string[], boolean]>([
    ['new documents', ['{ a: __typename }', '{ b: __typename }'], false],
    ['a document that comes again', ['{ a: __typename }', '{ a: __typename }'], false],
    ['a wrong document', ['{ wrong }'], true],
    ['a failure', ['{ tenants(first: -1) { totalCount } }'], false],
  ])('is made for what needs it: %s', async (_, texts, isNeeded) => {
    const documents = new DocumentCache(schema, limits);
    // Called when Yoga is made.
    const usePlugin = vi.spyOn(documents, 'usePlugin');
    const endpoint = createGraphqlEndpoint(schema, { limits, documents });
    for (const text of texts) await answerOf(endpoint, { ...query(text), isTraced: false });
    expect(usePlugin).toHaveBeenCalledTimes(isNeeded ? 1 : 0);
  });

  it('is made once for requests at the same time', async () => {
    const documents = new DocumentCache(schema, limits);
    const usePlugin = vi.spyOn(documents, 'usePlugin');
    const endpoint = createGraphqlEndpoint(schema, { limits, documents });
    const sent = { ...query('{ wrong }'), isTraced: false };
    const [first, ...others] = await Promise.all([1, 2, 3].map(() => answerOf(endpoint, sent)));
    for (const other of others) expect(other).toEqual(first);
    expect(usePlugin).toHaveBeenCalledTimes(1);
  });
});

describe('documents', () => {
  const inlineFragments = (levels: number) => `{ orders { ${'...{'.repeat(levels)}totalCount${'}'.repeat(levels)} } }`;
  const fragments = (levels: number) => {
    const next = (at: number) => (at + 1 < levels ? `...f${at + 1}` : 'totalCount');
    const each = (_: unknown, at: number) => `fragment f${at} on OrderConnection { ${next(at)} }`;
    return `{ orders { ...f0 } } ${Array.from({ length: levels }, each).join(' ')}`;
  };

  it.each([
    ['inline fragments', inlineFragments],
    ['fragments', fragments],
  ])('whose %s lie too deep within each other are refused, and others answered', async (_, document) => {
    const answered = async (levels: number) => {
      const body = JSON.stringify({ query: document(levels) });
      const answer = await answerOf(fast, { body, headers: json('application/json'), isTraced: false });
      const { errors = [] } = JSON.parse(answer.body!) as { errors?: { extensions: { code: string } }[] };
      return errors.map(({ extensions }) => extensions.code);
    };
    expect(await answered(500)).toEqual([]);
    for (const levels of [600, 700, 1_000, 2_000, 5_000, 10_000, 50_000]) {
      // Fragments that many are too many in any case.
      const codes = levels > 1_000 ? /^(DEPTH|COST|TOKEN)_LIMIT_EXCEEDED$/ : /^DEPTH_LIMIT_EXCEEDED$/;
      expect([levels, await answered(levels)]).toEqual([levels, [expect.stringMatching(codes)]]);
    }
  });

  it('whose fragments spread each other in a circle are refused, however many there are', async () => {
    for (const count of [1, 2, 500, 5_000, 50_000]) {
      const each = (_: unknown, at: number) => `fragment f${at} on Query { ...f${(at + 1) % count} }`;
      const query = `{ ...f0 } ${Array.from({ length: count }, each).join(' ')}`;
      const sent = { body: JSON.stringify({ query }), headers: json('application/json'), isTraced: false };
      const { errors } = JSON.parse((await answerOf(fast, sent)).body!) as {
        errors: { extensions: { code: string } }[];
      };
      expect(errors[0]!.extensions.code).toBe(count > 1_000 ? 'COST_LIMIT_EXCEEDED' : 'GRAPHQL_VALIDATION_FAILED');
    }
  });

  it('that look deep and are not are answered', async () => {
    const wide = Array.from({ length: 100 }, (_, at) => `f${at}: orders { totalCount }`).join(' ');
    const quoted = `{ orders(where: { note: { eq: "${'{'.repeat(2_000)}" } }) { totalCount } } # ${'{'.repeat(2_000)}`;
    const spread = `{ ${'...F '.repeat(100)} } fragment F on Query { __typename }`;
    for (const query of [quoted, spread, `query Wide { __typename } query Other { ${wide} }`]) {
      const body = JSON.stringify({ query, operationName: query.startsWith('query') ? 'Wide' : null });
      const answer = await answerOf(fast, { body, headers: json('application/json'), isTraced: false });
      expect(JSON.parse(answer.body!).errors).toBeUndefined();
    }
  });
});

describe('variables', () => {
  const TOO_DEEP = 'Expected variables of at most 600 levels of lists and objects, but got more. Nest less.';
  const CREATE =
    'mutation ($id: ID!, $settings: JSON!) { createTenant(data: { id: $id, name: "x", plan: FREE, settings: $settings }) { id } }';
  const nested = (open: string, innermost: string, close: string) => (levels: number) =>
    `${open.repeat(levels)}${innermost}${close.repeat(levels)}`;
  const post = async (query: string, variables: string) => {
    const body = `{"query":${JSON.stringify(query)},"variables":${variables}}`;
    const answer = await answerOf(fast, { body, headers: json('application/json'), isTraced: false });
    return JSON.parse(answer.body!) as {
      data?: object;
      errors?: readonly { message: string; extensions: { code: string } }[];
    };
  };

  it.each<[string, string, (levels: number) => string]>([
    ['NOT', 'query ($v: OrderWhere) { orders(where: $v) { totalCount } }', nested('{"NOT":', '{}', '}')],
    ['lists of AND', 'query ($v: OrderWhere) { orders(where: $v) { totalCount } }', nested('{"AND":[', '{}', ']}')],
    ['JSON lists', CREATE.replaceAll('settings', 'v'), nested('[', '1', ']')],
    ['JSON objects', CREATE.replaceAll('settings', 'v'), nested('{"a":', '1', '}')],
    [
      'JSON to compare with',
      'query ($v: JSON!) { tenants(where: { settings: { path: "a", eq: $v } }) { totalCount } }',
      nested('[', '1', ']'),
    ],
    ['a list for a text', 'query ($v: ID!) { tenant(by: { id: $v }) { id } }', nested('[', '1', ']')],
    ['what no field uses', '{ __typename }', nested('[', '1', ']')],
  ])('of too many levels of %s are refused, in new documents and known ones', async (_, query, value) => {
    for (const levels of [600, 2_000, 5_000, 100_000]) {
      for (const time of [1, 2]) {
        const answer = await post(query, `{"id":"deep","v":${value(levels)}}`);
        expect([levels, time, answer.errors?.map(({ message, extensions: { code } }) => [code, message])]).toEqual([
          levels,
          time,
          [['DEPTH_LIMIT_EXCEEDED', TOO_DEEP]],
        ]);
      }
    }
  });

  it('of 600 levels are read', async () => {
    expect(await post('{ __typename }', `{"v":${nested('[', '1', ']')(599)}}`)).toEqual({
      data: { __typename: 'Query' },
    });
  });

  it('may hold the deepest JSON value that a row may', async () => {
    const value = nested('{"a":[', '1', ']}')(250);
    const query = 'mutation ($data: TenantCreateInput!) { createTenant(data: $data) { settings } }';
    const { data } = await post(query, `{"data":{"id":"deepest","name":"x","plan":"FREE","settings":${value}}}`);
    expect(JSON.stringify(data)).toContain(value);
  });

  it('of too many levels are refused in a GET too', async () => {
    const variables = encodeURIComponent(`{"v":${nested('[', '1', ']')(600)}}`);
    const url = `http://127.0.0.1/graphql?query=${encodeURIComponent('{ __typename }')}&variables=${variables}`;
    const { body } = await answerTo(new Request(url), fast, false);
    expect(JSON.parse(body!).errors).toMatchObject([
      { message: TOO_DEEP, extensions: { code: 'DEPTH_LIMIT_EXCEEDED' } },
    ]);
  });
});
