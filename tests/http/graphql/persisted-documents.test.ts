import { describe, expect, it } from 'vitest';
import type { PersistedOptions } from '../../../src/index.ts';
import { sha256, toHex } from '../../../src/lib/hex.ts';
import { failureOf, type Send, shopWorker } from '../support.ts';

const OPERATOR_TOKEN = '0123456789abcdef0123456789abcdef';
const BODY = 'query Name {\n  __typename\n}';
const ID = toHex(await sha256(BODY));
const OTHER = '{ other: __typename }';
const OTHER_ID = toHex(await sha256(OTHER));
const MANIFEST = {
  operations: [
    { id: ID, body: BODY },
    { id: 'by-name', body: 'mutation Go { __typename }' },
  ],
};

const deployed = (persisted?: PersistedOptions): Send =>
  shopWorker({ SHARDQL_OPERATOR_TOKEN: OPERATOR_TOKEN }, persisted ? { persisted } : {});

const post = (send: Send, body: object) =>
  send('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${OPERATOR_TOKEN}` },
    body: JSON.stringify(body),
  });

const hashed = (sha256Hash: string, query?: string) => ({
  ...(query !== undefined && { query }),
  extensions: { persistedQuery: { version: 1, sha256Hash } },
});

const answerOf = async (response: Response) => {
  const { data, errors } = await response.json<{ data?: unknown; errors?: { extensions: { code: string } }[] }>();
  return errors ? errors.map(({ extensions }) => extensions.code) : data;
};

describe('a document of the manifest', () => {
  it.each([
    ['documentId', { documentId: ID }, { __typename: 'Query' }],
    ['documentId with the name of the hash', { documentId: `sha256:${ID}` }, { __typename: 'Query' }],
    ['an id that is no hash', { documentId: 'by-name' }, { __typename: 'Mutation' }],
    ['the hash as Apollo sends it', hashed(ID), { __typename: 'Query' }],
    ['the hash in capitals', hashed(ID.toUpperCase()), { __typename: 'Query' }],
    ['its text', { query: BODY }, { __typename: 'Query' }],
  ])('is run by %s, whether or not others may be', async (_, body, data) => {
    for (const only of [false, true]) {
      expect(await answerOf(await post(deployed({ manifest: MANIFEST, only }), body))).toEqual(data);
    }
  });

  it('is run by a GET, unless it is a mutation', async () => {
    const send = deployed({ manifest: MANIFEST, only: true });
    const headers = { authorization: `Bearer ${OPERATOR_TOKEN}` };
    expect(await answerOf(await send(`/graphql?documentId=${ID}`, { headers }))).toEqual({ __typename: 'Query' });
    const mutation = await send('/graphql?documentId=by-name', { headers });
    expect(await failureOf(mutation)).toMatchObject({ status: 405 });
  });

  it('is found in every isolate', async () => {
    for (let isolate = 0; isolate < 3; isolate++) {
      expect(await answerOf(await post(deployed({ manifest: MANIFEST }), hashed(ID)))).toEqual({ __typename: 'Query' });
    }
  });
});

describe('another document', () => {
  it.each([
    ['its text', { query: OTHER }],
    ['a text that differs in a space', { query: `${BODY} ` }],
    ['its text and hash', hashed(OTHER_ID, OTHER)],
    ['its text beside a hash of the manifest', hashed(ID, OTHER)],
    ['a text that is no document', { query: '{' }],
    ['explain', { query: OTHER, extensions: { explain: true } }],
  ])('is refused where only those of the manifest are allowed: %s', async (_, body) => {
    const send = deployed({ manifest: MANIFEST, only: true });
    const codes = await answerOf(await post(send, body));
    expect(codes).toEqual([
      body.query === OTHER && 'extensions' in body && JSON.stringify(body).includes(ID)
        ? 'BAD_USER_INPUT'
        : 'PERSISTED_QUERY_ONLY',
    ]);
    // Nor has the isolate learned it.
    expect(await answerOf(await post(send, hashed(OTHER_ID)))).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
  });

  it('has status 403', async () => {
    const response = await post(deployed({ manifest: MANIFEST, only: true }), { query: OTHER });
    expect(await failureOf(response)).toMatchObject({ status: 403, code: 'PERSISTED_QUERY_ONLY' });
  });

  it('may be sent where nothing is said of that, and on your own machine', async () => {
    expect(await answerOf(await post(deployed({ manifest: MANIFEST }), { query: OTHER }))).toEqual({ other: 'Query' });
    const local = shopWorker(undefined, { persisted: { manifest: MANIFEST, only: true } });
    const body = JSON.stringify({ query: OTHER });
    const answer = await local('/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect(await answerOf(answer)).toEqual({ other: 'Query' });
  });
});

describe('wrong requests', () => {
  it.each([
    ['an id that is not known', { documentId: 'nope' }, 'PERSISTED_QUERY_NOT_FOUND'],
    ['the name of a member of every object', { documentId: 'constructor' }, 'PERSISTED_QUERY_NOT_FOUND'],
    ['an id that is no text', { documentId: 5 }, 'BAD_USER_INPUT'],
    ['an id and a query', { documentId: ID, query: BODY }, 'BAD_USER_INPUT'],
  ])('with %s are refused', async (_, body, code) => {
    expect(await answerOf(await post(deployed({ manifest: MANIFEST }), body))).toEqual([code]);
  });

  it.each([null, {}, { operations: {} }, { operations: [{ id: 'a' }] }, { [ID]: BODY }])(
    'are all where the manifest is none: %j',
    async (manifest) => {
      const response = await post(deployed({ manifest: manifest as never }), { query: BODY });
      expect(await failureOf(response)).toMatchObject({
        status: 500,
        message: expect.stringContaining('persisted.manifest'),
      });
    },
  );
});
