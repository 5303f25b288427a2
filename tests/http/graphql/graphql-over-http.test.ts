/** How `/graphql` reads requests and answers them, by the text of GraphQL over HTTP and as its clients rely on it. */
import { describe, expect, it } from 'vitest';
import { acceptsGzip, answerType } from '../../../src/http/graphql/answer-form.ts';
import { failureOf, shopWorker } from '../support.ts';

const GRAPHQL = 'application/graphql-response+json';
const JSON_TYPE = 'application/json';

const send = shopWorker();

type Headers = Readonly<Record<string, string>>;

const post = (body: unknown, headers: Headers = {}): Promise<Response> =>
  send('/graphql', {
    method: 'POST',
    headers: { 'content-type': JSON_TYPE, ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body),
  });

const get = (params: Readonly<Record<string, string>>, init: RequestInit = {}): Promise<Response> =>
  send(`/graphql?${new URLSearchParams(params)}`, init);

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

const codesOf = ({ errors = [] }: Answer) => errors.map(({ extensions }) => extensions.code);

describe('the media type of an answer', () => {
  it.each<[string | null, string]>([
    [null, GRAPHQL],
    ['', GRAPHQL],
    ['*/*', JSON_TYPE],
    ['application/*', JSON_TYPE],
    ['text/html, */*;q=0.1', JSON_TYPE],
    [JSON_TYPE, JSON_TYPE],
    [GRAPHQL, GRAPHQL],
    [`${GRAPHQL}, ${JSON_TYPE}`, GRAPHQL],
    [`${JSON_TYPE}, ${GRAPHQL}`, JSON_TYPE],
    [`${GRAPHQL},${JSON_TYPE};q=0.9`, GRAPHQL],
    [`${JSON_TYPE};q=0.9,${GRAPHQL}`, GRAPHQL],
    [`${JSON_TYPE}; q=0.5, ${GRAPHQL}; q=0.4`, JSON_TYPE],
    [`${GRAPHQL};q=0, */*`, JSON_TYPE],
    [`${JSON_TYPE};q=0, ${GRAPHQL}`, GRAPHQL],
    [`*/*, ${GRAPHQL}`, JSON_TYPE],
    [`${GRAPHQL}, */*`, GRAPHQL],
    ['*/*;q=0.1, application/graphql-response+json;q=0.2', GRAPHQL],
    [`${GRAPHQL}; charset=utf-8, ${JSON_TYPE}; charset=utf-8`, GRAPHQL],
    [`${JSON_TYPE};charset=utf-16, ${GRAPHQL}`, GRAPHQL],
    ['Application/JSON', JSON_TYPE],
    [`${GRAPHQL} ;Q=0.2 , ${JSON_TYPE};charset="UTF-8"`, JSON_TYPE],
    ['multipart/mixed;deferSpec=20220824, application/json', JSON_TYPE],
  ])('to %j is %s', (accept, type) => {
    expect(answerType(accept)).toBe(type);
  });

  it.each(['text/html', 'application/xml', `${JSON_TYPE};q=0`, '*/*;q=0', `${JSON_TYPE};charset=utf-16`, 'nonsense'])(
    'is none of those that %j accepts: 406',
    async (accept) => {
      expect(await failureOf(await post({ query: '{ __typename }' }, { accept }))).toMatchObject({
        status: 406,
        code: 'BAD_USER_INPUT',
      });
    },
  );
});

const TWO = 'query A { __typename } query B { __typename }';

/** Bodies that are no GraphQL requests, whatever the answer's type. */
const MALFORMED: Readonly<Record<string, unknown>> = {
  'nothing at all': '',
  'no JSON': 'nonsense',
  'an object without query': {},
  'a misspelt query': { qeury: '{ __typename }' },
  'a query that is null': { query: null },
  'a query that is a number': { query: 7 },
  'variables that are a list': { query: '{ __typename }', variables: [7] },
  'variables that are a text': { query: '{ __typename }', variables: '{}' },
  'an operationName that is an object': { query: '{ __typename }', operationName: {} },
  'extensions that are a list': { query: '{ __typename }', extensions: [] },
  'a list of requests': [{ query: '{ __typename }' }],
  'a number': 7,
  null: null,
};

/** Requests that are well-formed and refused before anything runs, with their code. */
const REFUSED: Readonly<Record<string, readonly [body: unknown, code: string]>> = {
  'a document that cannot be parsed': [{ query: '{' }, 'GRAPHQL_PARSE_FAILED'],
  'an empty document': [{ query: '' }, 'GRAPHQL_PARSE_FAILED'],
  'an unknown field': [{ query: '{ nope }' }, 'GRAPHQL_VALIDATION_FAILED'],
  'a variable of another type': [
    { query: 'query ($first: Int) { orders(first: $first) { totalCount } }', variables: { first: 'x' } },
    'BAD_USER_INPUT',
  ],
  'a variable that is missing': [{ query: 'query ($id: ID!) { node(nodeId: $id) { nodeId } }' }, 'BAD_USER_INPUT'],
  'one of two operations, and no name': [{ query: TWO }, 'BAD_USER_INPUT'],
  'an unknown operation': [{ query: TWO, operationName: 'C' }, 'BAD_USER_INPUT'],
  'variables that are nested too deep': [
    `{"query":"{ __typename }","variables":{"a":${'['.repeat(700)}${']'.repeat(700)}}}`,
    'DEPTH_LIMIT_EXCEEDED',
  ],
  'a persisted query that is not known': [
    { extensions: { persistedQuery: { version: 1, sha256Hash: 'b'.repeat(64) } } },
    'PERSISTED_QUERY_NOT_FOUND',
  ],
};

describe('the status of an answer', () => {
  describe.each(Object.keys(MALFORMED))('to %s', (name) => {
    it.each([JSON_TYPE, '*/*', GRAPHQL])('is 400 for a client of %s', async (accept) => {
      const response = await post(MALFORMED[name], { accept });
      expect(response.headers.get('content-type')).toBe(`${accept === GRAPHQL ? GRAPHQL : JSON_TYPE}; charset=utf-8`);
      const { status, code, message } = await failureOf(response);
      expect([status, code]).toEqual([400, 'BAD_USER_INPUT']);
      expect(message).toMatch(/^Expected .*, but got /);
    });
  });

  describe.each(Object.keys(REFUSED))('to %s', (name) => {
    it.each([
      [JSON_TYPE, 200],
      ['*/*', 200],
      [GRAPHQL, 400],
    ])('is, for a client of %s, %i', async (accept, status) => {
      const [body, code] = REFUSED[name]!;
      const response = await post(body, { accept });
      const answer = (await response.json()) as Answer;
      expect([response.status, codesOf(answer)]).toEqual([status, [code]]);
      expect(answer).not.toHaveProperty('data');
    });
  });

  it.each([JSON_TYPE, GRAPHQL])('is 200 beside errors of fields, for a client of %s', async (accept) => {
    const response = await post({ query: '{ a: orders(first: -1) { totalCount } __typename }' }, { accept });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ data: { a: null, __typename: 'Query' } });
  });
});

describe('a request body', () => {
  const body = JSON.stringify({ query: '{ __typename }' });

  it.each([
    'application/json',
    'Application/JSON',
    'application/json ; charset=utf-8',
    'application/json;charset=UTF-8',
    'application/json; charset="utf-8"',
    'application/json; charset=utf8',
    'application/json; odd=1; charset=utf-8',
  ])('is read as %s', async (type) => {
    const response = await post(body, { 'content-type': type });
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
  });

  it.each([
    'application/json; charset=iso-8859-1',
    'application/json; charset=utf-16',
    'application/json; charset=latin1',
    'application/jsonp',
    'application/x-json',
    'json',
    '',
  ])('is refused as %j', async (type) => {
    const answer = await send('/graphql', {
      method: 'POST',
      headers: { 'content-type': type },
      body: new TextEncoder().encode(body),
    });
    expect(await failureOf(answer)).toMatchObject({ status: 415, code: 'BAD_USER_INPUT' });
  });

  const encode = (text: string) => new TextEncoder().encode(text);
  const [before, after] = ['{"query":"{ __typename }","variables":{"a":"', '"}}'].map(encode) as [
    Uint8Array,
    Uint8Array,
  ];

  it.each<[string, readonly number[]]>([
    ['Latin-1', [0xe9]],
    ['a character that is cut off', [0xe2, 0x82]],
    ['an overlong form', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a byte that never occurs', [0xff]],
    ['more than Unicode has', [0xf5, 0x80, 0x80, 0x80]],
  ])('with %s is refused, not read as U+FFFD', async (_, bytes) => {
    const whole = new Uint8Array([...before, ...bytes, ...after]);
    for (const headers of [undefined, { 'content-type': 'application/json; charset=utf-8' }]) {
      expect(await failureOf(await post(whole, headers))).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
    }
  });

  it('may hold U+FFFD, and begin with a byte order mark', async () => {
    const query = `\uFEFF{"query":"query ($a: ID!) { tenant(by: { id: $a }) { id } }","variables":{"a":"\uFFFD"}}`;
    expect(await (await post(encode(query))).json()).toMatchObject({ data: { tenant: null } });
  });

  it('may have members that nobody knows', async () => {
    const response = await post({ query: '{ __typename }', id: 7, doc_id: 'x' });
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
  });
});

describe('the name of the operation', () => {
  const named = async (query: string, operationName: string | null) =>
    (await (await post({ query, operationName })).json()) as Answer;

  it('counts as left out if it is empty or null', async () => {
    for (const name of ['', null]) {
      expect(await named('query A { __typename }', name)).toEqual({ data: { __typename: 'Query' } });
      expect((await named(TWO, name)).errors![0]!.message).toBe(
        'Expected operationName to be one of "A", "B", but got none.',
      );
    }
    const response = await get({ query: 'query A { __typename }', operationName: '', variables: '', extensions: '' });
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
  });

  it.each([
    [TWO, 'Expected operationName to be one of "A", "B", but got "C".'],
    ['query A { __typename }', 'Expected operationName to be "A" or left out, but got "C".'],
    ['{ __typename }', 'Expected operationName to be that of an unnamed one or left out, but got "C".'],
  ])('is told where %s has none of it', async (query, message) => {
    const { errors } = await named(query, 'C');
    expect(errors!.map((error) => [error.extensions.code, error.message])).toEqual([['BAD_USER_INPUT', message]]);
  });

  it('may be one that objects inherit', async () => {
    expect(await named('query constructor { __typename }', 'constructor')).toEqual({ data: { __typename: 'Query' } });
    expect((await named(TWO, 'constructor')).errors).toHaveLength(1);
  });
});

describe('a hash in place of a query', () => {
  const query = 'query Persisted { __typename }';
  const hashOf = async (text: string) => {
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  };
  const persisted = (sha256Hash: unknown, version: unknown = 1) => ({ persistedQuery: { version, sha256Hash } });

  it('is answered so that clients send the text, and known from then on, by POST and GET', async () => {
    const extensions = persisted(await hashOf(query));
    const first = (await (await post({ extensions })).json()) as Answer;
    expect(first.errors!.map((error) => [error.message, error.extensions.code])).toEqual([
      ['PersistedQueryNotFound', 'PERSISTED_QUERY_NOT_FOUND'],
    ]);
    expect(await (await post({ query, extensions })).json()).toEqual({ data: { __typename: 'Query' } });
    expect(await (await post({ extensions })).json()).toEqual({ data: { __typename: 'Query' } });
    expect(await (await post({ query: null, extensions })).json()).toEqual({ data: { __typename: 'Query' } });
    const byGet = await get({ extensions: JSON.stringify(extensions) });
    expect(await byGet.json()).toEqual({ data: { __typename: 'Query' } });
  });

  it.each<[string, unknown, unknown]>([
    ['of another text', 'a'.repeat(64), 1],
    ['that is none', 'xyz', 1],
    ['that is a number', 7, 1],
    ['of another version', 'a'.repeat(64), 2],
  ])('%s is refused', async (_, hash, version) => {
    const answer = (await (await post({ query, extensions: persisted(hash, version) })).json()) as Answer;
    expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
  });

  it('is never taken for the text of another query', async () => {
    await post({ query: '{ orders { totalCount } }', extensions: persisted(await hashOf(query)) });
    const answer = (await (await post({ extensions: persisted(await hashOf(query)) })).json()) as Answer;
    expect(answer.data ?? {}).not.toHaveProperty('orders');
  });
});

describe('a HEAD', () => {
  it('is answered as a GET would be, without the body', async () => {
    for (const path of [`/graphql?query=${encodeURIComponent('{ __typename }')}`, '/health', '/ready']) {
      const [head, asGet] = await Promise.all([send(path, { method: 'HEAD' }), send(path)]);
      expect(head.status).toBe(200);
      expect(await head.text()).toBe('');
      expect(head.headers.get('content-type')).toBe(asGet.headers.get('content-type'));
    }
  });

  it('writes nothing', async () => {
    const query = 'mutation { createTenant(data: { id: "head", name: "x", plan: FREE, settings: {} }) { id } }';
    expect((await get({ query }, { method: 'HEAD' })).status).toBe(405);
    const found = await post({ query: '{ tenant(by: { id: "head" }) { id } }' });
    expect(await found.json()).toMatchObject({ data: { tenant: null } });
  });
});

describe('an answer', () => {
  it.each<[string, () => Promise<Response>]>([
    ['of data', () => post({ query: '{ __typename }' })],
    ['to a GET', () => get({ query: '{ orders { totalCount } }' })],
    ['to a HEAD', () => get({ query: '{ __typename }' }, { method: 'HEAD' })],
    ['of errors', () => post({ query: '{ nope }' })],
    ['to nonsense', () => post('nonsense')],
    ['to another method', () => send('/graphql', { method: 'PUT' })],
    ['to a client that accepts nothing of it', () => post({ query: '{ __typename }' }, { accept: 'text/html' })],
  ])('%s is for no cache', async (_, ask) => {
    const { headers } = await ask();
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('vary')!.split(', ')).toEqual(expect.arrayContaining(['Accept', 'x-shardql-token']));
  });

  it.each(['/ready', '/health', '/schema', '/status', '/nope'])('of %s is for no cache', async (path) => {
    expect((await send(path)).headers.get('cache-control')).toBe('no-store');
  });
});

describe('gzip', () => {
  it.each<[string | null, boolean]>([
    [null, false],
    ['', false],
    ['gzip', true],
    ['br, gzip', true],
    ['GZIP;q=0.5', true],
    ['gzip;q=0', false],
    ['gzip; q=0.0, *', false],
    ['*', true],
    ['*;q=0', false],
    ['identity', false],
    ['x-gzip-not', false],
  ])('is accepted by %j: %s', (accepted, expected) => {
    expect(acceptsGzip(accepted)).toBe(expected);
  });
});
