import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeUtf8, describeInvalidUtf8, findInvalidUtf8 } from '../../src/http/core/utf8.ts';
import { failureOf, graphql, shopWorker } from './support.ts';

const send = shopWorker();
const encode = (text: string) => new TextEncoder().encode(text);
const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const utf16 = (text: string, isLittleEndian: boolean) => {
  const view = new DataView(new ArrayBuffer(2 * text.length));
  for (let at = 0; at < text.length; at++) view.setUint16(2 * at, text.charCodeAt(at), isLittleEndian);
  return new Uint8Array(view.buffer);
};

/** A mutation that stores a name, cut around the name. */
const [BEFORE, AFTER] = JSON.stringify({
  query:
    'mutation ($name: String!) { createTenant(data: { id: "utf8", name: $name, plan: FREE, settings: {} }) { id } }',
  variables: { name: '<name>' },
}).split('<name>') as [string, string];
const withName = (name: Uint8Array | readonly number[]) =>
  Uint8Array.of(...encode(BEFORE), ...name, ...encode(AFTER)) as Uint8Array<ArrayBuffer>;

const post = (body: BodyInit, contentType = 'application/json') =>
  send('/graphql', { method: 'POST', headers: { 'content-type': contentType, accept: 'application/json' }, body });
const isStored = async () => {
  const answer = await send('/graphql', graphql('{ tenant(by: { id: "utf8" }) { name } }'));
  return (await answer.json<{ data: { tenant: object | null } }>()).data.tenant !== null;
};

const WRONG: Readonly<Record<string, Uint8Array>> = {
  'Latin-1': withName(latin1('é')),
  'a byte that no character begins with': withName([0xff]),
  'an overlong form of "/"': withName([0xc0, 0xaf]),
  'an overlong form of three bytes': withName([0xe0, 0x80, 0xaf]),
  'a surrogate in three bytes': withName([0xed, 0xa0, 0xbd]),
  'a pair of surrogates in six bytes': withName([0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]),
  'a character that is cut off': withName([0xe2, 0x82]),
  'a character that the end cuts off': Uint8Array.of(...encode(BEFORE + AFTER), 0xf0, 0x9f, 0x98),
  'beyond U+10FFFF': withName([0xf4, 0x90, 0x80, 0x80]),
  'UTF-16 with its mark': utf16(`\ufeff${BEFORE}x${AFTER}`, true),
  'UTF-16 without a mark': utf16(`${BEFORE}x${AFTER}`, false),
};

describe('a body that is not UTF-8', () => {
  it.each(Object.keys(WRONG))('is refused, and nothing is stored: %s', async (name) => {
    const { status, code } = await failureOf(await post(WRONG[name] as Uint8Array<ArrayBuffer>));
    expect([status, code]).toEqual([400, 'BAD_USER_INPUT']);
    expect(await isStored()).toBe(false);
  });

  it('is told where, in each request that has a text as body', async () => {
    const message = `Expected a body in UTF-8, but got the byte 0xE9 at byte ${BEFORE.length}. Send the body in UTF-8.`;
    expect((await failureOf(await post(withName([0xe9])))).message).toBe(message);
    const stream = new ReadableStream({
      start(controller) {
        for (const byte of withName([0xe9])) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    expect((await failureOf(await post(stream))).message).toBe(message);
    const headers = { 'content-type': 'application/json' };
    const warm = await failureOf(await send('/warm', { method: 'POST', headers, body: latin1('{"table":"é"}') }));
    expect([warm.status, warm.code]).toEqual([400, 'BAD_USER_INPUT']);
  });

  it.each([
    'application/json; charset=iso-8859-1',
    'application/json;charset=UTF-16',
    'application/json; x=y; Charset = "latin1"',
    'APPLICATION/JSON ; charset=windows-1252',
  ])('is refused by its charset: %s', async (contentType) => {
    const { status, code, message } = await failureOf(await post(`${BEFORE}x${AFTER}`, contentType));
    expect([status, code]).toEqual([415, 'BAD_USER_INPUT']);
    expect(message).toMatch(/^Expected a body in UTF-8, but got the charset ".+"\. Send the body in UTF-8\.$/);
    expect(await isStored()).toBe(false);
    const rows = await send('/import?table=tenants', {
      method: 'POST',
      headers: { 'content-type': contentType },
      body: '{}',
    });
    expect(rows.status).toBe(415);
  });

  it('is refused in the parameters of a GET', async () => {
    const { status, message } = await failureOf(
      await send('/graphql?query=%7B__typename%7D&variables=%7B"a":"%E9"%7D'),
    );
    expect(status).toBe(400);
    expect(message).toBe('Expected the parameter variables to be percent-encoded UTF-8, but got other bytes.');
    const query = encodeURIComponent('{ __typename } # \ufffd é');
    expect((await send(`/graphql?query=${query}`)).status).toBe(200);
  });
});

describe('a body in UTF-8', () => {
  it.each([
    'application/json',
    'Application/JSON',
    'application/json ; charset=utf-8',
    'application/json;CHARSET=UTF-8',
    'application/json; charset="utf-8"',
    'application/json; charset=utf8; x=y',
  ])('is taken as %s', async (contentType) => {
    for (const query of ['{ __typename }', '{ tenants(first: -1) { totalCount } }']) {
      const answer = await post(JSON.stringify({ query }), contentType);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toHaveProperty('data');
    }
  });

  it('keeps what it holds: U+FFFD, characters of each length, and a byte order mark before it is left out', async () => {
    const name = '\ufffd é € 😀 \u0000'.replace('\u0000', '\\u0000');
    const body = `\ufeff${BEFORE.replace('utf8', 'kept')}${name}${AFTER}`;
    expect(await (await post(body)).json()).toEqual(
      expect.objectContaining({ data: { createTenant: { id: 'kept' } } }),
    );
    const answer = await send('/graphql', graphql('{ tenant(by: { id: "kept" }) { name } }'));
    expect(await answer.json()).toHaveProperty('data.tenant.name', '\ufffd é € 😀 \u0000');
  });
});

describe('bytes that are not UTF-8', () => {
  /** Where the first U+FFFD comes in that a lenient decoder puts there itself. */
  const lenient = (bytes: Uint8Array): number | null => {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    const whole = encode(decoder.decode(bytes));
    for (let at = 0; ; at++) if (at === bytes.length || whole[at] !== bytes[at]) return at === bytes.length ? null : at;
  };

  it('are found where they begin', () => {
    const part = fc.oneof(
      fc.string({ unit: 'binary' }).map((text) => [...encode(text.toWellFormed())]),
      fc.array(fc.constantFrom(0x41, 0x80, 0xbf, 0xc0, 0xc3, 0xe0, 0xe2, 0xed, 0xa0, 0xf0, 0xf4, 0x90, 0xff), {
        maxLength: 3,
      }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const bytes = Uint8Array.from(parts.flat());
        const found = findInvalidUtf8(bytes);
        expect(found === null).toBe(decodeUtf8(bytes) !== null);
        // A lead byte of U+FFFD's own is found one byte later by comparison.
        const expected = lenient(bytes);
        if (expected === null) expect(found).toBe(null);
        else expect([expected, expected - 1, expected - 2]).toContain(found);
      }),
      { numRuns: 40 },
    );
  });

  it('are described by their first byte', () => {
    expect(describeInvalidUtf8(Uint8Array.of(0x61, 0xc3, 0xa9, 0xe9, 0x61), 100)).toBe('the byte 0xE9 at byte 103');
  });
});
