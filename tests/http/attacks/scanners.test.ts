/**
 * The checks of graphql-cop and the scenarios of Damn Vulnerable GraphQL Application (DVGA) that apply to a data API, in our own words,
 * against the production configuration: they find nothing.
 */
import { SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { graphql, type Send, shopWorker } from '../support.ts';
import { INSIDE, OPERATOR_TOKEN } from './cookie-shop.ts';

const SECRET = 'a secret that both sides of these tests share';
let send: Send;
let customer: string;

beforeAll(async () => {
  send = shopWorker(
    { SHARDQL_OPERATOR_TOKEN: OPERATOR_TOKEN },
    {
      authenticate: {
        jwt: { keys: { secret: SECRET }, algorithms: ['HS256'], issuer: 'https://issuer.example', audience: 'shop' },
      },
    },
  );
  customer = await new SignJWT({
    iss: 'https://issuer.example',
    aud: 'shop',
    exp: Math.floor(Date.now() / 1_000) + 600,
    ...{ sub: 'c', role: 'customer', shardKey: 'scanned', customerId: 'c' },
  })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(SECRET));
});

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly codes: readonly string[];
  readonly data: Record<string, unknown> | null;
  readonly headers: Headers;
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  const { data = null, errors = [] } = text.startsWith('{') ? JSON.parse(text) : {};
  const codes = errors.map(({ extensions }: { extensions: { code: string } }) => extensions.code);
  return { status: response.status, text, codes, data, headers: response.headers };
}

/** As a customer. */
const ask = async (query: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  read(
    await send(
      '/graphql',
      graphql(query, { authorization: `Bearer ${customer}`, accept: 'application/json', ...headers }),
    ),
  );

const anonymously = async (query: string): Promise<Answer> =>
  read(await send('/graphql', graphql(query, { accept: 'application/json' })));

describe('graphql-cop', () => {
  it('1. finds no field suggestions', async () => {
    for (const query of [
      '{ product { name } }',
      '{ tenant(by: { id: "1" }) { nam } }',
      '{ productz { nodes { name } } }',
    ]) {
      const { codes, text } = await ask(query);
      expect(codes).toContain('GRAPHQL_VALIDATION_FAILED');
      expect(text).not.toMatch(/did you mean|suggest|\bOr "/i);
    }
  });

  it('2. finds no introspection', async () => {
    for (const query of [
      'query { __schema { types { name fields { name } } } }',
      '{ __type(name: "Query") { name } }',
      '{ a: __schema { queryType { name } } }',
      'query IntrospectionQuery { __schema { directives { name } } }',
      'fragment F on Query { __schema { types { name } } } { ...F }',
      '{ ... on Query { __type(name: "Tenant") { fields { name } } } }',
    ]) {
      for (const answer of [await ask(query), await anonymously(query)]) {
        expect([answer.data, answer.codes[0]]).toEqual([null, 'GRAPHQL_VALIDATION_FAILED']);
      }
    }
  });

  it('3. finds no GraphiQL, playground or other page', async () => {
    const accept = 'text/html,application/xhtml+xml,*/*;q=0.8';
    for (const path of [
      '/',
      '/graphql',
      '/graphiql',
      '/graphiql/',
      '/playground',
      '/console',
      '/_shardql/console/page.txt',
      '/_shardql/roles.json',
      '/altair',
      '/voyager',
      '/api/graphql',
    ]) {
      const { text, headers } = await read(await send(path, { headers: { accept } }));
      expect(text).not.toMatch(/<html|graphiql|playground/i);
      expect(headers.get('content-type') ?? '').not.toContain('html');
    }
  });

  it('4. overloads it by no number of aliases', async () => {
    const aliases = (count: number) =>
      `{ ${Array.from({ length: count }, (_, at) => `a${at}: __typename`).join(' ')} }`;
    expect((await ask(aliases(101))).codes).toEqual(['COST_LIMIT_EXCEEDED']);
    expect((await ask(aliases(10_000))).codes).toHaveLength(1);
  });

  it('5. sends no batches', async () => {
    const body = JSON.stringify(Array(10).fill({ query: '{ __typename }' }));
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${customer}` };
    const { status, data } = await read(await send('/graphql', { method: 'POST', headers, body }));
    expect([status, data]).toEqual([400, null]);
  });

  it('6. overloads it by no number of directives', async () => {
    expect((await ask(`{ __typename ${'@aa'.repeat(10)} }`)).codes).not.toEqual([]);
    expect((await ask(`{ __typename ${'@include(if: true)'.repeat(501)} }`)).codes).toEqual(['COST_LIMIT_EXCEEDED']);
  });

  it('7. overloads it by no repeated field', async () => {
    expect((await ask(`{ ${'__typename '.repeat(500)} }`)).codes).toEqual(['COST_LIMIT_EXCEEDED']);
  });

  it('8. overloads it by no circular introspection', async () => {
    const circle = `{ __schema { types { fields { type { ${'fields { type { '.repeat(20)} name ${'} } '.repeat(20)} } } } } }`;
    const { data, codes } = await ask(circle);
    expect([data, codes.length]).toEqual([null, codes.length]);
    expect(codes.every((code) => code === 'GRAPHQL_VALIDATION_FAILED' || code.endsWith('LIMIT_EXCEEDED'))).toBe(true);
  });

  it('9. changes nothing by GET', async () => {
    const query = encodeURIComponent('mutation { createTenant(data: { name: "x" }) { id } }');
    expect((await read(await send(`/graphql?query=${query}`))).status).toBe(405);
  });

  it('10. posts no form', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const { status, data } = await read(
      await send('/graphql', { method: 'POST', headers, body: 'query={__typename}' }),
    );
    expect([status, data]).toEqual([415, null]);
  });

  it('11. finds no tracing', async () => {
    const { text } = await ask('{ tenants(first: 1) { nodes { name } } }', {
      'x-shardql-trace': '1',
      'x-apollo-tracing': '1',
    });
    expect(text).not.toMatch(/"tracing"|"trace"|startTime|duration|"plans"|"rpcs"/);
  });

  it('12. learns nothing by GET that a page of another origin could read, nor from errors that are not handled', async () => {
    const headers = { origin: 'https://evil.example' };
    const get = await read(
      await send(`/graphql?query=${encodeURIComponent('{ tenants { nodes { name } } }')}`, { headers }),
    );
    expect(get.headers.get('access-control-allow-origin')).toBeNull();
    for (const query of [
      'qwerty cop { abc }',
      '{',
      '{ tenants(first: "a") { nodes { name } } }',
      'subscription { a }',
    ]) {
      const { text, codes } = await ask(query);
      expect(codes.length).toBeGreaterThan(0);
      expect(codes).not.toContain('INTERNAL_SERVER_ERROR');
      for (const inside of INSIDE) expect(text).not.toMatch(inside);
    }
  });
});

describe('Damn Vulnerable GraphQL Application', () => {
  it('a deep recursive query ends at a limit', async () => {
    const deep = (levels: number) =>
      `{ products { nodes { ${'reviews { nodes { product { '.repeat(levels)} name ${'} } } '.repeat(levels)} } } }`;
    expect((await ask(deep(120))).codes[0]).toMatch(/LIMIT_EXCEEDED/);
  });

  it('an expensive query has a budget', async () => {
    const { codes } = await ask(
      '{ products(first: 100) { nodes { reviews(first: 100) { nodes { product { reviews(first: 100) { nodes { id } } } } } } } }',
    );
    expect(codes).toEqual(['COST_LIMIT_EXCEEDED']);
  });

  it('fragments in a circle are refused', async () => {
    const circle = 'query { ...A } fragment A on Query { __typename ...B } fragment B on Query { __typename ...A }';
    expect((await ask(circle)).codes).toContain('GRAPHQL_VALIDATION_FAILED');
  });

  it('values are no SQL', async () => {
    for (const value of [
      "' OR '1'='1",
      "x'; DROP TABLE tenants; --",
      "' UNION SELECT * FROM _api_keys --",
      '\\"',
      '%',
      '_',
      '\\u0000',
    ]) {
      const text = JSON.stringify(value);
      const queries = [
        `{ products(where: { name: { contains: ${text} } }) { nodes { name } } }`,
        `{ products(search: ${text}) { nodes { name } } }`,
        `{ tenant(by: { id: ${text} }) { name } }`,
        `{ products(after: ${text}) { nodes { name } } }`,
      ];
      for (const query of queries) {
        const answer = await ask(query);
        expect(answer.codes.filter((code) => code === 'INTERNAL_SERVER_ERROR')).toEqual([]);
        for (const inside of INSIDE) expect(answer.text.replaceAll(text.slice(1, -1), '')).not.toMatch(inside);
      }
    }
  });

  it('values are no commands, templates or paths', async () => {
    for (const value of [
      '; cat /etc/passwd',
      '$(id)',
      '`id`',
      '../../etc/passwd',
      '{{7*7}}',
      '#{7*7}',
      '<script>alert(1)</script>',
    ]) {
      const { text } = await ask(`{ products(where: { name: { eq: ${JSON.stringify(value)} } }) { nodes { name } } }`);
      expect(text).not.toMatch(/root:|uid=|\b49\b|<script>/);
    }
  });

  it('no field fetches an address, reads a file or runs a command', async () => {
    for (const field of [
      'importPaste',
      'uploadPaste',
      'systemDiagnostics',
      'systemDebug',
      'systemUpdate',
      'readAndBurn',
      'me',
      'audits',
    ]) {
      expect((await ask(`{ ${field} }`)).codes).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    }
  });

  it('an operation name is neither shown nor a way to another operation', async () => {
    const body = JSON.stringify({ query: '{ __typename }', operationName: '<script>alert(1)</script>' });
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${customer}` };
    const { codes, headers: answered } = await read(await send('/graphql', { method: 'POST', headers, body }));
    expect(codes).toEqual(['BAD_USER_INPUT']);
    expect(answered.get('content-type')).toMatch(/json; charset=utf-8$/);
  });

  it('a token that was forged is refused', async () => {
    const [head, , mark] = customer.split('.');
    const body = btoa(
      JSON.stringify({ iss: 'https://issuer.example', aud: 'shop', exp: 9_999_999_999, role: 'operator' }),
    );
    for (const forged of [`${head}.${body}.${mark}`, `${btoa('{"alg":"none"}')}.${body}.`, `${head}.${body}.`]) {
      const answer = await read(
        await send('/graphql', graphql('{ __typename }', { authorization: `Bearer ${forged.replaceAll('=', '')}` })),
      );
      expect([answer.status, answer.codes]).toEqual([401, ['UNAUTHENTICATED']]);
    }
  });

  it('what a list of denied words would let through by another name is denied by what it does', async () => {
    for (const query of [
      '{ deadLetters { id } }',
      '{ x: apiKeys { name } }',
      'query deadLetters { auditLog { nodes { at } } }',
    ]) {
      expect((await ask(query)).codes[0]).toBe('GRAPHQL_VALIDATION_FAILED');
    }
    const operated = await read(
      await send('/operator', graphql('{ apiKeys { name } }', { authorization: `Bearer ${customer}` })),
    );
    expect([operated.status, operated.codes]).toEqual([403, ['FORBIDDEN']]);
  });
});
